package response

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Cases lists the stories of a query, the one that rang first first.
func (r *Response) Cases(ctx context.Context, q Query) ([]Case, error) {
	from, to := int64(1), int64(math.MaxInt64)
	if !q.From.IsZero() {
		from = q.From.UnixMilli()
	}
	if !q.To.IsZero() {
		to = q.To.UnixMilli()
	}
	// Articles of a backfill were seen before the watch began, so only live ones tell how soon it saw.
	rows, err := r.db.Query(ctx, `SELECT s.id, s.claim_id, s.field, s.severity, s.places, s.state, s.outcome,
			s.appeared, COALESCE((SELECT MIN(a.seen) FROM alerts a WHERE a.story_id = s.id AND a.role = 'carries' AND a.origin = 'live'), s.first_seen),
			s.rang_at, COALESCE((SELECT MIN(o.sent_at) FROM outbox o WHERE o.story_id = s.id AND o.state = 'sent'), 0),
			s.acknowledged_at, s.responded_at, s.closed_at, s.answer_appeared
		FROM stories s WHERE s.rang_at >= ? AND s.rang_at < ? AND s.rang_at > 0 AND s.state <> 'merged' AND s.outcome <> 'test' ORDER BY s.rang_at, s.id`, from, to)
	if err != nil {
		return nil, fmt.Errorf("measure the desk: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	out := []Case{}
	for rows.Next() {
		var c Case
		var places string
		var at [8]int64
		err := rows.Scan(&c.StoryID, &c.ClaimID, &c.Field, &c.Severity, &places, &c.State, &c.Outcome, &at[0], &at[1], &at[2], &at[3], &at[4], &at[5], &at[6], &at[7])
		if err == nil {
			err = json.Unmarshal([]byte(places), &c.Places)
		}
		if err != nil {
			return nil, fmt.Errorf("measure story %q: %w", c.StoryID, err)
		}
		for i, t := range []*time.Time{&c.Appeared, &c.FirstSeen, &c.Alerted, &c.Told, &c.Acknowledged, &c.Responded, &c.Closed, &c.Denied} {
			if at[i] != 0 {
				*t = time.UnixMilli(at[i]).In(r.zone)
			}
		}
		if c.Appeared.IsZero() { // stored before this was known
			c.Appeared = c.FirstSeen
		}
		c.Month = c.Alerted.Format("2006-01")
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("measure the desk: %w", err)
	}
	return out, nil
}
