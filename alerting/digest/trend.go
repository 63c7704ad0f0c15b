package digest

import (
	"context"
	"time"
)

// trend is how many articles carried claims, period by period.
type trend struct {
	bars []bar
}

// bar is one period of a trend.
type bar struct {
	from  time.Time
	label string
	n     int // articles that carry a claim, copies among them
}

func (t trend) total() (n int) {
	for _, b := range t.bars {
		n += b.n
	}
	return n
}

func (t trend) most() (n int) {
	for _, b := range t.bars {
		n = max(n, b.n)
	}
	return n
}

// usual is the median of all periods but the last.
func (t trend) usual() int {
	return median(t.bars[:max(0, len(t.bars)-1)], func(b bar) int { return b.n })
}

// last is the count of the newest period.
func (t trend) last() int {
	if len(t.bars) == 0 {
		return 0
	}
	return t.bars[len(t.bars)-1].n
}

// trendOf counts the articles of the stories that a list is for.
func (d *Digest) trendOf(ctx context.Context, list List, end, at time.Time, stories map[string]bool) (trend, error) {
	edges := list.bars(end)
	counts, err := d.deps.Stories.ByDay(ctx, edges[0], at)
	if err != nil {
		return trend{}, err
	}
	t := trend{bars: make([]bar, len(edges)-1)}
	for i := range t.bars {
		t.bars[i] = bar{from: edges[i], label: barLabel(list, edges[i+1])}
	}
	for _, c := range counts {
		if !stories[c.StoryID] {
			continue
		}
		day := edges[0].Add(time.Duration(c.Day) * 24 * time.Hour)
		for i := len(t.bars) - 1; i >= 0; i-- {
			if !day.Before(t.bars[i].from) {
				t.bars[i].n += c.Carries
				break
			}
		}
	}
	return t, nil
}

// barLabel is what stands below a bar: the morning that ends a day, the Monday that ends a week, the month.
func barLabel(list List, end time.Time) string {
	if list.edition() == Monthly {
		return end.AddDate(0, -1, 0).Format("1/2006")
	}
	return end.Format("2/1")
}
