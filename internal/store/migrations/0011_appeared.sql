-- +goose Up
-- When the first article and the first answer appeared: their publication where it can be believed, else when we saw them.
ALTER TABLE stories ADD COLUMN appeared BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN answer_appeared BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE stories DROP COLUMN answer_appeared;
ALTER TABLE stories DROP COLUMN appeared;
