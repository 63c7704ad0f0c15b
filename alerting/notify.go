package alerting

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"haidang/internal/article"
)

// NotificationSchema is the version of [Notification] that this code writes.
const NotificationSchema = 1

// topicRoute is the route of what goes to the alerts topic, which hears everything.
const topicRoute = "topic"

// Notification is what a receiver gets, and what stands on the alerts topic. It says "check this claim": what is
// claimed, where it was seen, why it rang and what is known.
type Notification struct {
	Schema  int       `json:"schema"`
	Key     string    `json:"key"`    // story, route and material change: the same one twice is one notification
	Change  Kind      `json:"change"` // a kind of event, or one of those that are told besides
	Rings   bool      `json:"rings"`
	At      time.Time `json:"at"`
	Story   Story     `json:"story"`
	Article Alert     `json:"article"`        // that opened or answered the story, with the words that matched
	Note    string    `json:"note,omitempty"` // what a colleague wrote
	By      string    `json:"by,omitempty"`   // the colleague's name
}

// What is told besides the events of that name. The last three go to one person, who is named in an action.
const (
	KindRepeated   Kind = "repeated" // still nobody has taken it
	KindReturned   Kind = "returned" // it was held back, and is not any more
	KindMentioned  Kind = "mentioned"
	KindHandedOver Kind = "handed_over"
	KindEscalated  Kind = "escalated"
)

// personal reports whether a kind is told to one person by name: at any hour, and with what else waits for that person.
func (k Kind) personal() bool {
	return k == KindCalled || k == KindMentioned || k == KindHandedOver || k == KindEscalated
}

// notify writes the outbox rows of one event of an article. Receivers hear what rings; the topic also hears of the answer.
func (t *take) notify(ctx context.Context, kind Kind, p pair, s *Story) error {
	if kind != KindOpened && kind != KindReopened && (kind != KindAnswered || !s.Rang()) {
		return nil
	}
	change := string(kind)
	if kind == KindReopened { // each time is a change of its own
		change += ":" + string(s.ReopenedFor) + ":" + strconv.FormatInt(s.Version, 10)
	}
	a, err := scanAlert(t.tx.QueryRow(ctx, `SELECT `+alertColumns+` FROM alerts a WHERE claim_id = ? AND article_id = ?`, p.id, p.a.ID))
	if err != nil {
		return fmt.Errorf("read the alert to tell of: %w", err)
	}
	return t.tell(ctx, Notification{Change: kind, Story: *s, Article: a}, change)
}

// tellAgain tells of a story without a new article: it returned, or somebody is called by name.
func (t *take) tellAgain(ctx context.Context, n Notification, change string, only ...Target) error {
	var err error
	n.Article, err = scanAlert(t.tx.QueryRow(ctx, `SELECT `+alertColumns+` FROM alerts a WHERE story_id = ? AND article_id = ?`, n.Story.ID, n.Story.FirstArticle))
	if errors.Is(err, sql.ErrNoRows) {
		n.Article, err = Alert{}, nil // merged away or split off: the story speaks for itself
	}
	if err != nil {
		return fmt.Errorf("read the alert to tell of: %w", err)
	}
	return t.tell(ctx, n, change, only...)
}

// tell writes the outbox rows of one change of a story, for those whom the routes name or, where they are given, for
// these only.
func (t *take) tell(ctx context.Context, n Notification, change string, only ...Target) error {
	targets := only
	if n.Change != KindAnswered && len(only) == 0 {
		targets, _ = t.cfg.route(factsOf(&n.Story, &n.Article))
	}
	if t.publish && len(only) == 0 {
		targets = append([]Target{{Receiver: kafkaReceiver, Route: topicRoute}}, targets...)
	}
	t.decided.tell(&n.Story)
	n.Schema, n.At, n.Rings = NotificationSchema, t.now, n.Change != KindAnswered
	for _, target := range t.cfg.each(targets) {
		n.Key = n.Story.ID + "/" + target.Route + "/" + change
		body, err := json.Marshal(&n)
		if err != nil {
			return fmt.Errorf("encode the notification: %w", err)
		}
		if err := t.post(ctx, target, &n, string(body)); err != nil {
			return fmt.Errorf("write the outbox for %q: %w", target.Receiver, err)
		}
	}
	return nil
}

// tellPeople mails those whom an action calls by name: who is mentioned in a note, takes a story over, or must decide.
func (t *take) tellPeople(ctx context.Context, s *Story, c *Command, mentions []string) error {
	kinds := map[string]Kind{}
	for _, id := range mentions {
		kinds[id] = KindMentioned
	}
	switch c.Action {
	case HandOver:
		kinds[c.To] = KindHandedOver
	case Escalate:
		kinds[c.To] = KindEscalated
	}
	n := Notification{Story: *s, Note: c.Note, By: c.Actor}
	if by, ok := t.cfg.person(c.Actor); ok {
		n.By = by.Name
	}
	for _, id := range slices.Sorted(maps.Keys(kinds)) {
		person, known := t.cfg.person(id)
		target, mails := t.cfg.personTarget(person)
		if !known || !mails || !t.mails || id == c.Actor {
			continue
		}
		n.Change = kinds[id]
		if err := t.tellAgain(ctx, n, fmt.Sprintf("%s:%s:%d", n.Change, id, s.Version), target); err != nil {
			return err
		}
	}
	return nil
}

// each puts the names of the outbox in the place of those of the configuration.
func (c *Config) each(targets []Target) []Target {
	var out []Target
	for _, target := range targets {
		target.groups = c.groups(target.Receiver)
		for _, name := range c.inOutbox(target.Receiver) {
			target.Receiver = name
			out = append(out, target)
		}
	}
	return out
}

// post writes one row of the outbox.
func (t *take) post(ctx context.Context, target Target, n *Notification, body string) error {
	at, state, grp := t.now, DeliveryPending, ""
	urgent := n.Story.Severity == article.Critical || n.Change.personal()
	if n.Change.personal() {
		grp = target.Route
	}
	if target.Receiver != kafkaReceiver && !urgent {
		var err error
		if at = t.cfg.afterQuiet(t.now); target.groups {
			grp = target.Route
			if at, err = t.when(ctx, target); err != nil {
				return err
			}
		}
		flooded, err := t.flooded(ctx, target.Receiver)
		if err != nil {
			return err
		}
		if flooded {
			state = DeliveryHeld
		}
	}
	repeat := target.Repeat
	if target.Receiver == kafkaReceiver || n.Change == KindAnswered || n.Change.personal() {
		repeat = 0
	}
	_, err := t.tx.Exec(ctx, `INSERT INTO outbox (id, receiver, key, story_id, route, change, body, state, attempts, next_at, last_error, created_at, sent_at, grp, urgent, repeat_ms, only_new)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, '', ?, 0, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		shortHash("delivery", target.Receiver, n.Key), target.Receiver, n.Key, n.Story.ID, target.Route, string(n.Change), body, string(state),
		toMillis(at), toMillis(t.now), grp, oneIf(urgent), repeat.Milliseconds(), oneIf(n.Change == KindRepeated))
	return err
}

// when is the moment at which a message that is not urgent goes out to people: after its group's wait and interval, and not in the
// quiet hours.
func (t *take) when(ctx context.Context, target Target) (time.Time, error) {
	at := t.now.Add(target.Wait)
	var last time.Time
	err := t.tx.QueryRow(ctx, `SELECT COALESCE(MAX(sent_at), 0) FROM outbox WHERE receiver = ? AND grp = ?`, target.Receiver, target.Route).Scan(millis{&last})
	if err != nil {
		return at, err
	}
	if next := last.Add(target.Interval); !last.IsZero() && next.After(at) {
		at = next
	}
	return t.cfg.afterQuiet(at), nil
}

// flooded reports whether a receiver has had its share already.
func (t *take) flooded(ctx context.Context, receiver string) (bool, error) {
	if t.cfg.Flood.Most == 0 {
		return false, nil
	}
	var n int
	err := t.tx.QueryRow(ctx, `SELECT COUNT(*) FROM outbox WHERE receiver = ? AND urgent = 0 AND state <> 'held' AND created_at > ?`,
		receiver, toMillis(t.now.Add(-t.cfg.Flood.Per.Std()))).Scan(&n)
	return n >= t.cfg.Flood.Most, err
}

// release sends on what the flood guard held back, once the flood is over: all of it together.
func (t *take) release(ctx context.Context) error {
	rows, err := t.tx.Query(ctx, `SELECT DISTINCT receiver FROM outbox WHERE state = 'held' ORDER BY receiver`)
	if err != nil {
		return err
	}
	receivers, err := collect(rows, "look for what is held back", func(row scanner) (string, error) {
		var v string
		err := row.Scan(&v)
		return v, err
	})
	if err != nil {
		return err
	}
	for _, r := range receivers {
		flooded, err := t.flooded(ctx, r)
		if err != nil {
			return err
		}
		if flooded {
			continue
		}
		if _, err := t.tx.Exec(ctx, `UPDATE outbox SET state = 'pending', grp = 'held', next_at = ?, created_at = ? WHERE receiver = ? AND state = 'held'`,
			toMillis(t.cfg.afterQuiet(t.now)), toMillis(t.now), r); err != nil {
			return err
		}
	}
	return nil
}

// person is the target of a message to one person of the desk: whoever is called or mentioned.
func (c *Config) personTarget(p Person) (Target, bool) {
	return Target{Receiver: personReceiver(p.ID), Route: "call"}, p.Email != ""
}

func personReceiver(id string) string { return "person:" + id }
