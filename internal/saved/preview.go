package saved

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"haidang/index"
	"haidang/internal/query"
)

// Archive is what a preview asks.
type Archive interface {
	Search(ctx context.Context, r index.Request) (index.Result, error)
}

// Preview tells how often a search would have rung.
type Preview struct {
	Days    []Day `json:"days"` // the last so many, oldest first; the last is today
	Matches int   `json:"matches"`
	Rings   int   `json:"rings"`
	Partial bool  `json:"partial,omitempty"` // more matched than were looked at: the older days are missing some
}

// Day is one day of a preview, in Việt Nam.
type Day struct {
	Date    time.Time `json:"date"`
	Matches int       `json:"matches"`
	Rings   int       `json:"rings"`
}

// A preview looks at so many days, and where outlets have to be counted at so many articles at most.
const (
	previewArticles = 5_000
	previewDays     = 30
)

// Preview holds a query against the articles published in the last thirty days, as if they had just come.
func (s *Saved) Preview(ctx context.Context, archive Archive, src string) (Preview, error) {
	q, err := s.Parse(src)
	if err != nil {
		return Preview{}, err
	}
	now := s.deps.Now().In(query.Zone)
	first := midnight(now).AddDate(0, 0, 1-previewDays)
	days := make([]Day, previewDays)
	for i := range days {
		days[i].Date = first.AddDate(0, 0, i)
	}
	p := Preview{Days: days}
	// The dates are asked of the archive, so that it looks at nothing older.
	r := index.Request{Query: "(" + unstoried(src) + ") published:" + first.Format(time.DateOnly) + "..", Sort: index.ByPublished}
	if q.Story == nil {
		err = p.tally(ctx, archive, r)
	} else {
		err = p.replay(ctx, archive, r, q.Story)
	}
	if err != nil {
		return Preview{}, fmt.Errorf("preview: %w", err)
	}
	return p, nil
}

// tally counts a search of which every match rings, without reading the articles.
func (p *Preview) tally(ctx context.Context, archive Archive, r index.Request) error {
	r.Limit, r.Facets = 1, 1
	res, err := archive.Search(ctx, r)
	if err != nil {
		return err
	}
	p.Partial = res.AtLeast || res.Counted < res.Total
	if res.Histogram == nil {
		return nil
	}
	for _, b := range res.Histogram.Bars {
		if i := p.day(b.From); i >= 0 {
			p.Days[i].Matches += b.Count
			p.Days[i].Rings += b.Count
			p.Matches += b.Count
			p.Rings += b.Count
		}
	}
	return nil
}

// day is the day in which a moment lies, -1 for none of them.
func (p *Preview) day(t time.Time) int {
	i := int(t.Sub(p.Days[0].Date) / (24 * time.Hour))
	if t.Before(p.Days[0].Date) || i >= len(p.Days) {
		return -1
	}
	return i
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// replay reads when and where the matching articles were published, newest first, and counts the rings.
func (p *Preview) replay(ctx context.Context, archive Archive, r index.Request, story *query.Count) error {
	var seen []sighting
	for r.Limit = 500; ; {
		res, err := archive.Search(ctx, r)
		if err != nil {
			return err
		}
		for i := range res.Hits {
			seen = append(seen, sighting{res.Hits[i].Published, res.Hits[i].Outlet})
		}
		p.Partial = p.Partial || res.AtLeast
		if r.After = res.Next; r.After == "" {
			break
		}
		if len(seen) >= previewArticles {
			p.Partial = true
			break
		}
	}
	slices.SortStableFunc(seen, func(a, b sighting) int { return a.at.Compare(b.at) })
	p.count(seen, *story)
	return nil
}

// unstoried leaves out the condition on the story, which the archive does not know and which stands outside all brackets.
func unstoried(src string) string {
	q, err := query.Options{Browse: true, Lists: func(string) ([]string, bool) { return []string{"x"}, true }}.Parse(src)
	if err != nil || q.Story == nil {
		return src
	}
	return query.Format(&query.Query{Root: q.Root})
}

// count replays the rule of Handle on sightings in order.
func (p *Preview) count(seen []sighting, story query.Count) {
	var near []sighting
	var last time.Time
	for _, one := range seen {
		i := p.day(one.at)
		if i < 0 {
			continue
		}
		p.Matches++
		p.Days[i].Matches++
		near = slices.DeleteFunc(append(near, one), func(o sighting) bool { return one.at.Sub(o.at) >= story.Within })
		if !last.IsZero() && one.at.Sub(last) < story.Within || !enough(near, story) {
			continue
		}
		last = one.at
		p.Rings++
		p.Days[i].Rings++
	}
}

// String says a preview in one line.
func (p Preview) String() string {
	most := slices.MaxFunc(p.Days, func(a, b Day) int { return a.Rings - b.Rings })
	out := fmt.Sprintf("in the last %d days it would have rung %d times (%.1f a day, at most %d on %s) for %d articles",
		len(p.Days), p.Rings, float64(p.Rings)/float64(len(p.Days)), most.Rings, most.Date.Format(time.DateOnly), p.Matches)
	if p.Partial {
		out += "; more matched than were looked at"
	}
	return strings.TrimSpace(out)
}
