-- +goose Up

-- Searches that people keep. changed_at tells processes that hold them compiled to read them again.
CREATE TABLE saved_searches (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    schedule   TEXT NOT NULL,                 -- live, daily, weekly
    list       TEXT NOT NULL DEFAULT '',      -- the shared list it stands on; empty: the owner's own
    created_at BIGINT NOT NULL,
    UNIQUE (owner, name)
);

-- One row that grows with each change of the searches.
CREATE TABLE saved_changes (version BIGINT NOT NULL);
INSERT INTO saved_changes (version) VALUES (0);

-- Live articles that a search matched. rings numbers the rings of all searches, 0 for a match that did not ring.
CREATE TABLE saved_matches (
    search_id  TEXT NOT NULL,
    article_id TEXT NOT NULL,
    at         BIGINT NOT NULL,               -- first seen
    outlet     TEXT NOT NULL,
    title      TEXT NOT NULL,
    url        TEXT NOT NULL,
    rings      BIGINT NOT NULL,
    PRIMARY KEY (search_id, article_id)
);
CREATE INDEX saved_matches_by_time ON saved_matches (search_id, at);
CREATE INDEX saved_matches_by_ring ON saved_matches (rings) WHERE rings > 0;
INSERT INTO sequences (name, value) VALUES ('saved', 0);

-- +goose Down
DELETE FROM sequences WHERE name = 'saved';
DROP TABLE saved_matches;
DROP TABLE saved_changes;
DROP TABLE saved_searches;
