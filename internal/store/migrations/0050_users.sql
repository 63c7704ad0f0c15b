-- +goose Up

-- Who can sign in. Names and what they may do stand in the configuration; here is only what it must not hold.
CREATE TABLE users (
    id         TEXT PRIMARY KEY,            -- of a person in alerting.people
    hash       TEXT NOT NULL,               -- bcrypt
    failures   BIGINT NOT NULL,             -- wrong passwords since the last right one
    wait_until BIGINT NOT NULL,             -- no attempt is looked at before
    changed_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token      TEXT PRIMARY KEY,            -- SHA-256 of what the cookie holds
    user_id    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_end ON sessions (ends_at);

-- +goose Down
DROP TABLE sessions;
DROP TABLE users;
