package telling

import "haidang/internal/text"

// foldWords makes the tables for Vietnamese without marks: what spells alike without them weighs what its spellings weigh
// on average, for the marks that would tell them apart are gone.
func (m *Model) foldWords() {
	for zone, words := range m.words[Vietnamese] {
		count := map[string]int{}
		pairs := map[[2]string]int{}
		m.folded[zone] = map[string]*entry{}
		for first, e := range words {
			f := foldKey(first)
			folded := m.folded[zone][f]
			if folded == nil {
				folded = &entry{next: map[string]float64{}}
				m.folded[zone][f] = folded
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
		for f, e := range m.folded[zone] {
			e.weight /= float64(max(1, count[f]))
			for s := range e.next {
				e.next[s] /= float64(pairs[[2]string{f, s}])
			}
		}
	}
}

// foldKey folds a word; what stands for a name or a figure stays.
func foldKey(word string) string {
	if word == aName || word == aFigure {
		return word
	}
	return text.Fold(word)
}
