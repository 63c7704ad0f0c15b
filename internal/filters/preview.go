package filters

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"haidang/classifier"
	"haidang/internal/article"
)

// Articles hands articles to a function until it returns an error.
type Articles func(context.Context, func(*article.Article) error) error

// LineArticles reads articles from JSON lines. Broken lines are told on std.Err and left out.
func LineArticles(files []string, std Streams) Articles {
	return func(ctx context.Context, each func(*article.Article) error) error {
		complain := func(l Line, err error) { fmt.Fprintf(std.Err, "%s:%d: %s\n", l.Name, l.Number, Plain(err.Error())) }
		return Lines(files, std.In, func(l Line) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			record, err := article.ParseRecord(l.Data)
			if err != nil {
				complain(l, err)
				return nil
			}
			return each(&record.Article)
		}, complain)
	}
}

// Bounds of a preview: samples that are shown, and rings a day from which it warns.
const (
	samples    = 20
	noisyDay   = 5
	noisyShare = 0.5 // rings in 1,000 articles
)

// Preview is what claims would have done with articles of the past.
type Preview struct {
	Articles int            `json:"articles"`
	Found    int            `json:"found"` // recognised, ringing or not
	Rings    int            `json:"rings"`
	PerDay   map[string]int `json:"rings_per_day"`
	PerField map[string]int `json:"rings_per_source"`
	Silent   map[string]int `json:"silent"`  // recognised, by why it did not ring
	Overlap  map[string]int `json:"overlap"` // other claims that ring in the same articles
	Samples  []Sample       `json:"samples"`
	Noisy    bool           `json:"noisy"`
}

// Sample is one article that rang.
type Sample struct {
	ID     string    `json:"id"`
	Day    string    `json:"day"`
	Outlet string    `json:"outlet"`
	Title  string    `json:"title"`
	Score  int       `json:"score"`
	URL    string    `json:"url,omitempty"`
	seen   time.Time //
}

// Preview says what the claims with these IDs, or all, would have done with articles: rings per day and per source,
// samples spread over the time, overlap with other claims, and a warning when a desk would stop looking.
func PreviewRules(ctx context.Context, c *classifier.Classifier, ids []string, in Articles, o QueryOptions, std Streams) error {
	for _, id := range ids {
		if _, ok := c.Claim(id); !ok {
			return noClaim(id)
		}
	}
	p := Preview{PerDay: map[string]int{}, PerField: map[string]int{}, Silent: map[string]int{}, Overlap: map[string]int{}}
	bar := progress{std.Err, o, time.Now(), 0}
	err := in(ctx, func(a *article.Article) error {
		bar.tick()
		p.add(c.Classify(a), a, ids)
		return nil
	})
	bar.end()
	if err != nil {
		return err
	}
	p.finish()
	s := screen{std.Out, o}
	if s.JSON {
		return s.object(p)
	}
	s.preview(&p)
	return nil
}

func (p *Preview) add(v article.Verdict, a *article.Article, ids []string) {
	p.Articles++
	mine := func(id string) bool { return len(ids) == 0 || slices.Contains(ids, id) }
	rang, best := false, 0
	for _, m := range v.Claims {
		if !mine(m.ID) {
			continue
		}
		p.Found++
		if !m.Rings {
			p.Silent[m.Silent]++
			continue
		}
		rang, best = true, max(best, m.Score)
	}
	if !rang {
		return
	}
	p.Rings++
	when := a.FirstSeen
	if when.IsZero() {
		when = a.Published
	}
	day := "?"
	if !when.IsZero() {
		day = when.In(hanoi).Format(time.DateOnly)
	}
	p.PerDay[day]++
	p.PerField[cmp.Or(a.Outlet, "?")]++
	for _, m := range v.Claims {
		if m.Rings && len(ids) > 0 && !mine(m.ID) {
			p.Overlap[m.ID]++
		}
	}
	p.Samples = append(p.Samples, Sample{a.ID, day, a.Outlet, a.Title, best, a.URL, when})
}

// hanoi is the zone of the desk's days.
var hanoi = time.FixedZone("ICT", 7*3600)

// finish keeps samples that are spread over the whole time, and decides whether it is noise.
func (p *Preview) finish() {
	for _, n := range p.PerDay {
		p.Noisy = p.Noisy || n > noisyDay
	}
	p.Noisy = p.Noisy || p.Articles >= 1000 && 1000*float64(p.Rings)/float64(p.Articles) > noisyShare
	slices.SortStableFunc(p.Samples, func(a, b Sample) int { return a.seen.Compare(b.seen) })
	if n := len(p.Samples); n > samples {
		spread := make([]Sample, samples)
		for i := range spread {
			spread[i] = p.Samples[i*n/samples]
		}
		p.Samples = spread
	}
}

func (s screen) preview(p *Preview) {
	rate := 0.0
	if p.Articles > 0 {
		rate = 1000 * float64(p.Rings) / float64(p.Articles)
	}
	s.line(s.say("%d bài, nhận ra %d, báo %d (%.2f trên 1.000)", "%d articles, %d recognised, %d ring (%.2f in 1,000)"), p.Articles, p.Found, p.Rings, rate)
	s.counts(s.say("báo theo ngày", "rings per day"), p.PerDay, true)
	s.counts(s.say("báo theo nguồn", "rings per source"), p.PerField, false)
	s.counts(s.say("nhận ra nhưng không báo", "recognised and silent"), p.Silent, false)
	s.counts(s.say("cùng báo với", "rings together with"), p.Overlap, false)
	for _, v := range p.Samples {
		s.line("  %s  %3d  %s: %s", v.Day, v.Score, Plain(v.Outlet), Plain(v.Title))
	}
	if p.Noisy {
		s.line("%s", s.paint(red, s.say("Ồn: nhiều hơn 5 lần báo một ngày hoặc 0,5 trên 1.000 bài; bàn trực sẽ thôi nhìn.",
			"Noisy: more than 5 rings a day, or 0.5 in 1,000 articles; a desk would stop looking.")))
	}
}

// shownCounts is how many lines of a count are printed.
const shownCounts = 15

// counts prints a count, by name or by size.
func (s screen) counts(title string, counts map[string]int, byName bool) {
	if len(counts) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(counts))
	if !byName {
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	}
	parts := []string{}
	for _, n := range names[:min(len(names), shownCounts)] {
		parts = append(parts, fmt.Sprintf("%s %d", Plain(n), counts[n]))
	}
	if more := len(names) - shownCounts; more > 0 {
		parts = append(parts, fmt.Sprintf("… +%d", more))
	}
	s.line("  %s: %s", title, strings.Join(parts, ", "))
}

// progress counts on a terminal.
type progress struct {
	out interface{ Write([]byte) (int, error) }
	QueryOptions
	begun time.Time
	n     int
}

func (p *progress) tick() {
	if p.n++; p.Color && p.n%1000 == 0 {
		fmt.Fprintf(p.out, "\r%d, %.0f/s ", p.n, float64(p.n)/time.Since(p.begun).Seconds())
	}
}

func (p *progress) end() {
	if p.Color && p.n >= 1000 {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", 30))
	}
}

// Change is an article whose ringing two rule sets disagree about.
type Change struct {
	Sample
	Before []string `json:"before"` // claims that rang
	After  []string `json:"after"`
}

// DiffRules prints the articles that start or stop ringing when one rule set takes the place of another.
func DiffRules(ctx context.Context, before, after *classifier.Classifier, in Articles, o QueryOptions, std Streams) error {
	s := screen{std.Out, o}
	var articles, more, fewer, other int
	bar := progress{std.Err, o, time.Now(), 0}
	err := in(ctx, func(a *article.Article) error {
		bar.tick()
		articles++
		old, now := ringing(before.Classify(a)), ringing(after.Classify(a))
		if slices.Equal(old, now) {
			return nil
		}
		sign, color := "~", bold
		switch {
		case len(old) == 0:
			sign, color = "+", red
			more++
		case len(now) == 0:
			sign, color = "−", green
			fewer++
		default:
			other++
		}
		if s.JSON {
			return s.object(Change{Sample{ID: a.ID, Outlet: a.Outlet, Title: a.Title, URL: a.URL}, old, now})
		}
		return s.line("%s %s: %s  %s → %s", s.paint(color, sign), Plain(a.Outlet), Plain(a.Title), names(old), names(now))
	})
	bar.end()
	if err != nil || s.JSON {
		return err
	}
	return s.line(s.say("%d bài: thêm %d, bớt %d, đổi nội dung %d (%s → %s)", "%d articles: %d more ring, %d fewer, %d for another claim (%s → %s)"),
		articles, more, fewer, other, before.Version(), after.Version())
}

func names(ids []string) string { return cmp.Or(strings.Join(ids, ", "), "—") }

// ringing lists the claims that ring, by ID.
func ringing(v article.Verdict) []string {
	out := []string{}
	for _, m := range v.Claims {
		if m.Rings {
			out = append(out, m.ID)
		}
	}
	slices.Sort(out)
	return out
}
