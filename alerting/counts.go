package alerting

import (
	"context"
	"fmt"

	"haidang/internal/article"
)

// lateAfter is the number of attempts after which a pending delivery counts as late.
const lateAfter = 3

// Counts returns the state of the desk in numbers.
func (d *Desk) Counts(ctx context.Context) (Counts, error) {
	c := Counts{ByState: map[State]int{}, BySeverity: map[article.Severity]int{}, ByField: map[string]int{}}
	for _, step := range []func(context.Context, *Counts) error{d.countStories, d.countAlerts, d.countDeliveries, d.countReceivers} {
		if err := step(ctx, &c); err != nil {
			return Counts{}, fmt.Errorf("count: %w", err)
		}
	}
	return c, d.db.QueryRow(ctx, `SELECT value FROM sequences WHERE name = 'events'`).Scan(&c.LastSeq)
}

func (d *Desk) countStories(ctx context.Context, c *Counts) error {
	return d.countRows(ctx, func(row scanner) error {
		var state State
		var severity article.Severity
		var field string
		var rang, answered bool
		var n int
		if err := row.Scan(&state, &severity, &field, &rang, &answered, &n); err != nil {
			return err
		}
		if !rang {
			c.Quiet += n
			return nil
		}
		c.Stories += n
		c.ByState[state] += n
		c.BySeverity[severity] += n
		c.ByField[field] += n
		if !answered {
			c.Unanswered += n
		}
		return nil
	}, `SELECT state, severity, field, CASE WHEN rang_at > 0 THEN 1 ELSE 0 END AS rang, CASE WHEN answered_at > 0 THEN 1 ELSE 0 END AS answered, COUNT(*)
		FROM stories GROUP BY state, severity, field, rang, answered`)
}

func (d *Desk) countAlerts(ctx context.Context, c *Counts) error {
	return d.countRows(ctx, func(row scanner) error {
		var role Role
		var n int
		if err := row.Scan(&role, &n); err != nil {
			return err
		}
		switch role {
		case RoleCarries:
			c.Alerts = n
		case RoleAnswers:
			c.Answers = n
		}
		return nil
	}, `SELECT role, COUNT(*) FROM alerts GROUP BY role`)
}

func (d *Desk) countDeliveries(ctx context.Context, c *Counts) error {
	return d.countRows(ctx, func(row scanner) error {
		var state DeliveryState
		var late bool
		var n int
		if err := row.Scan(&state, &late, &n); err != nil {
			return err
		}
		switch {
		case state == DeliveryFailed:
			c.DeliveriesFailed += n
		case state == DeliveryHeld:
			c.DeliveriesHeld += n
		case state == DeliveryPending:
			c.DeliveriesPending += n
			if late {
				c.DeliveriesLate += n
			}
		}
		return nil
	}, `SELECT state, CASE WHEN attempts >= ? THEN 1 ELSE 0 END AS late, COUNT(*) FROM outbox WHERE state NOT IN ('sent', 'skipped') GROUP BY state, late`, lateAfter)
}

func (d *Desk) countReceivers(ctx context.Context, c *Counts) error {
	return d.db.QueryRow(ctx, `SELECT COUNT(*) FROM receivers WHERE failures >= ?`, tripAfter).Scan(&c.ReceiversDown)
}

func (d *Desk) countRows(ctx context.Context, add func(scanner) error, query string, args ...any) error {
	rows, err := d.db.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	for rows.Next() {
		if err := add(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
