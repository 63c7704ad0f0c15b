// Package telling measures how an article is told: whether its words are those by which rumours are passed on, or those
// by which newspapers report. It is a keyword model: a weight for each of a few thousand words and pairs of words, learnt
// by logistic regression from texts that we wrote and from ordinary news ([Train]), and kept in a file that people can read.
//
// Names and figures count for nothing, so that it learns the manner and not the matter. It never flags by itself: the
// classifier adds its points to those of a claim. Limits: it reads the title and the first 90 words; a rumour told as
// drily as an agency tells news looks like news.
package telling

import (
	"unicode"
	"unicode/utf8"

	"haidang/internal/text"
)

// Language picks the words of a model.
type Language int

// The languages of a model.
const (
	Vietnamese Language = iota
	English
)

// names of the languages in the file of a model.
var names = [2]string{"vi", "en"}

// opening is how many words of the body are read.
const opening = 90

// Zone is where a word stands: one of the title says more.
type Zone int

// The zones.
const (
	Title Zone = iota
	Body
)

var zoneNames = [2]string{"title", "body"}

// Article is what of an article is read: its title, and lead and text in their order.
type Article struct {
	Language Language
	Title    *text.Doc
	Body     []*text.Doc
}

// Word is a word, or a pair of words side by side, where it stands.
type Word struct {
	Zone   Zone
	Doc    int // index into Article.Body; 0 in the title
	First  int // tokens [First, Last)
	Last   int
	Weight float64 // what it adds to the log-odds
}

// Model is the weights. It is safe for concurrent use and never changes.
type Model struct {
	bias   [2]float64
	words  [2][2]map[string]*entry // by language and zone; Canon of the first word
	levels [2][]level              // ascending

	tables   [2][2]*table // of words
	unmarked [2]*table    // of Vietnamese without marks, by zone
	count    int          // words and pairs in the tables
}

// entry is a word and the words that may follow it.
type entry struct {
	weight float64
	next   map[string]float64
}

// level says how many points a log-odds gives. Between two levels points grow linearly.
type level struct {
	logOdds float64
	points  int
}

// Empty reports whether the model has learnt nothing.
func (m *Model) Empty() bool { return len(m.levels[Vietnamese])+len(m.levels[English]) == 0 }

// Measure returns the points of an article, between -20 and 40, and each word that counted, once, in reading order.
func (m *Model) Measure(a Article) (int, []Word) { return m.AppendMeasure(nil, a) }

// AppendMeasure is Measure for loops that keep their memory: it appends the words to dst.
func (m *Model) AppendMeasure(dst []Word, a Article) (int, []Word) {
	sum := m.bias[a.Language]
	counted := make([]uint64, m.count/64+1) // a bit for each number
	m.each(a, func(w Word, number int) {
		if bit := uint64(1) << (number % 64); counted[number/64]&bit == 0 {
			counted[number/64] |= bit
			sum += w.Weight
			dst = append(dst, w)
		}
	})
	return m.points(a.Language, sum), dst
}

// each calls found with every word and pair of the article that has a weight, and its number.
func (m *Model) each(a Article, found func(w Word, number int)) {
	visit(a, func(zone Zone, doc int, d *text.Doc, from, to int) {
		marked, unmarked := m.tables[a.Language][zone], m.unmarked[zone]
		if marked == nil { // it has learnt nothing
			return
		}
		for i := from; i < to; i++ {
			t, id := marked, canonID
			if d.Tokens[i].Unmarked && a.Language == Vietnamese {
				t, id = unmarked, foldID
			}
			n := t.at(symbol(d, zone, i, id))
			if n == nil {
				continue
			}
			if n.weight != 0 {
				found(Word{zone, doc, i, i + 1, n.weight}, n.number)
			}
			if i+1 == to || len(n.ids) == 0 {
				continue
			}
			if p := n.follow(symbol(d, zone, i+1, id)); p.weight != 0 {
				found(Word{zone, doc, i, i + 2, p.weight}, p.number)
			}
		}
	})
}

func canonID(w *text.Word) uint32 { return w.ID }
func foldID(w *text.Word) uint32  { return w.FoldID }

// symbol is a word as the tables know it.
func symbol(d *text.Doc, zone Zone, i int, id func(*text.Word) uint32) uint32 {
	switch {
	case isFigure(d.Tokens[i].Word.Canon):
		return aFigureID
	case isName(d, zone, i):
		return aNameID
	}
	return id(d.Tokens[i].Word)
}

// visit calls use with the stretches of tokens that are read.
func visit(a Article, use func(zone Zone, doc int, d *text.Doc, from, to int)) {
	use(Title, 0, a.Title, 0, len(a.Title.Tokens))
	left := opening
	for i, d := range a.Body {
		n := min(left, len(d.Tokens))
		use(Body, i, d, 0, n)
		left -= n
	}
}

// What stands for a name and for a figure.
const (
	aName   = "§"
	aFigure = "#"
)

// canon is a word as the file of a model writes it.
func canon(d *text.Doc, zone Zone, i int) string {
	word := d.Tokens[i].Word.Canon
	switch {
	case isFigure(word):
		return aFigure
	case isName(d, zone, i):
		return aName
	}
	return word
}

func isFigure(word string) bool {
	for i := range len(word) {
		if word[i] >= '0' && word[i] <= '9' {
			return true
		}
	}
	return false
}

// isName reports whether a word of the body has a capital within its sentence.
func isName(d *text.Doc, zone Zone, i int) bool {
	t := &d.Tokens[i]
	if zone != Body || i == d.Sentences[t.Sentence].First {
		return false
	}
	r, _ := utf8.DecodeRuneInString(d.Text[t.Start:t.End])
	return unicode.IsUpper(r)
}

// points turns log-odds into points.
func (m *Model) points(lang Language, logOdds float64) int {
	levels := m.levels[lang]
	if len(levels) == 0 {
		return 0
	}
	for i := 1; i < len(levels); i++ {
		if a, b := levels[i-1], levels[i]; logOdds < b.logOdds {
			return a.points + int(float64(b.points-a.points)*max(0, logOdds-a.logOdds)/(b.logOdds-a.logOdds))
		}
	}
	return levels[len(levels)-1].points
}

// least is what an article gets that is told as ordinary news is.
const least = -20
