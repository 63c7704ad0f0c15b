-- +goose Up

-- What people decided about claims: a line is added, never changed. The rules' own files hold the first word.
CREATE TABLE claim_verdicts (
    claim_id TEXT NOT NULL,
    seq      BIGINT NOT NULL,               -- from 1, for each claim
    verdict  TEXT NOT NULL,
    by_whom  TEXT NOT NULL,
    at       BIGINT NOT NULL,
    note     TEXT NOT NULL,
    evidence TEXT NOT NULL,                 -- JSON
    digest   TEXT NOT NULL,                 -- of what was imported, so that twice equals once; else of the line
    PRIMARY KEY (claim_id, seq),
    UNIQUE (claim_id, digest)
);

-- +goose Down
DROP TABLE claim_verdicts;
