-- +goose Up

-- What was told follows from the matches and the clock.
ALTER TABLE saved_searches DROP COLUMN told_at;

-- +goose Down
ALTER TABLE saved_searches ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
