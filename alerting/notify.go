package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"haidang/internal/article"
)

// NotificationSchema is the version of [Notification] that this code writes.
const NotificationSchema = 1

// defaultRoute is the route of every notification until routes can be configured.
const defaultRoute = "default"

// Notification is what a receiver gets, and what stands on the alerts topic. It says "check this claim": what is
// claimed, where it was seen, why it rang and what is known.
type Notification struct {
	Schema  int       `json:"schema"`
	Key     string    `json:"key"`    // story, route and material change: the same one twice is one notification
	Change  Kind      `json:"change"` // opened, reopened or answered
	Rings   bool      `json:"rings"`
	At      time.Time `json:"at"`
	Story   Story     `json:"story"`
	Article Alert     `json:"article"` // that opened or answered the story, with the words that matched
}

// notify writes the outbox rows of one event. Webhooks hear what rings; the alerts topic also hears of the answer.
func (t *take) notify(ctx context.Context, kind Kind, p pair, s *Story) error {
	if kind != KindOpened && kind != KindReopened && (kind != KindAnswered || !s.Rang()) {
		return nil
	}
	receivers := t.receivers(kind, s.Severity)
	if len(receivers) == 0 {
		return nil
	}
	change := string(kind)
	if kind == KindReopened { // each time is a change of its own
		change += ":" + string(s.ReopenedFor) + ":" + strconv.FormatInt(s.Version, 10)
	}
	n := Notification{
		Schema: NotificationSchema, Key: s.ID + "/" + defaultRoute + "/" + change, Change: kind, Rings: kind != KindAnswered, At: t.now, Story: *s,
	}
	var err error
	n.Article, err = scanAlert(t.tx.QueryRow(ctx, `SELECT `+alertColumns+` FROM alerts a WHERE claim_id = ? AND article_id = ?`, p.id, p.a.ID))
	if err != nil {
		return fmt.Errorf("read the alert to tell of: %w", err)
	}
	body, err := json.Marshal(&n)
	if err != nil {
		return fmt.Errorf("encode the notification: %w", err)
	}
	for _, receiver := range receivers {
		_, err := t.tx.Exec(ctx, `INSERT INTO outbox (id, receiver, key, story_id, route, change, body, state, attempts, next_at, last_error, created_at, sent_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, '', ?, 0) ON CONFLICT DO NOTHING`,
			shortHash("delivery", receiver, n.Key), receiver, n.Key, s.ID, defaultRoute, string(kind), string(body), string(DeliveryPending),
			toMillis(t.now), toMillis(t.now))
		if err != nil {
			return fmt.Errorf("write the outbox for %q: %w", receiver, err)
		}
	}
	return nil
}

func (t *take) receivers(kind Kind, severity article.Severity) []string {
	var out []string
	if t.publish {
		out = append(out, kafkaReceiver)
	}
	if kind == KindAnswered {
		return out
	}
	for _, w := range t.cfg.Webhooks {
		if w.MinSeverity == "" || severity.Rank() <= w.MinSeverity.Rank() {
			out = append(out, w.Name)
		}
	}
	return out
}
