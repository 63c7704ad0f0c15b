package alerting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// AuditEntry is one thing that somebody, or a timer, did. Entries are only ever added; each holds the hash of the one
// before it, so that [Desk.VerifyAudit] finds one that was changed or taken out later.
type AuditEntry struct {
	Seq      int64           `json:"seq"`
	At       time.Time       `json:"at"`
	Actor    string          `json:"actor"`
	StoryID  string          `json:"story_id,omitempty"`
	Action   Action          `json:"action"`
	Was      State           `json:"was,omitempty"`
	Became   State           `json:"became,omitempty"`
	Note     string          `json:"note,omitempty"`
	Detail   json.RawMessage `json:"detail,omitempty"` // what else was said: an outcome, a time, another story
	Previous string          `json:"previous"`
	Hash     string          `json:"hash"`
}

// sum is the hash of everything but the hash itself.
func (e AuditEntry) sum() (string, error) {
	e.Hash = ""
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode an audit entry: %w", err)
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), nil
}

// audit adds entries at the end of the trail. The caller holds the lock.
func (t *take) audit(ctx context.Context, e *AuditEntry, detail any) error {
	if detail != nil {
		raw, err := json.Marshal(detail)
		if err != nil {
			return fmt.Errorf("encode an audit entry: %w", err)
		}
		e.Detail = raw
	}
	if t.trail == nil {
		t.trail = new(AuditEntry)
		if err := t.tx.QueryRow(ctx, `SELECT value FROM sequences WHERE name = 'audit'`).Scan(&t.trail.Seq); err != nil {
			return fmt.Errorf("take the audit counter: %w", err)
		}
		if t.trail.Seq > 0 {
			if err := t.tx.QueryRow(ctx, `SELECT hash FROM audit WHERE seq = ?`, t.trail.Seq).Scan(&t.trail.Hash); err != nil {
				return fmt.Errorf("read the end of the audit trail: %w", err)
			}
		}
	}
	e.Seq, e.Previous, e.At = t.trail.Seq+1, t.trail.Hash, t.now.UTC().Truncate(time.Millisecond)
	var err error
	if e.Hash, err = e.sum(); err != nil {
		return err
	}
	_, err = t.tx.Exec(ctx, `INSERT INTO audit (`+auditColumns+`) VALUES (`+marks(11)+`)`,
		e.Seq, toMillis(e.At), e.Actor, e.StoryID, string(e.Action), string(e.Was), string(e.Became), e.Note, string(e.Detail), e.Previous, e.Hash)
	if err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	if _, err := t.tx.Exec(ctx, `UPDATE sequences SET value = ? WHERE name = 'audit'`, e.Seq); err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	*t.trail = *e
	return nil
}

const auditColumns = `seq, at, actor, story_id, action, was, became, note, detail, previous, hash`

func scanAudit(row scanner) (AuditEntry, error) {
	var e AuditEntry
	var detail string
	err := row.Scan(&e.Seq, millis{&e.At}, &e.Actor, &e.StoryID, &e.Action, &e.Was, &e.Became, &e.Note, &detail, &e.Previous, &e.Hash)
	if detail != "" {
		e.Detail = json.RawMessage(detail)
	}
	return e, err
}

// Audit lists the trail after an entry, oldest first: of one story, or of everything when storyID is "". It is how the
// trail is exported: ask again after the last entry until none comes.
func (d *Desk) Audit(ctx context.Context, storyID string, afterSeq int64, limit int) ([]AuditEntry, error) {
	where, args := `seq > ?`, []any{afterSeq}
	if storyID != "" {
		where, args = where+` AND story_id = ?`, append(args, storyID)
	}
	rows, err := d.db.Query(ctx, `SELECT `+auditColumns+` FROM audit WHERE `+where+` ORDER BY seq LIMIT ?`, append(args, bounded(limit))...)
	if err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", err)
	}
	return collect(rows, "read the audit trail", scanAudit)
}

// VerifyAudit reads the whole trail and reports the first entry that is missing or not as it was written. It returns
// how many entries are sound.
func (d *Desk) VerifyAudit(ctx context.Context) (int64, error) {
	var last AuditEntry
	for {
		entries, err := d.Audit(ctx, "", last.Seq, maxLimit)
		if err != nil {
			return last.Seq, err
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			sum, err := e.sum()
			switch {
			case err != nil:
				return last.Seq, err
			case e.Seq != last.Seq+1:
				return last.Seq, fmt.Errorf("audit trail: entry %d is missing", last.Seq+1)
			case e.Previous != last.Hash, e.Hash != sum:
				return last.Seq, fmt.Errorf("audit trail: entry %d is not as it was written", e.Seq)
			}
			last = e
		}
	}
	var count int64
	if err := d.db.QueryRow(ctx, `SELECT value FROM sequences WHERE name = 'audit'`).Scan(&count); err != nil {
		return last.Seq, fmt.Errorf("read the audit counter: %w", err)
	}
	if count != last.Seq {
		return last.Seq, fmt.Errorf("audit trail: entries %d to %d are missing at the end", last.Seq+1, count)
	}
	return last.Seq, nil
}
