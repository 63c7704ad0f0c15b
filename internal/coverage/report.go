package coverage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Request asks for a report. The zero Request is the last seven days of everything.
type Request struct {
	Query  string
	From   time.Time // zero: seven days before To
	To     time.Time // not in it; zero: now
	Before time.Time // where the period that it is compared with begins, as long as this one; zero: just before it
	Clock  Clock
	By     []Dimension // nil: all
	Top    int         // values of each dimension; 0: DefaultTop
	Copies bool        // count copies too
	Beside []string    // other queries, whose share of voice is told
}

// Limits of a request.
const (
	DefaultTop = 10
	MaxTop     = 100
	maxPeriod  = 10 * 366 * day
)

// ErrRequest is wrapped by the error of a request that cannot be answered as it is written.
var ErrRequest = errors.New("bad coverage request")

// Count is a number in the period of a report and in the one that it is compared with.
type Count struct {
	Now    int `json:"now"`
	Before int `json:"before"`
}

// Change is by how much of the number before the number now differs: 0.5 is half as many again. known is false where
// there was nothing before.
func (c Count) Change() (share float64, known bool) {
	if c.Before == 0 {
		return 0, false
	}
	return float64(c.Now-c.Before) / float64(c.Before), true
}

// Report is the coverage of a period.
type Report struct {
	Query    string      `json:"query"`
	Clock    Clock       `json:"clock"`
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to"`
	Before   time.Time   `json:"before"` // where the period that it is compared with begins
	Articles Count       `json:"articles"`
	Copies   Count       `json:"copies"` // of them counted in Articles only when copies were asked for
	Unit     string      `json:"unit"`   // of a bar: hour, day, week or month
	Bars     []Bar       `json:"bars"`
	Tone     []Tone      `json:"tone"` // of the articles that speak of claims
	By       []Breakdown `json:"by"`
	Voices   []Voice     `json:"voices,omitempty"` // the query and those beside it
	Rose     []Move      `json:"rose"`
	Fell     []Move      `json:"fell"`
	Spikes   []Spike     `json:"spikes"`
	Judged   bool        `json:"judged"` // false: too little history to tell a spike
	Partial  []string    `json:"partial,omitempty"`
}

// Bar is one stretch of time, and the one that lies as far into the period before.
type Bar struct {
	From time.Time `json:"from"`
	Count
}

// Breakdown is the coverage by one property.
type Breakdown struct {
	Dimension Dimension `json:"dimension"`
	Values    []Value   `json:"values"` // most articles first
	More      int       `json:"more,omitempty"`
	Articles  Count     `json:"articles"` // that have the property at all, counted once for each value
}

// Value is one topic, outlet and so on.
type Value struct {
	ID   string `json:"id"`
	Name Words  `json:"name,omitzero"`
	Count
	Share       float64 `json:"share"` // of the articles of the period that have the value, 0 to 1: its share of voice
	ShareBefore float64 `json:"share_before"`
	Bars        []int   `json:"bars"` // like those of the report
}

// Report counts a period, compares it with another and looks for spikes in it.
func (c *Coverage) Report(ctx context.Context, r Request) (Report, error) {
	r, err := r.complete(c.deps.Now())
	if err != nil {
		return Report{}, err
	}
	out := Report{Query: r.Query, Clock: r.Clock, From: r.From, To: r.To, Before: r.Before}
	cell := day
	if r.To.Sub(r.From) <= hourly {
		cell = hour
	}
	now, before, err := c.both(ctx, r, r, cell)
	if err != nil {
		return Report{}, fmt.Errorf("coverage: %w", err)
	}
	bars := newBars(r.From, r.To, cell)
	c.fill(&out, r, now, before, bars)
	voices, partial, err := c.voices(ctx, r, bars)
	if err != nil {
		return Report{}, fmt.Errorf("coverage beside: %w", err)
	}
	out.Voices, out.Partial = voices, append(out.Partial, partial...)
	out.Spikes, out.Judged, err = c.spikes(ctx, r)
	if err != nil {
		return Report{}, fmt.Errorf("spikes: %w", err)
	}
	return out, nil
}

// complete fills in what was left out, and refuses what cannot be.
func (r Request) complete(now time.Time) (Request, error) {
	if r.To.IsZero() {
		r.To = now
	}
	if r.From.IsZero() {
		r.From = FirstDay(r.To, 7)
	}
	r.From, r.To = r.From.In(Zone), r.To.In(Zone)
	length := r.To.Sub(r.From)
	if r.Before.IsZero() {
		r.Before = r.From.Add(-length)
		if length > hourly { // whole days beside whole days, and the same weekday beside it where weeks are compared
			r.Before = r.From.Add(-(length + day - 1) / day * day)
		}
	}
	if r.Clock == "" {
		r.Clock = Published
	}
	if r.By == nil {
		r.By = Dimensions
	}
	if r.Top == 0 {
		r.Top = DefaultTop
	}
	switch {
	case length <= 0:
		return r, fmt.Errorf("%w: the period ends before it begins", ErrRequest)
	case length > maxPeriod:
		return r, fmt.Errorf("%w: a period of more than ten years", ErrRequest)
	case r.Clock != Published && r.Clock != Seen:
		return r, fmt.Errorf("%w: clock %q, write published or seen", ErrRequest, r.Clock)
	case r.Top < 1 || r.Top > MaxTop:
		return r, fmt.Errorf("%w: top %d, write 1 to %d", ErrRequest, r.Top, MaxTop)
	}
	if len(r.Beside) > mostVoices {
		return r, fmt.Errorf("%w: %d queries beside it, at most %d are compared", ErrRequest, len(r.Beside), mostVoices)
	}
	for _, d := range r.By {
		if !slices.Contains(Dimensions, d) {
			return r, fmt.Errorf("%w: by %q, write topic, outlet, place, claim, stance, country or lang", ErrRequest, d)
		}
	}
	return r, nil
}

func (c *Coverage) fill(out *Report, r Request, now, before Tally, bars barring) {
	out.Articles = Count{sum(now.Articles), sum(before.Articles)}
	out.Copies = Count{sum(now.Copies), sum(before.Copies)}
	out.Partial = append(now.Partial, before.Partial...)
	out.Unit = bars.unit
	counts, past := bars.add(now.Articles), bars.add(before.Articles)
	for i, from := range bars.from {
		out.Bars = append(out.Bars, Bar{from, Count{counts[i], past[i]}})
	}
	out.By, out.Tone, out.Rose, out.Fell = []Breakdown{}, []Tone{}, []Move{}, []Move{}
	for _, d := range r.By {
		b := c.breakdown(d, now, before, bars)
		out.Rose, out.Fell = moves(out.Rose, out.Fell, b, out.Articles)
		if d == Stance {
			out.Tone = tones(b)
		}
		if len(b.Values) > r.Top {
			b.More, b.Values = len(b.Values)-r.Top, b.Values[:r.Top]
		}
		out.By = append(out.By, b)
	}
	out.Rose, out.Fell = strongest(out.Rose), strongest(out.Fell)
}

// breakdown lists the values of a dimension, those that were there in either period.
func (c *Coverage) breakdown(d Dimension, now, before Tally, bars barring) Breakdown {
	b := Breakdown{Dimension: d, Values: []Value{}}
	for id, cells := range now.By[d] {
		v := Value{ID: id, Name: c.name(d, id, now.Names), Bars: bars.add(cells)}
		v.Now, v.Before = sum(cells), sum(before.By[d][id])
		b.Values = append(b.Values, v)
	}
	for id, cells := range before.By[d] {
		if _, ok := now.By[d][id]; !ok {
			b.Values = append(b.Values, Value{ID: id, Name: c.name(d, id, before.Names), Count: Count{0, sum(cells)}, Bars: make([]int, len(bars.from))})
		}
	}
	for _, v := range b.Values {
		b.Articles.Now += v.Now
		b.Articles.Before += v.Before
	}
	for i := range b.Values {
		v := &b.Values[i]
		v.Share, v.ShareBefore = share(v.Now, sum(now.Articles)), share(v.Before, sum(before.Articles))
	}
	slices.SortFunc(b.Values, func(a, b Value) int {
		return cmp.Or(cmp.Compare(b.Now, a.Now), cmp.Compare(b.Before, a.Before), cmp.Compare(a.ID, b.ID))
	})
	return b
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
