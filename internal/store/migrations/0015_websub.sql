-- +goose Up

-- One row per feed whose hub was asked to call us when the feed changes. Times are Unix milliseconds, 0 for never.
CREATE TABLE crawl_websub (
    feed        TEXT PRIMARY KEY,
    hub         TEXT NOT NULL,
    topic       TEXT NOT NULL,                -- the feed's address as the hub knows it
    token       TEXT NOT NULL UNIQUE,         -- last part of the callback's address
    secret      TEXT NOT NULL,                -- signs what the hub sends
    state       TEXT NOT NULL,                -- new, asked, on, denied
    next_at     BIGINT NOT NULL,              -- when to ask the hub (again)
    lease_until BIGINT NOT NULL,
    pushed_at   BIGINT NOT NULL               -- when the hub last called with a signature that is right
);

-- +goose Down
DROP TABLE crawl_websub;
