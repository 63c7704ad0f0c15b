package telling

import (
	"maps"
	"math"
	"slices"

	"haidang/internal/text"
)

// A model is read by strings and applied by symbols: the lexicon's ID of a word, or one of two for what is left out.
const (
	unknown   uint32 = 0
	aNameID   uint32 = math.MaxUint32
	aFigureID uint32 = math.MaxUint32 - 1
)

// table is the words of a model, ready to be looked up.
type table struct {
	words        []*node // by ID
	name, figure *node
}

// node is a word and the words that may follow it.
type node struct {
	weight float64
	number int      // among all words and pairs of the model
	ids    []uint32 // of the words that may follow, ascending
	pairs  []pair   // by ids
}

type pair struct {
	weight float64
	number int // the same for the same two words in all tables: a pair counts once in an article
}

// at returns the node of a word, or nil.
func (t *table) at(id uint32) *node {
	switch {
	case id == aNameID:
		return t.name
	case id == aFigureID:
		return t.figure
	case int64(id) < int64(len(t.words)):
		return t.words[id]
	}
	return nil
}

// follow returns the pair of the node with the word that follows, of weight 0 if there is none.
func (n *node) follow(id uint32) pair {
	if i, ok := slices.BinarySearch(n.ids, id); ok {
		return n.pairs[i]
	}
	return pair{}
}

// index makes the tables from the words.
func (m *Model) index() {
	numbers := map[[2]string]int{}
	for lang := range m.words {
		for zone, words := range m.words[lang] {
			m.tables[lang][zone] = m.tableOf(words, numbers)
		}
	}
	for zone := range m.unmarked {
		m.unmarked[zone] = m.tableOf(m.foldWords(zone), numbers)
	}
}

func (m *Model) tableOf(words map[string]*entry, numbers map[[2]string]int) *table {
	t := &table{}
	for _, first := range slices.Sorted(maps.Keys(words)) {
		id := idOf(first)
		if id == unknown {
			continue
		}
		e := words[first]
		n := &node{weight: e.weight, number: m.count}
		m.count++
		for second, w := range e.next {
			if next := idOf(second); next != unknown && w != 0 {
				key := [2]string{first, second}
				if _, ok := numbers[key]; !ok {
					numbers[key] = m.count
					m.count++
				}
				i, _ := slices.BinarySearch(n.ids, next)
				n.ids, n.pairs = slices.Insert(n.ids, i, next), slices.Insert(n.pairs, i, pair{w, numbers[key]})
			}
		}
		t.put(id, n)
	}
	return t
}

func (t *table) put(id uint32, n *node) {
	switch id {
	case aNameID:
		t.name = n
	case aFigureID:
		t.figure = n
	default:
		if int(id) >= len(t.words) {
			t.words = append(t.words, make([]*node, int(id)+1-len(t.words))...)
		}
		t.words[id] = n
	}
}

// idOf returns the symbol of a word as a model writes it; unknown for what is no word, and so never met.
func idOf(word string) uint32 {
	switch word {
	case aName:
		return aNameID
	case aFigure:
		return aFigureID
	}
	if words := text.Intern(word); len(words) == 1 && words[0].Canon == word {
		return words[0].ID
	}
	return unknown
}
