package coverage

import "slices"

// Tone is how articles speak of the claims that they name: they repeat them, doubt them, or answer them.
type Tone struct {
	Name string `json:"name"` // repeats, doubts or answers
	Count
	Bars []int `json:"bars"` // like those of the report
}

// toneOf are the stances of each tone as the query language writes them, most pressing first.
var toneOf = []struct {
	name    string
	stances []string
}{
	{"repeats", []string{"carries"}},
	{"doubts", []string{"questions", "unclear", "disputed"}},
	{"answers", []string{"denies", "reports-debunk", "reports-penalty"}},
}

// tones adds the stances up. An article that speaks of several claims counts for each stance that it takes.
func tones(stances Breakdown) []Tone {
	out := make([]Tone, 0, len(toneOf))
	for _, t := range toneOf {
		tone := Tone{Name: t.name}
		for _, v := range stances.Values {
			if tone.Bars == nil {
				tone.Bars = make([]int, len(v.Bars))
			}
			if !slices.Contains(t.stances, v.ID) {
				continue
			}
			tone.Now += v.Now
			tone.Before += v.Before
			for i, n := range v.Bars {
				tone.Bars[i] += n
			}
		}
		out = append(out, tone)
	}
	return out
}
