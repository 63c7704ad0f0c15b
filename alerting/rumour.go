package alerting

import (
	"slices"
	"strings"

	"haidang/internal/text"
)

// telling is how an article tells a rumour: what shows whether another one tells of the same event. It is read from the
// passages where news says what happened: title, lead, the words that matched, and the first words of the text.
type telling struct {
	language string
	names    []string // without places and without the outlet's own
	title    []string // those of two words or more in the title
	head     []string // in title, lead and the words that matched
	places   []string // of the verdict: those in the passages, or all where none is
	figures  []figure // one of each
	pairs    pairSet
	bare     bool // there is only a title
	brief    bool // there is no text beside title and lead
}

// figure is an amount of something: 5 people, 657,000 billion đồng.
type figure struct {
	unit  string
	value float64
}

// told is what a telling is read from. All of it is kept with an alert.
type told struct {
	title, lead, opening, outlet, language string
	snippets                               []Snippet
	places                                 []string
}

// openingWords is how much of a text is read: news begins with what happened, and ends with what happened earlier elsewhere.
// Of 60 to 400 words, 120 told events apart best.
const (
	openingWords = 120
	maxOpening   = 1600 // bytes
)

// opening returns the beginning of a text.
func opening(s string) string {
	s = clip(s, maxOpening)
	tokens := text.Analyze(s).Tokens
	if len(tokens) > openingWords {
		s = strings.TrimSpace(s[:tokens[openingWords].Start])
	}
	return s
}

// telling reads how an article tells its rumour.
func (f told) telling() *telling {
	passages := []string{f.title, f.lead}
	for _, s := range f.snippets {
		passages = append(passages, s.Text)
	}
	title, head := namesIn(f.title), namesIn(passages...)
	passages = append(passages, f.opening)
	t := telling{language: f.language, bare: strings.TrimSpace(f.lead+f.opening) == "", brief: strings.TrimSpace(f.opening) == ""}
	no := []string{text.Fold(f.outlet)}
	for _, p := range f.places { // "Hà Nội" is a place and tells no two rumours of it apart
		no = append(no, strings.ReplaceAll(p, "-", " "))
	}
	for _, name := range namesIn(passages...) {
		if slices.Contains(no, name) {
			continue
		}
		t.names = append(t.names, name)
		if strings.Contains(name, " ") && slices.Contains(head, name) {
			t.head = append(t.head, name)
		}
		if strings.Contains(name, " ") && slices.Contains(title, name) {
			t.title = append(t.title, name)
		}
	}
	var words strings.Builder
	for _, p := range passages {
		doc := text.Analyze(p)
		t.pairs.add(doc)
		t.figures = appendFigures(t.figures, doc)
		words.WriteString(" ")
		for _, token := range doc.Tokens {
			words.WriteString(token.Word.Fold + " ")
		}
		words.WriteString("|")
	}
	t.pairs.finish()
	t.places = placesIn(words.String(), f.places)
	return &t
}

// alsoCalled are names of places that their IDs do not tell.
var alsoCalled = map[string][]string{"ho-chi-minh": {"hcm", "tphcm", "hcmc", "sai gon", "saigon"}}

// placesIn returns the places whose names stand among folded words: their IDs are folded names. An article names more places
// than the one where it happened, mostly further down. Where none is found, all may be meant.
func placesIn(words string, places []string) []string {
	var out []string
	for _, p := range places {
		names := append([]string{strings.ReplaceAll(p, "-", " "), strings.ReplaceAll(p, "-", "")}, alsoCalled[p]...)
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(words, " "+name+" ") }) {
			out = append(out, p)
		}
	}
	if out == nil {
		return places
	}
	return out
}

// peopleWords are words for people who are counted, by one of them: a toll is told in many words.
var peopleWords = map[string]string{
	"nan": "nguoi", "nhan": "nguoi", "people": "nguoi", "persons": "nguoi", "victims": "nguoi", "deaths": "nguoi", "dead": "nguoi", "lives": "nguoi",
}

// spans are units of time: how long something took is told of many events.
var spans = []string{"nam", "thang", "tuan", "ngay", "gio", "phut", "giay", "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "minutes"}

// appendFigures adds the figures of a passage that are not there yet, without spans of time. What is counted is the currency, a
// share, or the word that follows.
func appendFigures(to []figure, doc *text.Doc) []figure {
	for _, n := range text.Numbers(doc) {
		f := figure{n.Currency, n.Value}
		switch {
		case n.Percent:
			f.unit = "%"
		case f.unit == "" && n.Last < len(doc.Tokens):
			f.unit = doc.Tokens[n.Last].Word.Fold
		}
		if one := peopleWords[f.unit]; one != "" {
			f.unit = one
		}
		if !slices.Contains(to, f) && !slices.Contains(spans, f.unit) {
			to = append(to, f)
		}
	}
	return to
}
