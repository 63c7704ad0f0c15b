-- +goose Up

-- Which messages go out together, whether one is repeated while nobody takes the story, and whether it then still counts.
ALTER TABLE outbox ADD COLUMN grp TEXT NOT NULL DEFAULT '';            -- empty: alone
ALTER TABLE outbox ADD COLUMN urgent BIGINT NOT NULL DEFAULT 0;        -- critical: never held back
ALTER TABLE outbox ADD COLUMN repeat_ms BIGINT NOT NULL DEFAULT 0;     -- after it was sent, again after this; 0: never
ALTER TABLE outbox ADD COLUMN only_new BIGINT NOT NULL DEFAULT 0;      -- left out once somebody has taken the story
CREATE INDEX outbox_by_group ON outbox (receiver, grp, sent_at);

-- Who asked for silence, about what, why and until when. None lasts for ever.
CREATE TABLE silences (
    id         TEXT PRIMARY KEY,
    matcher    TEXT NOT NULL,               -- JSON, as in a route
    author     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    starts_at  BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE INDEX silences_by_end ON silences (ends_at);

-- +goose Down
DROP TABLE silences;
DROP INDEX outbox_by_group;
ALTER TABLE outbox DROP COLUMN only_new;
ALTER TABLE outbox DROP COLUMN repeat_ms;
ALTER TABLE outbox DROP COLUMN urgent;
ALTER TABLE outbox DROP COLUMN grp;
