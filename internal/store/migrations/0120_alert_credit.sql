-- +goose Up

-- Where the text of an alert comes from.
ALTER TABLE alerts ADD COLUMN credit TEXT NOT NULL DEFAULT '';        -- the agency or outlet that it is credited to
ALTER TABLE alerts ADD COLUMN feed_only BIGINT NOT NULL DEFAULT 0;    -- its page could not be read: the words are the feed's

-- +goose Down
ALTER TABLE alerts DROP COLUMN feed_only;
ALTER TABLE alerts DROP COLUMN credit;
