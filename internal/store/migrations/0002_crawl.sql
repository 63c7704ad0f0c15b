-- +goose Up

-- One row per feed that was ever polled. Times are Unix milliseconds, 0 for never.
CREATE TABLE crawl_feeds (
    url           TEXT PRIMARY KEY,
    source        TEXT NOT NULL,
    title         TEXT NOT NULL DEFAULT '',
    etag          TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    body_hash     TEXT NOT NULL DEFAULT '',
    created_at    BIGINT NOT NULL,
    last_poll     BIGINT NOT NULL DEFAULT 0,
    last_full     BIGINT NOT NULL DEFAULT 0,   -- last asked without conditions: servers lie about ETags
    last_success  BIGINT NOT NULL DEFAULT 0,
    last_item     BIGINT NOT NULL DEFAULT 0,   -- when it last showed something new
    shown_at      BIGINT NOT NULL DEFAULT 0,   -- crawl_seen.last_seen of what it shows now
    next_poll     BIGINT NOT NULL DEFAULT 0,
    interval_ms   BIGINT NOT NULL DEFAULT 0,
    items         BIGINT NOT NULL DEFAULT 0,
    failures      BIGINT NOT NULL DEFAULT 0,   -- in a row
    reason        TEXT NOT NULL DEFAULT '',
    error         TEXT NOT NULL DEFAULT ''
);

-- What each feed has shown. Written only after the broker has acknowledged the links; pruned by age.
CREATE TABLE crawl_seen (
    article_id TEXT NOT NULL,
    feed       TEXT NOT NULL,
    hash       TEXT NOT NULL,                  -- of title, summary and update date: a new one is an edit
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    PRIMARY KEY (article_id, feed)
);
CREATE INDEX crawl_seen_by_feed ON crawl_seen (feed, last_seen);
CREATE INDEX crawl_seen_by_age ON crawl_seen (last_seen);

-- What became of each link: so that a redelivered one is not fetched again, and a page that keeps failing ends as
-- what the feed gave.
CREATE TABLE crawl_pages (
    article_id TEXT PRIMARY KEY,               -- of the link
    link_hash  TEXT NOT NULL,
    outcome    TEXT NOT NULL,                  -- ok, or a Reason; empty while it is being tried
    final_id   TEXT NOT NULL,                  -- of the article: the page may name another address
    revision   TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    done_at    BIGINT NOT NULL
);
CREATE INDEX crawl_pages_by_final ON crawl_pages (final_id, revision);
CREATE INDEX crawl_pages_by_age ON crawl_pages (done_at);

-- +goose Down
DROP TABLE crawl_pages;
DROP TABLE crawl_seen;
DROP TABLE crawl_feeds;
