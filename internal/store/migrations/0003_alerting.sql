-- +goose Up

-- One row per counter. Taking the events counter is the first statement of every transaction that writes stories, so
-- that its row lock keeps writers one behind the other and events become visible in the order of their numbers.
CREATE TABLE sequences (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO sequences (name, value) VALUES ('events', 0);

CREATE TABLE stories (
    id             TEXT PRIMARY KEY,
    claim_id       TEXT NOT NULL,
    claim_version  BIGINT NOT NULL,
    statement_vi   TEXT NOT NULL,
    statement_en   TEXT NOT NULL,
    field          TEXT NOT NULL,
    severity       TEXT NOT NULL,
    pattern        BIGINT NOT NULL,
    verdict        TEXT NOT NULL,
    decided_by     TEXT NOT NULL,
    state          TEXT NOT NULL,
    owner          TEXT NOT NULL DEFAULT '',
    places         TEXT NOT NULL,           -- JSON list
    first_seen     BIGINT NOT NULL,
    first_article  TEXT NOT NULL,
    first_outlet   TEXT NOT NULL,
    first_title    TEXT NOT NULL,
    first_url      TEXT NOT NULL,
    last_seen      BIGINT NOT NULL,
    articles       BIGINT NOT NULL,
    copies         BIGINT NOT NULL,
    outlets        BIGINT NOT NULL,
    languages      TEXT NOT NULL,           -- JSON list
    max_score      BIGINT NOT NULL,
    answers        BIGINT NOT NULL,
    answered_at    BIGINT NOT NULL,         -- 0: nobody has answered
    answer_article TEXT NOT NULL,
    answer_outlet  TEXT NOT NULL,
    answer_title   TEXT NOT NULL,
    answer_url     TEXT NOT NULL,
    answer_stance  TEXT NOT NULL,
    rang_at        BIGINT NOT NULL,         -- 0: never rang
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    seq            BIGINT NOT NULL          -- of the last event that changed it
);
CREATE INDEX stories_by_claim ON stories (claim_id, last_seen);
CREATE INDEX stories_by_ring ON stories (rang_at);
CREATE INDEX stories_by_last ON stories (last_seen);

-- An alert is the pair of a claim and an article, once for ever.
CREATE TABLE alerts (
    claim_id      TEXT NOT NULL,
    article_id    TEXT NOT NULL,
    story_id      TEXT NOT NULL REFERENCES stories (id),
    role          TEXT NOT NULL,
    stance        TEXT NOT NULL,
    score         BIGINT NOT NULL,
    url           TEXT NOT NULL,
    outlet        TEXT NOT NULL,
    country       TEXT NOT NULL,
    title         TEXT NOT NULL,
    lead          TEXT NOT NULL,
    language      TEXT NOT NULL,
    published     BIGINT NOT NULL,          -- 0: not known
    seen          BIGINT NOT NULL,
    origin        TEXT NOT NULL,
    revision      TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    copy_of       TEXT NOT NULL,            -- article ID, or empty
    places        TEXT NOT NULL,            -- JSON list
    topics        TEXT NOT NULL,            -- JSON list
    rules_version TEXT NOT NULL,
    parts         TEXT NOT NULL,            -- JSON list
    snippets      TEXT NOT NULL,            -- JSON list
    PRIMARY KEY (claim_id, article_id)
);
CREATE INDEX alerts_by_story ON alerts (story_id, seen);
CREATE INDEX alerts_by_article ON alerts (article_id);
CREATE INDEX alerts_originals ON alerts (claim_id, copy_of, seen);

-- What was read of an alert's article, one row for each text and rules it was read with: a redelivery is one that is
-- here already.
CREATE TABLE alert_readings (
    claim_id      TEXT NOT NULL,
    article_id    TEXT NOT NULL,
    revision      TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    at            BIGINT NOT NULL,
    title         TEXT NOT NULL,
    role          TEXT NOT NULL,
    stance        TEXT NOT NULL,
    score         BIGINT NOT NULL,
    PRIMARY KEY (claim_id, article_id, revision, rules_version)
);

CREATE TABLE events (
    seq        BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    rings      BIGINT NOT NULL,
    story_id   TEXT NOT NULL,
    article_id TEXT NOT NULL,
    detail     TEXT NOT NULL
);
CREATE INDEX events_by_story ON events (story_id, seq);

-- The outbox: one row per receiver and key. next_at is the time of the next attempt and, while one is under way, the
-- time at which it counts as lost.
CREATE TABLE outbox (
    id         TEXT PRIMARY KEY,            -- the Idempotency-Key, made of receiver and key
    receiver   TEXT NOT NULL,
    key        TEXT NOT NULL,               -- story, route and material change
    story_id   TEXT NOT NULL,
    route      TEXT NOT NULL,
    change     TEXT NOT NULL,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    UNIQUE (receiver, key)
);
CREATE INDEX outbox_due ON outbox (receiver, state, next_at);
CREATE INDEX outbox_by_story ON outbox (story_id);

-- +goose Down
DROP TABLE outbox;
DROP TABLE events;
DROP TABLE alert_readings;
DROP TABLE alerts;
DROP TABLE stories;
DROP TABLE sequences;
