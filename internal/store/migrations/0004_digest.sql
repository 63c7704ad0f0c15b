-- +goose Up

-- One row per date and list: the morning mail as it was built, once, so that every repeat is the same mail.
CREATE TABLE digests (
    date       TEXT NOT NULL,               -- 2026-11-22, the morning it is for
    list       TEXT NOT NULL,
    state      TEXT NOT NULL,               -- pending, sent, failed; skipped for the day the list was new
    message_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    html       TEXT NOT NULL,
    plain      TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,             -- of the next attempt; while one is under way, when it counts as lost
    last_error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    PRIMARY KEY (date, list)
);

-- Each address of a mail has its own row, so that one that fails holds up nobody and nobody is mailed twice for it.
CREATE TABLE digest_recipients (
    date       TEXT NOT NULL,
    list       TEXT NOT NULL,
    address    TEXT NOT NULL,
    state      TEXT NOT NULL,               -- pending, sent, failed
    last_error TEXT NOT NULL,
    sent_at    BIGINT NOT NULL,
    PRIMARY KEY (date, list, address),
    FOREIGN KEY (date, list) REFERENCES digests (date, list)
);

-- +goose Down
DROP TABLE digest_recipients;
DROP TABLE digests;
