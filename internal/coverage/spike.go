package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Spike is a stretch of time in which far more was written than is usual at that hour of that weekday.
type Spike struct {
	Dimension Dimension `json:"dimension,omitempty"` // empty: everything that was asked for
	ID        string    `json:"id,omitempty"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Articles  int       `json:"articles"`
	Usual     int       `json:"usual"`   // median of the same hours of the weeks before
	Weeks     int       `json:"weeks"`   // how many of those are known
	Outlets   int       `json:"outlets"` // that wrote them
	Score     float64   `json:"score"`   // how far above the usual, in standard deviations
	Said      Words     `json:"said"`    // all of this in a sentence
}

const (
	spikeWeeks   = 8   // that are looked back
	fewestWeeks  = 4   // that must be known
	spikeScore   = 4.5 // standard deviations
	spikeLeast   = 5   // articles
	spikeTimes   = 2   // times the usual
	spikeOutlets = 2   // one outlet that empties a drawer is no event
	mostSpikes   = 8
	spikeApart   = 3 * day  // what lies nearer together is one event
	spikeHours   = 35 * day // a longer period is looked at day by day
)

// spikeBy are the dimensions in which spikes are looked for: an outlet that writes more is not an event.
var spikeBy = []Dimension{Topic, Place, Claim}

// scale is how finely a period is looked at.
type scale struct {
	cell    time.Duration
	perWeek int
	windows []int // in cells: an event may fill an hour or a day
}

func scaleOf(length time.Duration) scale {
	if length > spikeHours {
		return scale{day, 7, []int{1, 3}}
	}
	return scale{hour, 7 * 24, []int{1, 6, 24}}
}

// spikes looks for spikes in the period of a request. judged is false when the archive has too little of the weeks before.
func (c *Coverage) spikes(ctx context.Context, r Request) (found []Spike, judged bool, err error) {
	s := scaleOf(r.To.Sub(r.From))
	from := r.From.Truncate(hour)
	if s.cell == day {
		from = Midnight(r.From)
	}
	first := spikeWeeks * s.perWeek
	start := from.Add(-spikeWeeks * week)
	by := []Dimension{Outlet}
	for _, d := range spikeBy {
		if slices.Contains(r.By, d) {
			by = append(by, d)
		}
	}
	asked, err := c.tally(ctx, r, start, r.To, s.cell, by)
	if err != nil || len(asked.Partial) > 0 { // half a count would make the other half a spike
		return nil, false, err
	}
	all := asked
	if r.Query != "" {
		if all, err = c.tally(ctx, Request{Clock: r.Clock}, start, r.To, s.cell, nil); err != nil {
			return nil, false, err
		}
	}
	w := watch{scale: s, start: start, first: first, known: s.known(all.Articles)}
	found = w.find("", "", asked.Articles)
	for _, d := range by[1:] {
		for id, cells := range asked.By[d] {
			found = append(found, w.find(d, id, cells)...)
		}
	}
	found, err = c.confirm(ctx, r, found, min(spikeOutlets, len(asked.By[Outlet])))
	return found, w.judged(), err
}

// known tells in which days anything came in at all: before the watch began, and while it stood still, nothing is usual.
func (s scale) known(articles []int) []bool {
	perDay := s.perWeek / 7
	out := make([]bool, len(articles))
	for i := range out {
		d := i / perDay * perDay
		out[i] = sum(articles[d:min(len(articles), d+perDay)]) > 0
	}
	return out
}

// watch looks for spikes in the cells from first on.
type watch struct {
	scale
	start time.Time // of the first cell
	first int
	known []bool
}

// judged reports whether any cell of the period has enough weeks before it.
func (w watch) judged() bool {
	for i := w.first; i < len(w.known); i++ {
		if len(w.earlier(i, 1)) >= fewestWeeks {
			return true
		}
	}
	return false
}

// earlier lists the last cells of the same stretches of the weeks before, of those that are known.
func (w watch) earlier(last, width int) (out []int) {
	for k := 1; k <= spikeWeeks; k++ {
		at := last - k*w.perWeek
		if from := at + 1 - width; from >= 0 && w.known[from] && w.known[at] {
			out = append(out, at)
		}
	}
	return out
}

// find returns the spikes of one series, of those that lie close together the highest.
func (w watch) find(d Dimension, id string, cells []int) (out []Spike) {
	sums := make([]int, len(cells)+1)
	for i, n := range cells {
		sums[i+1] = sums[i] + n
	}
	if sums[len(cells)]-sums[w.first] < spikeLeast {
		return nil
	}
	var all []Spike
	for _, width := range w.windows {
		for end := w.first + width; end <= len(cells); end++ {
			if s, ok := w.judge(sums, end, width); ok {
				s.Dimension, s.ID = d, id
				all = append(all, s)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Spike) int { return cmp.Compare(b.Score, a.Score) })
	for _, s := range all {
		if !slices.ContainsFunc(out, func(o Spike) bool { return s.From.Before(o.To.Add(spikeApart)) && o.From.Before(s.To.Add(spikeApart)) }) {
			out = append(out, s)
		}
	}
	return out
}

// judge compares the cells before end with the same ones of the weeks before.
func (w watch) judge(sums []int, end, width int) (Spike, bool) {
	n := sums[end] - sums[end-width]
	if n < spikeLeast {
		return Spike{}, false
	}
	var usual []int
	for _, at := range w.earlier(end-1, width) {
		usual = append(usual, sums[at+1]-sums[at+1-width])
	}
	if len(usual) < fewestWeeks {
		return Spike{}, false
	}
	s := Spike{
		From: w.start.Add(time.Duration(end-width) * w.cell), To: w.start.Add(time.Duration(end) * w.cell),
		Articles: n, Usual: int(median(floats(usual, func(n int) float64 { return float64(n) }))), Weeks: len(usual), Score: surprise(n, usual),
	}
	return s, s.Score >= spikeScore && n >= spikeTimes*s.Usual
}

// surprise is how far n is above earlier counts, in standard deviations. Counts are first brought to a scale on which chance
// alone spreads them by one, however many they are (Anscombe 1948); where they spread more, the median absolute deviation
// says by how much (Rousseeuw and Croux 1993), which one earlier event does not widen.
func surprise(n int, usual []int) float64 {
	scaled := floats(usual, anscombe)
	middle := median(scaled)
	for i := range scaled {
		scaled[i] = math.Abs(scaled[i] - middle)
	}
	const consistent = 1.4826 // makes it the standard deviation of what is normally distributed
	return (anscombe(n) - middle) / max(1, consistent*median(scaled))
}

func anscombe(n int) float64 { return 2 * math.Sqrt(float64(n)+3.0/8) }

func floats(list []int, as func(int) float64) []float64 {
	out := make([]float64, len(list))
	for i, n := range list {
		out[i] = as(n)
	}
	return out
}

// median sorts a list and returns its middle, or the mean of the two.
func median(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// confirm keeps the highest spikes of enough outlets.
func (c *Coverage) confirm(ctx context.Context, r Request, found []Spike, outlets int) ([]Spike, error) {
	slices.SortFunc(found, func(a, b Spike) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), a.From.Compare(b.From), cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(a.ID, b.ID))
	})
	out := []Spike{}
	for _, s := range found[:min(len(found), 2*mostSpikes)] {
		narrow := Request{Query: s.Filter(r.Query), Clock: r.Clock, Copies: r.Copies}
		t, err := c.tally(ctx, narrow, s.From, s.To, s.To.Sub(s.From), []Dimension{Outlet})
		if err != nil {
			return nil, err
		}
		if s.Outlets = len(t.By[Outlet]); s.Outlets >= outlets && len(out) < mostSpikes {
			s.Said = s.say(c.name(s.Dimension, s.ID, t.Names))
			out = append(out, s)
		}
	}
	return out, nil
}

// Filter is the query that finds the articles of a spike, but for its time.
func (s Spike) Filter(query string) string {
	if s.ID == "" {
		return query
	}
	filter := fmt.Sprintf("%s:%s", s.Dimension, s.ID)
	if query == "" {
		return filter
	}
	return "(" + query + ") " + filter
}
