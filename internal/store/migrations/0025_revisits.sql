-- +goose Up

-- Flagged articles whose pages are read again: an outlet that edits in silence is seen doing it.
CREATE TABLE crawl_revisits (
    article_id TEXT PRIMARY KEY,
    link       TEXT NOT NULL,               -- as JSON, to be published when the time comes
    revision   TEXT NOT NULL,               -- the wording that we have
    flagged_at BIGINT NOT NULL,
    step       BIGINT NOT NULL,             -- how many times it was read again
    next_at    BIGINT NOT NULL              -- of the next time; 0: done
);
CREATE INDEX crawl_revisits_due ON crawl_revisits (next_at) WHERE next_at > 0;

-- +goose Down
DROP TABLE crawl_revisits;
