-- +goose Up

-- What a lead said of a mail before it was sent, and its chart.
ALTER TABLE digests ADD COLUMN chart TEXT NOT NULL DEFAULT '';         -- PNG in base64; empty: none
ALTER TABLE digests ADD COLUMN version BIGINT NOT NULL DEFAULT 0;      -- grows with each review
ALTER TABLE digests ADD COLUMN reviewed_by TEXT NOT NULL DEFAULT '';   -- empty: nobody has reviewed it
ALTER TABLE digests ADD COLUMN reviewed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE digests ADD COLUMN note TEXT NOT NULL DEFAULT '';          -- the lead's words at its head
ALTER TABLE digests ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]';    -- stories that the lead took from the top

-- +goose Down
ALTER TABLE digests DROP COLUMN left_out;
ALTER TABLE digests DROP COLUMN note;
ALTER TABLE digests DROP COLUMN reviewed_at;
ALTER TABLE digests DROP COLUMN reviewed_by;
ALTER TABLE digests DROP COLUMN version;
ALTER TABLE digests DROP COLUMN chart;
