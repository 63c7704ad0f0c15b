-- +goose Up

-- Which story a silence was made from, and who ended it before its time.
ALTER TABLE silences ADD COLUMN story_id TEXT NOT NULL DEFAULT '';
ALTER TABLE silences ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE silences DROP COLUMN ended_by;
ALTER TABLE silences DROP COLUMN story_id;
