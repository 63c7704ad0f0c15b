package feedback

import (
	"math"
	"slices"
	"time"
)

// Advice is what should be done with a rule.
type Advice string

// The kinds of advice, the most urgent first.
const (
	Retire Advice = "retire" // much noise, and nothing true for half a year
	Mend   Advice = "mend"   // more noise than hits
	Watch  Advice = "watch"  // too few judged rings to tell, and the first ones are noise
	Keep   Advice = ""       // nothing to be done
)

// What advice rests on. Two wrong rings in a row are bad luck; five of nine are a rule that costs more than it finds.
const (
	enoughToWatch  = 2
	enoughToMend   = 4
	enoughToRetire = 8
	barren         = 180 * 24 * time.Hour // without a hit
)

// Advices lists every kind of advice that asks for something.
func Advices() []Advice { return []Advice{Retire, Mend, Watch} }

// urgency orders rules: what asks for most first.
func (a Advice) urgency() int {
	if i := slices.Index(Advices(), a); i >= 0 {
		return i
	}
	return len(Advices())
}

// advise says what should be done with a rule.
func (r *Rule) advise(now time.Time) Advice {
	switch {
	case r.Noise >= enoughToRetire && now.Sub(r.LastHit) > barren:
		return Retire
	case r.Judged() >= enoughToMend && r.Noise > r.Hits:
		return Mend
	case r.Noise >= enoughToWatch && r.Hits == 0:
		return Watch
	}
	return Keep
}

// ToMend are the rules of a list that should be mended or retired, in its order: the week's list.
func ToMend(rules []Rule) []Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return r.Advice != Retire && r.Advice != Mend })
}

// wilson is a share of n with its 95 % interval.
func wilson(hits, n int) (share, low, high float64) {
	if n == 0 {
		return 0, 0, 1
	}
	const z = 1.959964
	p, m := float64(hits)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	spread := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return p, max(0, (middle-spread)/(1+z*z/m)), min(1, (middle+spread)/(1+z*z/m))
}
