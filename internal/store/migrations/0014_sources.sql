-- +goose Up

-- A row of crawl_feeds is anything that is polled: a feed, a news sitemap, a section page.
ALTER TABLE crawl_feeds ADD COLUMN kind TEXT NOT NULL DEFAULT 'feed';
ALTER TABLE crawl_feeds ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';     -- where a permanent redirect led
ALTER TABLE crawl_feeds ADD COLUMN strikes BIGINT NOT NULL DEFAULT 0;     -- weight of the failures in a row, in quarters
ALTER TABLE crawl_feeds ADD COLUMN agreed BIGINT NOT NULL DEFAULT 0;      -- times a 304 was borne out by a full answer
ALTER TABLE crawl_feeds ADD COLUMN lied_at BIGINT NOT NULL DEFAULT 0;     -- when a 304 was last found untrue
ALTER TABLE crawl_feeds ADD COLUMN gap_ms BIGINT NOT NULL DEFAULT 0;      -- time between two new items, as observed
ALTER TABLE crawl_feeds ADD COLUMN hint_ms BIGINT NOT NULL DEFAULT 0;     -- how long it asks to be left alone
ALTER TABLE crawl_feeds ADD COLUMN missed BIGINT NOT NULL DEFAULT 0;      -- items of a sitemap that no feed had shown

-- New items of a source in each hour that had any: its own rhythm, by which silence is judged. Pruned by age.
CREATE TABLE crawl_hours (
    source TEXT NOT NULL,
    hour   BIGINT NOT NULL,                   -- since 1970, UTC
    items  BIGINT NOT NULL,
    PRIMARY KEY (source, hour)
);

-- +goose Down
DROP TABLE crawl_hours;
ALTER TABLE crawl_feeds DROP COLUMN missed;
ALTER TABLE crawl_feeds DROP COLUMN hint_ms;
ALTER TABLE crawl_feeds DROP COLUMN gap_ms;
ALTER TABLE crawl_feeds DROP COLUMN lied_at;
ALTER TABLE crawl_feeds DROP COLUMN agreed;
ALTER TABLE crawl_feeds DROP COLUMN strikes;
ALTER TABLE crawl_feeds DROP COLUMN moved_to;
ALTER TABLE crawl_feeds DROP COLUMN kind;
