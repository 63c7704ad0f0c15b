package digest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"haidang/internal/coverage"
)

// Coverage tells how much the watched outlets wrote about what.
type Coverage interface {
	Report(ctx context.Context, r coverage.Request) (coverage.Report, error)
}

// What a mail tells of coverage at most.
const (
	maxTopics  = 5
	maxOutlets = 5
	maxMoves   = 3
	maxSpikes  = 3
)

// coverageOf asks for the articles that came in during the period of a mail, beside those of the same day a week earlier or
// of the week or month before. Without an archive in this process it is nil.
func (d *Digest) coverageOf(ctx context.Context, c *content, at time.Time) *coverage.Report {
	if d.deps.Coverage == nil {
		return nil
	}
	r := coverage.Request{From: c.from, To: at, Clock: coverage.Seen, By: []coverage.Dimension{coverage.Topic}, Top: coverage.MaxTop}
	switch c.list.edition() {
	case Daily:
		r.Before = c.from.AddDate(0, 0, -7)
	default:
		r.By = []coverage.Dimension{coverage.Topic, coverage.Place, coverage.Outlet, coverage.Stance, coverage.Language}
	}
	out, err := d.deps.Coverage.Report(ctx, r)
	if err != nil {
		d.log.Warn("coverage not known", "err", err)
		return nil
	}
	if out.Articles.Before < out.Articles.Now/begun { // the watch has only begun: there is nothing to compare with
		forget(&out)
	}
	return &out
}

// begun is how many times as many articles as before say that the watch was not there before: the press as a whole never
// writes so much more.
const begun = 4

// forget takes everything out of a report that compares.
func forget(r *coverage.Report) {
	r.Articles.Before, r.Rose, r.Fell, r.Spikes = 0, nil, nil, nil
	for _, b := range r.By {
		for i := range b.Values {
			b.Values[i].Before = 0
		}
	}
	for i := range r.Tone {
		r.Tone[i].Before = 0
	}
}

// coverageLine is one number of the coverage, or a sentence about it.
type coverageLine struct{ Name, Text string }

// coverageLines puts the coverage into words: all articles, the topics that a list asks for or that moved most, and what
// was out of the ordinary; in a weekly or monthly mail also whose voice it was, and in which tone.
func (d *Digest) coverageLines(c *content, w words) (lines []coverageLine, missing string) {
	r := c.coverage
	if r == nil {
		return nil, w.NoCoverage
	}
	lines = append(lines, coverageLine{w.AllArticles, w.beside(r.Articles)})
	for _, v := range topicsOf(r, c.list.Topics) {
		lines = append(lines, coverageLine{valueName(v, w), w.beside(v.Count)})
	}
	if c.list.edition() != Daily {
		lines = append(lines, voices(r, w)...)
	}
	for _, s := range spikes(r) {
		lines = append(lines, coverageLine{w.spike, clean(s.Said.In(w.Lang), maxClaim)})
	}
	if len(r.Partial) > 0 {
		lines = append(lines, coverageLine{w.partly, clean(r.Partial[0], maxReason)})
	}
	return lines, ""
}

// topicsOf are the topics that a list asks for; without any, those whose share of the coverage moved most, and where hardly
// any did, the largest.
func topicsOf(r *coverage.Report, asked []string) (out []coverage.Value) {
	values := breakdown(r, coverage.Topic)
	if len(asked) > 0 {
		for _, id := range asked {
			i := slices.IndexFunc(values, func(v coverage.Value) bool { return v.ID == id })
			if i < 0 {
				out = append(out, coverage.Value{ID: id})
				continue
			}
			out = append(out, values[i])
		}
		return out
	}
	moved := map[string]float64{}
	for _, m := range slices.Concat(r.Rose, r.Fell) {
		if m.Dimension == coverage.Topic {
			moved[m.ID] = math.Abs(m.Score)
		}
	}
	out = slices.Clone(values) // the largest first
	slices.SortStableFunc(out, func(a, b coverage.Value) int { return cmp.Compare(moved[b.ID], moved[a.ID]) })
	return out[:min(len(out), maxTopics)]
}

// spikes are the strongest of a topic, a place or a claim: that much came in within an hour is no news to a committee.
func spikes(r *coverage.Report) []coverage.Spike {
	out := slices.DeleteFunc(slices.Clone(r.Spikes), func(s coverage.Spike) bool { return s.Dimension == "" })
	return out[:min(len(out), maxSpikes)]
}

// voices are the outlets with the largest share, the languages, the tone towards claims, and what took more or less room
// than before.
func voices(r *coverage.Report, w words) (lines []coverageLine) {
	if outlets := breakdown(r, coverage.Outlet); len(outlets) > 1 {
		lines = append(lines, coverageLine{w.outletShares, shares(outlets[:min(len(outlets), maxOutlets)], w)})
	}
	if languages := breakdown(r, coverage.Language); len(languages) > 1 {
		lines = append(lines, coverageLine{w.languageShares, shares(languages[:min(len(languages), maxOutlets)], w)})
	}
	var tones []string
	for _, t := range r.Tone {
		if t.Now+t.Before > 0 {
			tones = append(tones, fmt.Sprintf(w.toneOf[t.Name], w.number(t.Now), w.number(t.Before)))
		}
	}
	if len(tones) > 0 {
		lines = append(lines, coverageLine{w.tone, strings.Join(tones, "; ")})
	}
	for _, m := range []struct {
		name  string
		moves []coverage.Move
	}{{w.rose, r.Rose}, {w.fell, r.Fell}} {
		var said []string
		for _, v := range m.moves {
			if v.Dimension != coverage.Language && len(said) < maxMoves {
				said = append(said, fmt.Sprintf("%s (%s → %s)", moveName(v, w), w.number(v.Before), w.number(v.Now)))
			}
		}
		if len(said) > 0 {
			lines = append(lines, coverageLine{m.name, strings.Join(said, "; ")})
		}
	}
	return lines
}

func shares(values []coverage.Value, w words) string {
	var out []string
	for _, v := range values {
		out = append(out, fmt.Sprintf(w.share, valueName(v, w), 100*v.Share))
	}
	return strings.Join(out, "; ")
}

func breakdown(r *coverage.Report, d coverage.Dimension) []coverage.Value {
	for _, b := range r.By {
		if b.Dimension == d {
			return b.Values
		}
	}
	return nil
}

func valueName(v coverage.Value, w words) string { return nameOf(v.Name, v.ID, w) }

func moveName(m coverage.Move, w words) string { return nameOf(m.Name, m.ID, w) }

// nameOf is what a value is called; a language, and what has no name, by its code.
func nameOf(name coverage.Words, id string, w words) string {
	if known, ok := w.languages[id]; ok {
		return known
	}
	if s := clean(name.In(w.Lang), maxOutlet); s != "" {
		return s
	}
	return clean(id, maxOutlet)
}
