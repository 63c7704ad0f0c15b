-- +goose Up

-- One row per date and list: claimed by whoever builds the mail, sent once the mail server has taken it.
CREATE TABLE digests (
    date       TEXT NOT NULL,               -- 2026-11-22, of the morning it is sent
    list       TEXT NOT NULL,
    state      TEXT NOT NULL,               -- claimed, sent, failed
    message_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    mail       TEXT NOT NULL,               -- the whole message as first built, so that a repeat is the same mail
    attempts   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    PRIMARY KEY (date, list)
);

-- +goose Down
DROP TABLE digests;
