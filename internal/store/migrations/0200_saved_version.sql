-- +goose Up

-- Who edits a search says which version he saw, so that nobody overwrites what somebody else has just written.
ALTER TABLE saved_searches ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE saved_searches DROP COLUMN version;
