-- +goose Up

-- Whose turn it is, for several processes that crawl with one database. Times are Unix milliseconds.
CREATE TABLE crawl_turns (
    host     TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,                   -- the process that asks the host now; empty when none does
    free_at  BIGINT NOT NULL,                 -- from when on the next request may be made, or when a holder must have died
    delay_ms BIGINT NOT NULL DEFAULT 0        -- the longest pause that any of them knows the host to want
);

-- Which process does what only one may do.
CREATE TABLE crawl_leases (
    duty   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE crawl_leases;
DROP TABLE crawl_turns;
