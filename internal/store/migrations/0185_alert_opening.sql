-- +goose Up

-- The first words of the text, by which an article is held against others that may tell of the same event.
ALTER TABLE alerts ADD COLUMN opening TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE alerts DROP COLUMN opening;
