package alerting

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"haidang/internal/article"
	"haidang/internal/store"
)

// take is one transaction that takes articles into stories.
type take struct {
	tx      *store.Tx
	cfg     Config
	publish bool // the alerts topic is a receiver
	mails   bool // people can be mailed

	tellings *tellings
	decided  decisions // what people decided, when the transaction began
	now      time.Time
	seq      int64
	events   []Event
	reasons  []Reason
	trail    *AuditEntry // the last of the audit trail; nil until it is needed
}

// pair is one article and one claim that it speaks of; the claim is nil where an edit took it out.
type pair struct {
	a    *article.Article
	m    *article.ClaimMatch
	id   string // of the claim
	role Role
	seen time.Time
}

func (t *take) all(ctx context.Context, batch []*article.Article) error {
	for _, a := range batch {
		if err := t.article(ctx, a); err != nil {
			return fmt.Errorf("article %s: %w", a.ID, err)
		}
	}
	return nil
}

// lock takes the event counter. Its row lock is the one lock of this package: whoever holds it is the only writer.
func (t *take) lock(ctx context.Context) error {
	err := t.tx.QueryRow(ctx, `UPDATE sequences SET value = value WHERE name = 'events' RETURNING value`).Scan(&t.seq)
	if err != nil {
		return fmt.Errorf("take the event counter: %w", err)
	}
	return nil
}

func (t *take) finish(ctx context.Context) error {
	_, err := t.tx.Exec(ctx, `UPDATE sequences SET value = ? WHERE name = 'events'`, t.seq)
	return err
}

func (t *take) article(ctx context.Context, a *article.Article) error {
	known, err := t.known(ctx, a.ID)
	if err != nil {
		return err
	}
	seen := seenAt(a, t.now)
	for _, m := range matches(a.Verdict) {
		if err := t.pair(ctx, pair{a, m, m.ID, role(m), seen}, known[m.ID]); err != nil {
			return fmt.Errorf("claim %s: %w", m.ID, err)
		}
		delete(known, m.ID)
	}
	for _, old := range sorted(known) { // what an edit took out
		if old.Role == RoleWithdrawn {
			continue
		}
		if err := t.pair(ctx, pair{a, nil, old.ClaimID, RoleWithdrawn, seen}, old); err != nil {
			return fmt.Errorf("claim %s: %w", old.ClaimID, err)
		}
	}
	return nil
}

func sorted(known map[string]*Alert) []*Alert {
	out := make([]*Alert, 0, len(known))
	for _, a := range known {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *Alert) int { return cmp.Compare(a.ClaimID, b.ClaimID) })
	return out
}

// known returns the alerts of an article by claim.
func (t *take) known(ctx context.Context, articleID string) (map[string]*Alert, error) {
	rows, err := t.tx.Query(ctx, `SELECT `+alertColumns+` FROM alerts a WHERE article_id = ?`, articleID)
	if err != nil {
		return nil, err
	}
	alerts, err := collect(rows, "read alerts", scanAlert)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Alert, len(alerts))
	for i := range alerts {
		out[alerts[i].ClaimID] = &alerts[i]
	}
	return out, nil
}

// pair takes in one pair; old is its alert, or nil for a new one.
func (t *take) pair(ctx context.Context, p pair, old *Alert) error {
	fresh, err := t.reading(ctx, p)
	if err != nil {
		return err
	}
	switch {
	case !fresh:
		t.reasons = append(t.reasons, ReasonRepeat)
		return nil
	case old == nil:
		return t.add(ctx, p)
	}
	return t.reread(ctx, p, old)
}

// reading notes that this text was read with these rules. It reports false for a redelivery. An outlet that goes back
// to an earlier wording is taken for one too: the story then shows the wording in between.
func (t *take) reading(ctx context.Context, p pair) (bool, error) {
	var stance article.Stance
	var score int
	if p.m != nil {
		stance, score = p.m.Stance, p.m.Score
	}
	res, err := t.tx.Exec(ctx, `INSERT INTO alert_readings (claim_id, article_id, revision, rules_version, at, title, role, stance, score)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.id, p.a.ID, p.a.Revision, p.a.Verdict.RulesVersion, toMillis(t.now), clip(p.a.Title, maxTitle), string(p.role), string(stance), score)
	if err != nil {
		return false, fmt.Errorf("store the reading: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// add takes in a pair that was not known.
func (t *take) add(ctx context.Context, p pair) error {
	home, err := t.home(ctx, p)
	if err != nil {
		return err
	}
	before, err := t.storyFor(ctx, p, home)
	if err != nil {
		return err
	}
	if err := t.insertAlert(ctx, p, before.ID, home); err != nil {
		return err
	}
	after, err := t.refresh(ctx, before, p)
	if err != nil {
		return err
	}
	kind, reason := t.arrival(p, home, before, after)
	t.reasons = append(t.reasons, reason)
	return t.settle(ctx, p, before, after, kind, "")
}

// arrival names what a new article is to its story.
func (t *take) arrival(p pair, home home, before, after *Story) (Kind, Reason) {
	live := p.a.Origin == article.Live
	switch {
	case !live:
		return KindHistory, ReasonHistory
	case p.role == RoleAnswers && before.Answered():
		return KindEvidence, ReasonAnswer
	case p.role == RoleAnswers:
		return KindAnswered, ReasonAnswer
	case !before.Rang():
		return KindOpened, ReasonOpened
	case home.copyOf != "":
		return KindCopied, ReasonCopy
	}
	return KindJoined, ReasonJoined
}

// reread takes in another reading of a pair that is known: an edit, or the same text under other rules.
func (t *take) reread(ctx context.Context, p pair, old *Alert) error {
	before, err := t.story(ctx, old.StoryID)
	if err != nil {
		return err
	}
	edited := old.Revision != p.a.Revision
	if p.seen = old.FirstSeen; p.m == nil {
		_, err = t.tx.Exec(ctx, `UPDATE alerts SET role = ?, title = ?, revision = ?, rules_version = ? WHERE claim_id = ? AND article_id = ?`,
			string(RoleWithdrawn), clip(p.a.Title, maxTitle), p.a.Revision, p.a.Verdict.RulesVersion, p.id, p.a.ID)
	} else {
		err = t.updateAlert(ctx, p)
	}
	if err != nil {
		return fmt.Errorf("update the alert: %w", err)
	}
	after, err := t.refresh(ctx, before, p)
	if err != nil {
		return err
	}
	t.reasons = append(t.reasons, rereadReason(p, edited))
	if !edited {
		return t.settle(ctx, p, before, after, "", "")
	}
	detail := ""
	if title := clip(p.a.Title, maxTitle); title != old.Title {
		detail = old.Title
	}
	return t.settle(ctx, p, before, after, KindEdited, detail)
}

func rereadReason(p pair, edited bool) Reason {
	switch {
	case p.m == nil:
		return ReasonWithdrawn
	case edited:
		return ReasonEdited
	}
	return ReasonReread
}

// settle writes the events of one pair and, for a live article, rings and notifies where the story turned.
func (t *take) settle(ctx context.Context, p pair, before, after *Story, kind Kind, detail string) error {
	live := p.a.Origin == article.Live
	kinds := []Kind{}
	if kind != "" {
		kinds = append(kinds, kind)
	}
	if live && p.role == RoleCarries && !before.Rang() {
		after.RangAt = t.now
		t.callLater(after)
		kinds = append(kinds, KindOpened)
	}
	if live && p.role == RoleAnswers && !before.Answered() {
		kinds = append(kinds, KindAnswered)
	}
	for _, k := range slices.Compact(kinds) {
		if err := t.announce(ctx, p, after, k, detail); err != nil {
			return err
		}
	}
	if live {
		if err := t.reopen(ctx, p, before, after, kind, detail); err != nil {
			return err
		}
	}
	return t.saveStory(ctx, after)
}

// announce writes one event and tells the receivers; a story that is silenced or inhibited is held back instead.
func (t *take) announce(ctx context.Context, p pair, s *Story, k Kind, detail string) error {
	var h *hold
	if k == KindOpened {
		var err error
		facts := factsOf(s, &Alert{Topics: p.a.Verdict.Topics, Tier: p.a.OutletTier, Language: p.a.Language, Outlet: p.a.Outlet})
		if h, err = t.held(ctx, s, facts); err != nil {
			return err
		}
	}
	e := Event{Kind: k, Rings: k == KindOpened && h == nil, StoryID: s.ID, ArticleID: p.a.ID, Detail: detail}
	if err := t.event(ctx, &e); err != nil {
		return err
	}
	s.Seq = e.Seq
	if h != nil {
		return t.suppress(ctx, s, h)
	}
	return t.notify(ctx, k, p, s)
}

// event numbers and stores an event; finish stores the counter.
func (t *take) event(ctx context.Context, e *Event) error {
	t.seq++
	e.Seq, e.At = t.seq, t.now
	t.events = append(t.events, *e)
	return insertEvent(ctx, t.tx, e)
}

func (t *take) story(ctx context.Context, id string) (*Story, error) {
	s, err := scanStory(t.tx.QueryRow(ctx, `SELECT `+storyColumns+` FROM stories WHERE id = ?`, id))
	if err != nil {
		return nil, fmt.Errorf("read story %s: %w", id, err)
	}
	return &s, nil
}

// shortHash makes an identifier of its parts.
func shortHash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func jsonOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
