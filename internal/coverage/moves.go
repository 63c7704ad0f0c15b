package coverage

import (
	"cmp"
	"math"
	"slices"
)

// Move is a value that takes more, or less, of the coverage than before.
type Move struct {
	Dimension Dimension `json:"dimension"`
	ID        string    `json:"id"`
	Name      Words     `json:"name,omitzero"`
	Count
	Share       float64 `json:"share"`
	ShareBefore float64 `json:"share_before"`
	Score       float64 `json:"score"` // how far from chance, in standard deviations
}

const (
	moveScore = 3.3 // one in a thousand by chance
	moveLeast = 5   // articles in both periods together
	mostMoves = 8   // of each direction
)

// moves adds what rose and what fell in one dimension. Shares are compared, not numbers: where everything doubled, nothing
// rose. Stances are told as tone.
func moves(rose, fell []Move, b Breakdown, all Count) (more, less []Move) {
	if b.Dimension == Stance {
		return rose, fell
	}
	for _, v := range b.Values {
		if v.Now+v.Before < moveLeast {
			continue
		}
		m := Move{b.Dimension, v.ID, v.Name, v.Count, v.Share, v.ShareBefore, keyness(v.Count, all)}
		switch {
		case m.Score >= moveScore:
			rose = append(rose, m)
		case m.Score <= -moveScore:
			fell = append(fell, m)
		}
	}
	return rose, fell
}

func strongest(list []Move) []Move {
	slices.SortFunc(list, func(a, b Move) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Score), math.Abs(a.Score)), cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), mostMoves)]
}

// keyness is the signed root of the log-likelihood ratio (Dunning 1993) of having n.Now of all.Now and n.Before of
// all.Before articles: about the standard deviations by which the shares differ, also where numbers are small.
func keyness(n, all Count) float64 {
	if all.Now == 0 || all.Before == 0 {
		return 0
	}
	rate := float64(n.Now+n.Before) / float64(all.Now+all.Before)
	g := term(n.Now, rate*float64(all.Now)) + term(n.Before, rate*float64(all.Before)) +
		term(all.Now-n.Now, (1-rate)*float64(all.Now)) + term(all.Before-n.Before, (1-rate)*float64(all.Before))
	z := math.Sqrt(max(0, 2*g))
	if share(n.Now, all.Now) < share(n.Before, all.Before) {
		return -z
	}
	return z
}

func term(observed int, expected float64) float64 {
	if observed == 0 || expected == 0 {
		return 0
	}
	return float64(observed) * math.Log(float64(observed)/expected)
}
