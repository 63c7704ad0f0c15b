package crawler

import (
	"context"
	"math"
	"time"

	"haidang/internal/store"
)

const (
	historySpan   = 5 * 7 * 24 * time.Hour // how far back a rhythm looks
	historyNeeded = 14 * 24 * time.Hour    // before that a source is judged by its tier
	unlikely      = 1e-5                   // a silence less probable than this is an alarm
	leastSilence  = 2 * time.Hour
)

// hourOf is the hour since 1970.
func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

// countHour adds new items to the hour in which they were seen.
func countHour(ctx context.Context, tx *store.Tx, source string, at time.Time, items int) error {
	if items == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO crawl_hours (source, hour, items) VALUES (?, ?, ?)
ON CONFLICT (source, hour) DO UPDATE SET items = crawl_hours.items + excluded.items`, source, hourOf(at), items)
	return err
}

// hours returns, for each source, the hours since a moment in which it showed something new.
func (s state) hours(ctx context.Context, since time.Time) (map[string]map[int64]int64, error) {
	rows, err := s.db.Query(ctx, "SELECT source, hour, items FROM crawl_hours WHERE hour >= ?", hourOf(since))
	if err != nil {
		return nil, stateError("read rhythms", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	out := map[string]map[int64]int64{}
	for rows.Next() {
		var source string
		var hour, items int64
		if err := rows.Scan(&source, &hour, &items); err != nil {
			return nil, stateError("read rhythms", err)
		}
		if out[source] == nil {
			out[source] = map[int64]int64{}
		}
		out[source][hour] = items
	}
	return out, stateError("read rhythms", rows.Err())
}

// rhythm is when a source shows something new: the share of its past hours that had anything, for each hour of the week.
// Shares stand a burst better than counts do.
type rhythm struct {
	share [168]float64
	items [168]float64 // in an average week
	known bool
}

// newRhythm learns from the hours between the first one on record and the silence that is to be judged.
func newRhythm(hours map[int64]int64, until time.Time) rhythm {
	var r rhythm
	first, last := int64(math.MaxInt64), hourOf(until)
	for h := range hours {
		first = min(first, h)
	}
	if last-first < int64(historyNeeded/time.Hour) {
		return r
	}
	var weeks, busy [168]float64
	var days, busyDays [24]float64
	for h := first; h < last; h++ {
		slot := h % 168
		weeks[slot]++
		days[h%24]++
		if n := hours[h]; n > 0 {
			busy[slot]++
			busyDays[h%24]++
			r.items[slot] += float64(n)
		}
	}
	for slot := range r.share {
		// Few weeks are known, many days: the hour of the day is what the hour of the week starts from.
		byDay := busyDays[slot%24] / max(1, days[slot%24])
		r.share[slot] = min(0.97, (busy[slot]+byDay/2)/(weeks[slot]+0.5))
		r.items[slot] /= max(1, weeks[slot])
	}
	r.known = true
	return r
}

// silence is how probable it is that nothing is shown between two moments, and how many items that time brings on
// average. An hour that is only partly silent counts as its part.
func (r *rhythm) silence(from, to time.Time) (chance, expected float64) {
	chance = 1
	for at := from; at.Before(to); {
		end := at.Truncate(time.Hour).Add(time.Hour)
		if end.After(to) {
			end = to
		}
		part := end.Sub(at).Hours()
		slot := hourOf(at) % 168
		chance *= math.Pow(1-r.share[slot], part)
		expected += r.items[slot] * part
		at = end
	}
	return chance, expected
}

// quietAfter is when silence is worth a look, by tier, while a source's own rhythm is not known.
func quietAfter(tier int) time.Duration {
	switch tier {
	case 1:
		return 24 * time.Hour
	case 2:
		return 3 * 24 * time.Hour
	}
	return 7 * 24 * time.Hour
}

// isQuiet judges a silence. Only the time in which the source was asked counts: LastSuccess ends it.
func (h *SourceHealth) isQuiet(hours map[int64]int64, now time.Time) bool {
	until := h.LastSuccess
	if h.LastItem.IsZero() || until.Sub(h.LastItem) < leastSilence {
		return false
	}
	r := newRhythm(hours, h.LastItem)
	if !r.known {
		return now.Sub(h.LastItem) > quietAfter(h.Tier)
	}
	chance, expected := r.silence(h.LastItem, until)
	h.Expected = int(math.Round(expected))
	return chance < unlikely
}
