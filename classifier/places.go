package classifier

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"haidang/internal/text"
)

// placeFile is places.yaml.
type placeFile struct {
	Places     []place     `yaml:"places"`
	Vietnam    phrases     `yaml:"vietnam"`
	Abroad     phrases     `yaml:"abroad"`
	PlaceWords phrasesOnly `yaml:"place_words"`
}

type phrases struct {
	VI []string `yaml:"vi"`
	EN []string `yaml:"en"`
}

type phrasesOnly struct {
	VI []string `yaml:"vi"`
}

// place is one entry of the gazetteer.
type place struct {
	ID        string   `yaml:"id"`
	Kind      string   `yaml:"kind"` // city, province, former, district, island, sea, region
	In        string   `yaml:"in"`   // the province of today that holds it
	Current   bool     `yaml:"current"`
	VI        []string `yaml:"vi"`
	EN        []string `yaml:"en"`
	Ambiguous []string `yaml:"ambiguous"`  // names that are also common words
	NotBefore []string `yaml:"not_before"` // it is no place before these words: Thái Bình Dương
	NotAfter  []string `yaml:"not_after"`  // nor after these: xi măng Hà Tiên
}

// placeName is what one phrase of the gazetteer means.
type placeName struct {
	place     *place
	country   int // +1 a word of Việt Nam, -1 of elsewhere, 0 a place
	ambiguous bool
}

type placeHit struct {
	place    *place
	sentence int
	start    int
	field    int
}

// gazetteer finds places and tells articles about Việt Nam from others.
type gazetteer struct {
	names *lexicon[*placeName]
	words map[string]bool // Canon of words that stand before a place
	byID  map[string]*place
}

func compilePlaces(file placeFile) (*gazetteer, []error) {
	g := &gazetteer{names: newLexicon[*placeName](), words: map[string]bool{}, byID: map[string]*place{}}
	var errs []error
	for i := range file.Places {
		p := &file.Places[i]
		if p.ID == "" || len(p.VI) == 0 {
			errs = append(errs, fmt.Errorf("places[%d]: %q needs an id and a name under vi", i, p.ID))
		}
		if g.byID[p.ID] != nil {
			errs = append(errs, fmt.Errorf("places[%d].id: %q stands twice", i, p.ID))
		}
		g.byID[p.ID] = p
		for _, name := range slices.Concat(p.VI, p.EN) {
			g.names.add(name, &placeName{place: p, ambiguous: slices.Contains(p.Ambiguous, name)})
		}
	}
	for i := range file.Places {
		if in := file.Places[i].In; in != "" && g.byID[in] == nil {
			errs = append(errs, fmt.Errorf("places[%d].in: there is no place %q", i, in))
		}
	}
	for _, w := range slices.Concat(file.Vietnam.VI, file.Vietnam.EN) {
		g.names.add(w, &placeName{country: 1})
	}
	for _, w := range slices.Concat(file.Abroad.VI, file.Abroad.EN) {
		g.names.add(w, &placeName{country: -1})
	}
	for _, w := range file.PlaceWords.VI {
		g.words[text.Canon(w)] = true
	}
	return g, errs
}

// geography is what the gazetteer says of one article.
type geography struct {
	hits         []placeHit
	home, abroad int // weighted mentions
}

// weights of a mention by field: the title says what an article is about.
var mentionWeight = [3]int{4, 2, 1}

func (g *gazetteer) look(r *reading) geography {
	var geo geography
	for i, d := range r.fields {
		g.names.find(d, func(first, last int, n *placeName) {
			if !g.holds(d, first, last, n) {
				return
			}
			t := d.Tokens[first]
			switch {
			case n.country < 0:
				geo.abroad += mentionWeight[i]
				return
			case n.country == 0:
				geo.hits = append(geo.hits, placeHit{n.place, r.base[i] + int(t.Sentence), t.Start, i})
			}
			geo.home += mentionWeight[i]
		})
	}
	return geo
}

// holds decides whether words that look like a name are one: capitals as written, or text without marks, or a word of
// place before it; and none of the neighbours that make it something else.
func (g *gazetteer) holds(d *text.Doc, first, last int, n *placeName) bool {
	if n.place != nil && (neighbour(d, last, n.place.NotBefore) || before(d, first, n.place.NotAfter)) {
		return false
	}
	plain := d.Tokens[first].Unmarked
	if !n.ambiguous && n.country >= 0 {
		return plain || n.country > 0 || capitalised(d, first, last)
	}
	named := first > 0 && d.Tokens[first-1].Sentence == d.Tokens[first].Sentence && g.words[d.Tokens[first-1].Word.Canon]
	if n.country < 0 {
		return capitalised(d, first, last)
	}
	return capitalised(d, first, last) && (named || !shouting(d, first)) || named && plain
}

// capitalised reports whether every word begins with a capital.
func capitalised(d *text.Doc, first, last int) bool {
	for _, t := range d.Tokens[first:last] {
		if r, _ := utf8.DecodeRuneInString(d.Text[t.Start:t.End]); unicode.IsLower(r) && r != 'đ' && r != 'v' {
			return false
		}
	}
	r, _ := utf8.DecodeRuneInString(d.Text[d.Tokens[last-1].Start:])
	return !unicode.IsLower(r)
}

// shouting reports whether the sentence of a token is all capitals, where a capital tells nothing.
func shouting(d *text.Doc, token int) bool {
	s := d.Sentences[d.Tokens[token].Sentence]
	return strings.ToUpper(d.Text[s.Start:s.End]) == d.Text[s.Start:s.End]
}

func neighbour(d *text.Doc, at int, words []string) bool {
	for _, w := range words {
		parts := strings.Fields(w)
		if at+len(parts) <= len(d.Tokens) && matches(d, at, parts) {
			return true
		}
	}
	return false
}

func before(d *text.Doc, at int, words []string) bool {
	for _, w := range words {
		parts := strings.Fields(w)
		if at >= len(parts) && matches(d, at-len(parts), parts) {
			return true
		}
	}
	return false
}

func matches(d *text.Doc, at int, parts []string) bool {
	for i, p := range parts {
		if d.Tokens[at+i].Word.Canon != p {
			return false
		}
	}
	return true
}

// aboutVietnam: a Vietnamese article is, unless it speaks mostly of elsewhere; a foreign one must speak of Việt Nam.
func (g geography) aboutVietnam(english bool) bool {
	if english {
		return g.home > 0 && 2*g.home >= g.abroad
	}
	return g.abroad == 0 || 3*g.home >= 2*g.abroad
}

// ids returns the places named, each with the province of today that holds it, in alphabetical order.
func (g geography) ids() []string {
	ids := []string{}
	for _, h := range g.hits {
		ids = append(ids, h.place.ID)
		if h.place.In != "" {
			ids = append(ids, h.place.In)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
