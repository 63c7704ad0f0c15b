package digest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haidang/internal/store"
)

// Bounds of a review, in letters and stories.
const (
	maxNote    = 1000
	maxLeftOut = 20
)

// Review is what a lead said of a mail before it was sent.
type Review struct {
	By      string    // who; empty: nobody has reviewed it
	At      time.Time // when
	Note    string    // words at the head of the mail; may be empty
	LeftOut []string  // IDs of stories that are not to stand at the top; they are told further down
	// Rewrites are the sentences that are to stand in other words: those of [Draft], with what they become.
	Rewrites []Rewrite
}

// done reports whether somebody has reviewed the mail.
func (r Review) done() bool { return r.By != "" }

// Errors of a review.
var (
	ErrAlreadySent = errors.New("this digest has been sent, or is being sent, and cannot be changed any more")
	ErrReviewed    = errors.New("somebody else has reviewed this digest meanwhile: look at it again")
	ErrNoDraft     = errors.New("there is no draft yet: it is built at the cut-off")
	ErrLongNote    = fmt.Errorf("the note is too long: at most %d letters fit", maxNote)
)

// Draft is a mail that waits for its time, or was sent.
type Draft struct {
	Edition
	Review
	Version int64 // for the next Review
	Top     []TopStory
	// Sentences are those that can be written in other words, in the order of the mail.
	Sentences []Rewrite
	State     string    // pending, sent, failed
	Waits     bool      // nobody has begun to send it: it can be reviewed
	Problem   string    // why somebody does not have it
	Built     time.Time // when its text was made
	SentAt    time.Time // zero until everybody has it
}

// TopStory is a story that may stand at the top of a mail.
type TopStory struct {
	ID, Statement string
	LeftOut       bool
}

// Review approves the draft of a date, with a note, without some stories at its top and with some sentences in other
// words, and builds its mail anew. The version is that of the [Draft] that the reviewer looked at.
func (d *Digest) Review(ctx context.Context, date Date, list List, version int64, r Review) error {
	r.By, r.Note = clean(r.By, maxOutlet), cleanNote(r.Note)
	switch {
	case r.By == "":
		return errors.New("a review needs the name of whoever made it")
	case len([]rune(r.Note)) > maxNote:
		return ErrLongNote
	case len(r.LeftOut) > maxLeftOut:
		return fmt.Errorf("%d stories are left out; at most %d can be", len(r.LeftOut), maxLeftOut)
	}
	var err error
	if r.Rewrites, err = cleanRewrites(r.Rewrites, r.LeftOut); err != nil {
		return err
	}
	if _, _, err := d.window(date, list); err != nil {
		return err
	}
	r.At = d.now()
	stored, err := d.read(ctx, date, list)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && stored.state == stateSkipped:
		return ErrNoDraft
	case err != nil:
		return err
	case !stored.waits():
		return ErrAlreadySent
	case stored.version != version:
		return ErrReviewed
	}
	return d.rebuild(ctx, stored, r, func(tx *store.Tx, e Edition, leftOut, rewrites string) error {
		if e.rewritten < len(r.Rewrites) {
			return ErrStale
		}
		_, err := tx.Exec(ctx, `INSERT INTO digest_reviews (date, list, version, by_whom, at, note, left_out, rewrites) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			string(date), list.Name, version+1, r.By, millis(r.At), r.Note, leftOut, rewrites)
		return err
	})
}

// rebuild replaces the text of a mail that nobody has begun to send; and writes what else belongs to the change.
func (d *Digest) rebuild(ctx context.Context, r row, review Review, and func(tx *store.Tx, e Edition, leftOut, rewrites string) error) error {
	e, err := d.build(ctx, r.Date, r.List, review)
	if err != nil {
		return err
	}
	leftOut, err := json.Marshal(append([]string{}, review.LeftOut...))
	if err != nil {
		return err
	}
	rewrites, err := json.Marshal(append([]Rewrite{}, review.Rewrites...))
	if err != nil {
		return err
	}
	return d.deps.DB.InTx(ctx, func(tx *store.Tx) error {
		res, err := tx.Exec(ctx, `UPDATE digests SET subject = ?, html = ?, plain = ?, chart = ?, created_at = ?, version = version + 1,
			reviewed_by = ?, reviewed_at = ?, note = ?, left_out = ?, rewrites = ? WHERE date = ? AND list = ? AND state = 'pending' AND attempts = 0 AND version = ?`,
			e.Subject, e.HTML, e.Text, encodeChart(e.Chart), d.now().UnixMilli(),
			review.By, millis(review.At), review.Note, string(leftOut), string(rewrites), string(r.Date), r.List.Name, r.version)
		if err != nil {
			return fmt.Errorf("store the digest of %s: %w", r.Date, err)
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			return ErrAlreadySent // or another review came first: the reader will see which
		}
		if err != nil || and == nil {
			return err
		}
		return and(tx, e, string(leftOut), string(rewrites))
	})
}

// Draft returns the stored mail of a date, and the stories that a lead can take from its top. It returns [ErrNoDraft]
// where there is none.
func (d *Digest) Draft(ctx context.Context, date Date, list List) (Draft, error) {
	r, err := d.read(ctx, date, list)
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.state == stateSkipped {
		return Draft{}, ErrNoDraft
	}
	if err != nil {
		return Draft{}, err
	}
	out := Draft{Edition: r.Edition, Review: r.review, Version: r.version, State: string(r.state), Waits: r.waits(), Problem: r.problem, Built: r.createdAt, SentAt: r.sentAt}
	if !out.Waits {
		return out, nil
	}
	c, err := d.gather(ctx, date, list, r.review)
	if err != nil {
		return Draft{}, err
	}
	for _, it := range c.top {
		out.Top = append(out.Top, TopStory{ID: it.ID, Statement: it.Statement(list.Language)})
	}
	for _, it := range slices.Concat(c.fresh, c.waiting, c.spread, c.answered) {
		if slices.Contains(r.review.LeftOut, it.ID) {
			out.Top = append(out.Top, TopStory{it.ID, it.Statement(list.Language), true})
		}
	}
	p := d.page(c, wordsFor(list), len(r.Chart) > 0)
	out.Sentences = p.rewritable(r.review.Rewrites)
	return out, nil
}

// Past is one line of the list of past mails.
type Past struct {
	Date       Date
	List       string
	Subject    string
	State      string
	Waits      bool // nobody has begun to send it
	ReviewedBy string
	SentAt     time.Time
}

// Archive lists the stored mails, newest first; before is where a page begins, empty for the newest.
func (d *Digest) Archive(ctx context.Context, before Date, limit int) ([]Past, error) {
	if before == "" {
		before = "9999-12-31"
	}
	rows, err := d.deps.DB.Query(ctx, `SELECT date, list, subject, state, attempts, reviewed_by, sent_at FROM digests
		WHERE date < ? AND state <> 'skipped' ORDER BY date DESC, list LIMIT ?`, string(before), limit)
	if err != nil {
		return nil, fmt.Errorf("list digests: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	var out []Past
	for rows.Next() {
		var p Past
		var sent, attempts int64
		if err := rows.Scan(&p.Date, &p.List, &p.Subject, &p.State, &attempts, &p.ReviewedBy, &sent); err != nil {
			return nil, fmt.Errorf("list digests: %w", err)
		}
		p.SentAt, p.Waits = moment(sent), p.State == string(statePending) && attempts == 0
		out = append(out, p)
	}
	return out, rows.Err()
}

// cleanNote makes a lead's words fit for a mail and keeps their paragraphs.
func cleanNote(s string) string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if p = clean(p, maxNote+1); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

// millis is the stored form of a time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment reads a stored time.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
