package bench

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	measure = flag.Bool("measure", false, "measure on ../shared/data, and print tables")
	turn    = flag.Duration("turn", 500*time.Millisecond, "processor time of one turn of one side, about")
	rounds  = flag.Int("rounds", 5, "turns of each side")
)

const (
	swingLimit = 1.5 // of the other side's turns; above it the machine was too busy for a result
	attempts   = 3
)

// result is what a duel showed.
type result struct {
	docs   int
	ours   [][]time.Duration // of each of our sides, for one pass over the documents
	theirs []time.Duration
}

// duel lets our sides and theirs run the same documents in turns.
func duel(ours []side, theirs side, least, all int) (result, error) {
	docs, err := fitting(theirs, least, all)
	if err != nil {
		return result{}, err
	}
	sides := make([]*turns, 0, len(ours)+1)
	for _, s := range append(slices.Clone(ours), theirs) {
		t, err := newTurns(s, docs)
		if err != nil {
			return result{}, err
		}
		sides = append(sides, t)
	}
	best := result{}
	for range attempts {
		all, err := takeTurns(sides)
		if err != nil {
			return best, err
		}
		r := result{len(docs), all[:len(ours)], all[len(ours)]}
		if best.docs == 0 || r.swing() < best.swing() {
			best = r
		}
		if best.swing() <= swingLimit {
			break
		}
	}
	return best, nil
}

// takeTurns returns, for each side, the times of one pass, one for each round.
func takeTurns(sides []*turns) ([][]time.Duration, error) {
	out := make([][]time.Duration, len(sides))
	for range *rounds {
		for i, s := range sides {
			d, err := s.next()
			if err != nil {
				return nil, err
			}
			out[i] = append(out[i], d)
		}
	}
	return out, nil
}

// fitting returns as many of the first documents as a side can do in one turn, and no fewer than least.
func fitting(s side, least, all int) ([]int, error) {
	docs := numbers(max(1, least))
	for {
		d, err := s.run(docs, 1)
		if err != nil {
			return nil, err
		}
		if d > *turn/2 || len(docs) == all {
			return docs, nil
		}
		docs = numbers(min(all, len(docs)*2))
	}
}

// turns are those of one side.
type turns struct {
	side   side
	docs   []int
	passes int // over the documents, to fill a turn
}

// newTurns finds out how often the documents fit into a turn, which warms the side up as well.
func newTurns(s side, docs []int) (*turns, error) {
	t := &turns{s, docs, 1}
	for {
		d, err := s.run(docs, t.passes)
		if err != nil || d > *turn*2/3 {
			return t, err
		}
		t.passes *= 2
	}
}

// next returns the time of one pass over the documents.
func (t *turns) next() (time.Duration, error) {
	d, err := t.side.run(t.docs, t.passes)
	return d / time.Duration(t.passes), err
}

// swing is how far the other side's turns lie apart.
func (r result) swing() float64 {
	return float64(slices.Max(r.theirs)) / float64(slices.Min(r.theirs))
}

// ratios are how many times faster one of our sides is, by round, in order.
func (r result) ratios(side int) []float64 {
	out := make([]float64, len(r.theirs))
	for i := range out {
		out[i] = float64(r.theirs[i]) / float64(r.ours[side][i])
	}
	slices.Sort(out)
	return out
}

func (r result) ratio(side int) float64 { return r.ratios(side)[len(r.theirs)/2] }

// rate is documents per second of one core, at the median.
func (r result) rate(times []time.Duration) float64 {
	return float64(r.docs) / median(times).Seconds()
}

func median(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}

func (r result) String() string {
	s := fmt.Sprintf("%5d docs  theirs %8.1f docs/s, swing %.2f", r.docs, r.rate(r.theirs), r.swing())
	for i, from := range []string{"ours", "from article"}[:len(r.ours)] {
		all := r.ratios(i)
		s += fmt.Sprintf("  %s %6.0f docs/s = %.2f × (%.2f–%.2f)", from, r.rate(r.ours[i]), r.ratio(i), all[0], all[len(all)-1])
	}
	if r.swing() > swingLimit {
		s += "  REFUSED: theirs swings too much"
	}
	return s
}

// agree fails the test unless both sides name the same queries for every document; it returns how many they name.
func agree(tb testing.TB, c *corpus, a, b side, docs []int) (matches int) {
	tb.Helper()
	x, err := a.pairs(docs)
	if err != nil {
		tb.Fatal(err)
	}
	y, err := b.pairs(docs)
	if err != nil {
		tb.Fatal(err)
	}
	for i, d := range docs {
		matches += len(x[i])
		if slices.Equal(x[i], y[i]) {
			continue
		}
		for _, q := range append(slices.Clone(x[i]), y[i]...) {
			if slices.Contains(x[i], q) != slices.Contains(y[i], q) {
				tb.Logf("%d: %s: ours %v", q, c.rules[q].Query.Source, slices.Contains(x[i], q))
			}
		}
		tb.Fatalf("document %d: -ours +theirs\n%s", d, cmp.Diff(x[i], y[i]))
	}
	return matches
}
