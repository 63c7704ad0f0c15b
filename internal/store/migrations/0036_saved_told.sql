-- +goose Up

-- How far the owner of a saved search was told by mail. busy_until keeps two processes from telling at once, and holds
-- back after a failure.
CREATE TABLE saved_told (
    search_id  TEXT PRIMARY KEY,
    ring       BIGINT NOT NULL,               -- of a live search: the last ring
    at         BIGINT NOT NULL,               -- of a live search: when; of another: up to which list
    busy_until BIGINT NOT NULL
);

-- +goose Down
DROP TABLE saved_told;
