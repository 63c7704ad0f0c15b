-- +goose Up

-- Who is called by name in a note, and whether they have seen it. The note itself stands in the audit trail.
CREATE TABLE mentions (
    person    TEXT NOT NULL,
    seq       BIGINT NOT NULL,              -- of the line in the audit trail
    story_id  TEXT NOT NULL,
    read_at   BIGINT NOT NULL,              -- 0: not yet
    PRIMARY KEY (person, seq)
);

-- +goose Down
DROP TABLE mentions;
