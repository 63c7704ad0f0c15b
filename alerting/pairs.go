package alerting

import (
	"cmp"
	_ "embed" // the common pairs
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"haidang/internal/text"
)

// pairSet is the set of neighbouring words of a telling, each pair weighed by how rare it is in news. Pairs of syllables carry
// the compounds of Vietnamese.
type pairSet struct {
	pairs  []weighed // by hash, ascending, after finish
	length float64   // of the vector of weights
}

type weighed struct {
	hash   uint64
	weight float64
}

func (s *pairSet) add(doc *text.Doc) {
	weights := commonPairs()
	for i := 1; i < len(doc.Tokens); i++ {
		hash := pairHash(doc.Tokens[i-1].Word.Fold, doc.Tokens[i].Word.Fold)
		weight, common := weights[hash]
		if !common {
			weight = 1
		}
		s.pairs = append(s.pairs, weighed{hash, weight})
	}
}

// finish makes a set of what was added.
func (s *pairSet) finish() {
	slices.SortFunc(s.pairs, func(a, b weighed) int { return cmp.Compare(a.hash, b.hash) })
	s.pairs = slices.Compact(s.pairs)
	sum := 0.0
	for _, p := range s.pairs {
		sum += p.weight * p.weight
	}
	s.length = math.Sqrt(sum)
}

// cosine is that of the two vectors of weights, 0 to 1.
func (s *pairSet) cosine(o *pairSet) float64 {
	common := 0.0
	for i, j := 0, 0; i < len(s.pairs) && j < len(o.pairs); {
		switch a, b := s.pairs[i], o.pairs[j]; {
		case a.hash < b.hash:
			i++
		case a.hash > b.hash:
			j++
		default:
			common, i, j = common+a.weight*a.weight, i+1, j+1
		}
	}
	if common == 0 {
		return 0
	}
	return common / (s.length * o.length)
}

func pairHash(first, second string) uint64 {
	h := fnv.New64a()
	for _, part := range []string{first, " ", second} {
		h.Write([]byte(part))
	}
	return h.Sum64()
}

//go:embed common.txt
var commonText string

// rare is in how many of 10,000 articles a pair stands that is not among the common ones, at most.
const rare = 50

// commonPairs returns the weights of common word pairs by their hash: the inverse document frequency as a share of that of a
// rare pair.
var commonPairs = sync.OnceValue(func() map[uint64]float64 {
	out := map[uint64]float64{}
	for line := range strings.Lines(commonText) {
		count, pair, _ := strings.Cut(strings.TrimSpace(line), " ")
		first, second, ok := strings.Cut(pair, " ")
		if n, err := strconv.Atoi(count); err == nil && ok {
			out[pairHash(first, second)] = math.Log(10000/float64(n)) / math.Log(10000.0/rare)
		}
	}
	return out
})
