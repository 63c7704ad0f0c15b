-- +goose Up

-- A page that fails for a while is asked again later: its row holds the link until then.
ALTER TABLE crawl_pages ADD COLUMN read_at BIGINT NOT NULL DEFAULT 0;   -- when its text was last read; 0: told from the feed only
ALTER TABLE crawl_pages ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;   -- when to publish the link again; 0: not
ALTER TABLE crawl_pages ADD COLUMN link TEXT NOT NULL DEFAULT '';       -- as JSON, while next_at is set
ALTER TABLE crawl_pages ADD COLUMN final_url TEXT NOT NULL DEFAULT '';  -- the address that final_id was made of
UPDATE crawl_pages SET read_at = done_at WHERE outcome = 'ok';
CREATE INDEX crawl_pages_due ON crawl_pages (next_at) WHERE next_at > 0;

-- +goose Down
DROP INDEX crawl_pages_due;
ALTER TABLE crawl_pages DROP COLUMN final_url;
ALTER TABLE crawl_pages DROP COLUMN link;
ALTER TABLE crawl_pages DROP COLUMN next_at;
ALTER TABLE crawl_pages DROP COLUMN read_at;
