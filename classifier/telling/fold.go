package telling

import "haidang/internal/text"

// foldWords returns the words of a zone for Vietnamese without marks: what spells alike without them weighs what its
// spellings weigh on average, for the marks that would tell them apart are gone.
func (m *Model) foldWords(zone int) map[string]*entry {
	all := map[string]*entry{}
	count := map[string]int{}
	pairs := map[[2]string]int{}
	for first, e := range m.words[Vietnamese][zone] {
		f := foldKey(first)
		folded := all[f]
		if folded == nil {
			folded = &entry{next: map[string]float64{}}
			all[f] = folded
		}
		if e.weight != 0 {
			folded.weight += e.weight
			count[f]++
		}
		for second, w := range e.next {
			s := foldKey(second)
			folded.next[s] += w
			pairs[[2]string{f, s}]++
		}
	}
	for f, e := range all {
		e.weight /= float64(max(1, count[f]))
		for s := range e.next {
			e.next[s] /= float64(pairs[[2]string{f, s}])
		}
	}
	return all
}

// foldKey folds a word; what stands for a name or a figure stays.
func foldKey(word string) string {
	if word == aName || word == aFigure {
		return word
	}
	return text.Fold(word)
}
