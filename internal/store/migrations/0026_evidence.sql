-- +goose Up

-- The pages of flagged articles as their outlets served them.
CREATE TABLE crawl_evidence (
    article_id TEXT NOT NULL,
    sha256     TEXT NOT NULL,               -- of the page, before it was compressed
    fetched_at BIGINT NOT NULL,             -- the first time that it was served so
    url        TEXT NOT NULL,               -- that answered, after redirects
    bytes      BIGINT NOT NULL,
    body       TEXT NOT NULL,               -- gzip, in base64
    PRIMARY KEY (article_id, sha256)
);
CREATE INDEX crawl_evidence_age ON crawl_evidence (fetched_at);

-- +goose Down
DROP TABLE crawl_evidence;
