-- +goose Up

-- What people and timers do to a story. version grows with each of their acts: whoever acts names the one he saw.
ALTER TABLE stories ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE stories ADD COLUMN state_before TEXT NOT NULL DEFAULT '';     -- of a side state: where it goes back to
ALTER TABLE stories ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE stories ADD COLUMN noise TEXT NOT NULL DEFAULT '';            -- why it should not have rung
ALTER TABLE stories ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
ALTER TABLE stories ADD COLUMN suppressed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE stories ADD COLUMN reopened_for TEXT NOT NULL DEFAULT '';     -- the material change
ALTER TABLE stories ADD COLUMN until_at BIGINT NOT NULL DEFAULT 0;        -- end of an acknowledgement, a snooze, a suppression
ALTER TABLE stories ADD COLUMN escalate_at BIGINT NOT NULL DEFAULT 0;     -- when the next of the roster is called
ALTER TABLE stories ADD COLUMN called BIGINT NOT NULL DEFAULT 0;          -- how many of the roster were called
ALTER TABLE stories ADD COLUMN acknowledged_at BIGINT NOT NULL DEFAULT 0; -- each the first time
ALTER TABLE stories ADD COLUMN responded_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN closed_at BIGINT NOT NULL DEFAULT 0;       -- the last time
ALTER TABLE stories ADD COLUMN known_outlets BIGINT NOT NULL DEFAULT 0;   -- outlets when somebody last acted
CREATE INDEX stories_by_until ON stories (until_at) WHERE until_at > 0;
CREATE INDEX stories_by_escalation ON stories (escalate_at) WHERE escalate_at > 0;
CREATE INDEX stories_by_target ON stories (merged_into) WHERE merged_into <> '';

-- Where an article was before its story was merged or it was moved: unmerging takes it back.
ALTER TABLE alerts ADD COLUMN moved_from TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN tier BIGINT NOT NULL DEFAULT 0;             -- of the outlet, 1 is the top; 0: not known

-- Everything that anybody did, for ever: rows are only added. Each holds the hash of the one before it and its own.
CREATE TABLE audit (
    seq      BIGINT PRIMARY KEY,
    at       BIGINT NOT NULL,
    actor    TEXT NOT NULL,
    story_id TEXT NOT NULL,
    action   TEXT NOT NULL,
    was      TEXT NOT NULL,
    became   TEXT NOT NULL,
    note     TEXT NOT NULL,
    detail   TEXT NOT NULL,           -- JSON
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
);
CREATE INDEX audit_by_story ON audit (story_id, seq);
INSERT INTO sequences (name, value) VALUES ('audit', 0);

-- +goose Down
DELETE FROM sequences WHERE name = 'audit';
DROP TABLE audit;
ALTER TABLE alerts DROP COLUMN tier;
ALTER TABLE alerts DROP COLUMN moved_from;
DROP INDEX stories_by_target;
DROP INDEX stories_by_escalation;
DROP INDEX stories_by_until;
ALTER TABLE stories DROP COLUMN known_outlets;
ALTER TABLE stories DROP COLUMN closed_at;
ALTER TABLE stories DROP COLUMN responded_at;
ALTER TABLE stories DROP COLUMN acknowledged_at;
ALTER TABLE stories DROP COLUMN called;
ALTER TABLE stories DROP COLUMN escalate_at;
ALTER TABLE stories DROP COLUMN until_at;
ALTER TABLE stories DROP COLUMN reopened_for;
ALTER TABLE stories DROP COLUMN suppressed_by;
ALTER TABLE stories DROP COLUMN merged_into;
ALTER TABLE stories DROP COLUMN noise;
ALTER TABLE stories DROP COLUMN outcome;
ALTER TABLE stories DROP COLUMN state_before;
ALTER TABLE stories DROP COLUMN version;
