// Package claims keeps the life of a claim's record: what people decided about it, when, on which evidence; and exchanges
// it with other fact-checkers as schema.org ClaimReview.
//
// Make one with [New]. [Claims.Decide] adds a line to a claim's history; nothing changes or removes one. The verdict of the
// rules' file is the first word, and holds until somebody decides.
//
// Limits: a decision is for people. What rings follows from the rules alone, so that a verdict on an article stays a pure
// function of article and rules: a claim that must not ring any more is taken out there.
package claims

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"haidang/classifier"
	"haidang/internal/store"
)

// ErrTwice says that a claim's history has a decision already.
var ErrTwice = errors.New("the history has it already")

// Decision is one line of a claim's history.
type Decision struct {
	ClaimID  string                `json:"claim"`
	Seq      int                   `json:"seq"` // 0: the word of the rules' file
	Verdict  string                `json:"verdict"`
	By       string                `json:"by"`
	At       time.Time             `json:"at,omitzero"`
	Note     string                `json:"note,omitempty"`
	Evidence []classifier.Evidence `json:"evidence,omitempty"`
	Digest   string                `json:"-"` // of a review that it takes over
}

// Limits of what a decision may hold.
const (
	maxNote     = 4000 // bytes
	maxEvidence = 50
)

// Claims keeps decisions. It is safe for concurrent use.
type Claims struct {
	db  *store.DB
	now func() time.Time
}

// New returns the decisions of a database. now is time.Now where it is nil.
func New(db *store.DB, now func() time.Time) *Claims {
	if now == nil {
		now = time.Now
	}
	return &Claims{db, now}
}

// check says everything that is wrong with a decision.
func (d *Decision) check() error {
	var errs []error
	if !slices.Contains(classifier.Verdicts(), d.Verdict) {
		errs = append(errs, fmt.Errorf("verdict: %q; write one of %s", d.Verdict, strings.Join(classifier.Verdicts(), ", ")))
	}
	if strings.TrimSpace(d.By) == "" {
		errs = append(errs, errors.New("by: a verdict names who decided it"))
	}
	if d.Verdict != "undetermined" && d.Verdict != "in_progress" && len(d.Evidence) == 0 {
		errs = append(errs, fmt.Errorf("evidence: %q needs some: an address", d.Verdict))
	}
	if len(d.Note) > maxNote || len(d.By) > maxNote {
		errs = append(errs, fmt.Errorf("note: over %d bytes", maxNote))
	}
	if len(d.Evidence) > maxEvidence {
		errs = append(errs, fmt.Errorf("evidence: %d pieces, at most %d", len(d.Evidence), maxEvidence))
	}
	for i, e := range d.Evidence {
		if Address(e.URL) == "" {
			errs = append(errs, fmt.Errorf("evidence[%d]: %q is no http or https address", i, e.URL))
		}
		if e.Effect != "supports" && e.Effect != "refutes" {
			errs = append(errs, fmt.Errorf("evidence[%d].effect: %q; write supports or refutes", i, e.Effect))
		}
	}
	return errors.Join(errs...)
}

// Decide adds a line to the history of a claim. [ErrTwice] says that a review was taken over before.
func (c *Claims) Decide(ctx context.Context, d Decision) (Decision, error) {
	d.At, d.By, d.Note = c.now().UTC().Truncate(time.Millisecond), plain(d.By), plain(d.Note)
	if err := d.check(); err != nil {
		return d, err
	}
	evidence, err := json.Marshal(d.Evidence)
	if err != nil {
		return d, fmt.Errorf("decide on %s: %w", d.ClaimID, err)
	}
	err = c.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM claim_verdicts WHERE claim_id = ?`, d.ClaimID).Scan(&d.Seq); err != nil {
			return err
		}
		if d.Digest == "" {
			d.Digest = digest(d.ClaimID, fmt.Sprint(d.Seq), d.Verdict, d.By, fmt.Sprint(d.At.UnixMilli()), d.Note, string(evidence))
		}
		var twice int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM claim_verdicts WHERE claim_id = ? AND digest = ?`, d.ClaimID, d.Digest).Scan(&twice); err != nil || twice > 0 {
			return errors.Join(err, either(twice > 0, ErrTwice))
		}
		_, err := tx.Exec(ctx, `INSERT INTO claim_verdicts (claim_id, seq, verdict, by_whom, at, note, evidence, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			d.ClaimID, d.Seq, d.Verdict, d.By, d.At.UnixMilli(), d.Note, string(evidence), d.Digest)
		return err
	})
	if err != nil {
		return d, fmt.Errorf("decide on %s: %w", d.ClaimID, err)
	}
	return d, nil
}

func either(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}

// History lists what was decided on a claim, newest first; the last is the word of its file.
func (c *Claims) History(ctx context.Context, claim classifier.Claim) ([]Decision, error) {
	out, err := c.read(ctx, `WHERE claim_id = ? ORDER BY seq DESC`, claim.ID)
	return append(out, fromFile(claim)), err
}

// Current tells for each claim what holds now.
func (c *Claims) Current(ctx context.Context, list []classifier.Claim) (map[string]Decision, error) {
	decided, err := c.Decided(ctx)
	out := make(map[string]Decision, len(list))
	for _, claim := range list {
		if d, ok := decided[claim.ID]; ok {
			out[claim.ID] = d
		} else {
			out[claim.ID] = fromFile(claim)
		}
	}
	return out, err
}

// Decided tells for each claim that somebody decided on what holds now.
func (c *Claims) Decided(ctx context.Context) (map[string]Decision, error) {
	all, err := c.read(ctx, `ORDER BY claim_id, seq`)
	out := map[string]Decision{}
	for _, d := range all {
		out[d.ClaimID] = d
	}
	return out, err
}

// fromFile is the word of the rules' file.
func fromFile(claim classifier.Claim) Decision {
	at, _ := time.Parse(time.DateOnly, claim.DecidedAt) // a file without a date tells none
	return Decision{ClaimID: claim.ID, Verdict: claim.Verdict, By: claim.DecidedBy, At: at, Note: claim.Note, Evidence: claim.Evidence}
}

func (c *Claims) read(ctx context.Context, where string, args ...any) (out []Decision, err error) {
	rows, err := c.db.Query(ctx, `SELECT claim_id, seq, verdict, by_whom, at, note, evidence, digest FROM claim_verdicts `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	for rows.Next() {
		var d Decision
		var at int64
		var evidence string
		if err := rows.Scan(&d.ClaimID, &d.Seq, &d.Verdict, &d.By, &at, &d.Note, &evidence, &d.Digest); err != nil {
			return nil, fmt.Errorf("read decisions: %w", err)
		}
		if err := json.Unmarshal([]byte(evidence), &d.Evidence); err != nil {
			return nil, fmt.Errorf("read the evidence of %s: %w", d.ClaimID, err)
		}
		d.At = time.UnixMilli(at).UTC()
		out = append(out, d)
	}
	return out, rows.Err()
}

// Address returns an absolute http or https address as it may be linked, or nothing.
func Address(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") || len(raw) > 2000 {
		return ""
	}
	return u.String()
}

// plain is text without control characters and without those that turn its direction, cut to what a line may hold.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}
