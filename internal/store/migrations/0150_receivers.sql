-- +goose Up

-- Receivers that fail: how often in a row, since when, and until when they are left alone. Every process knows the same.
CREATE TABLE receivers (
    name        TEXT PRIMARY KEY,           -- as in the outbox
    failures    BIGINT NOT NULL,            -- in a row; 0: it works again
    since       BIGINT NOT NULL,            -- the first of them
    rest_until  BIGINT NOT NULL,            -- 0: not left alone
    last_error  TEXT NOT NULL
);

-- What rang, for the feed of alerts.
CREATE INDEX events_that_ring ON events (rings, seq);

-- +goose Down
DROP INDEX events_that_ring;
DROP TABLE receivers;
