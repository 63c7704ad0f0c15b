package alerting

import (
	"context"
	"fmt"
	"time"
)

// DayCount is what one story gained on one day.
type DayCount struct {
	StoryID string
	Day     int // whole days of 24 hours after the beginning that was asked for
	Carries int // articles that carry the claim, copies among them
	Answers int
}

// ByDay counts the articles that stories gained between two moments, in days of 24 hours from the first of them.
func (d *Desk) ByDay(ctx context.Context, from, to time.Time) ([]DayCount, error) {
	const day = int64(24 * time.Hour / time.Millisecond)
	var out []DayCount
	err := d.countRows(ctx, func(row scanner) error {
		var c DayCount
		var role Role
		var n int
		if err := row.Scan(&c.StoryID, &c.Day, &role, &n); err != nil {
			return err
		}
		switch role {
		case RoleCarries:
			c.Carries = n
		case RoleAnswers:
			c.Answers = n
		default:
			return nil
		}
		out = append(out, c)
		return nil
	}, `SELECT story_id, day, role, COUNT(*) FROM (SELECT story_id, (seen - ?) / ? AS day, role FROM alerts WHERE seen >= ? AND seen < ?) AS days
		GROUP BY story_id, day, role ORDER BY day, story_id, role`, toMillis(from), day, toMillis(from), toMillis(to))
	if err != nil {
		return nil, fmt.Errorf("count articles by day: %w", err)
	}
	return out, nil
}
