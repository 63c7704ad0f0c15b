-- +goose Up

-- Sentences of a mail that a lead wrote in other words, as they are now.
ALTER TABLE digests ADD COLUMN rewrites TEXT NOT NULL DEFAULT '[]';

-- Every review of a mail, in order: rows are only ever added.
CREATE TABLE digest_reviews (
    date      TEXT NOT NULL,
    list      TEXT NOT NULL,
    version   BIGINT NOT NULL,              -- of the mail that it made
    by_whom   TEXT NOT NULL,
    at        BIGINT NOT NULL,
    note      TEXT NOT NULL,
    left_out  TEXT NOT NULL,                -- JSON, as in digests
    rewrites  TEXT NOT NULL,                -- JSON, with the sentences as they were
    PRIMARY KEY (date, list, version)
);

-- +goose Down
DROP TABLE digest_reviews;
ALTER TABLE digests DROP COLUMN rewrites;
