package classifier

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"haidang/classifier/telling"
	"haidang/internal/article"
)

// toldSpans is how many of the words that told most are marked.
const toldSpans = 6

// worthMarking is the least that a marked pair of words adds to the log-odds.
const worthMarking = 0.1

// longEnough reports whether an article has room to name a source.
func (r *reading) longEnough() bool { return r.total-r.head >= bodySentences }

// measureTelling gives an article the points of how it is told, when it is long enough to have named a source.
func (c *Classifier) measureTelling(r *reading) {
	if !r.longEnough() {
		return
	}
	a := telling.Article{Title: r.fields[0], Body: r.fields[1:]}
	if r.english {
		a.Language = telling.English
	}
	r.told, r.tellers = c.telling.AppendMeasure(r.tellers, a)
}

// addTelling adds the points of how the article is told, where nobody competent speaks, and marks the words that told most.
func (f *finding) addTelling() {
	r := f.zone.r
	if r.told == 0 || !f.zone.nobodyAnswers() {
		return
	}
	f.told = r.told
	f.addPart("telling", r.told)
	words := slices.DeleteFunc(slices.Clone(r.tellers), func(w telling.Word) bool { return w.Weight < worthMarking || !r.showsManner(w) })
	slices.SortStableFunc(words, func(a, b telling.Word) int { return cmp.Compare(b.Weight, a.Weight) })
	for _, w := range words[:min(toldSpans, len(words))] {
		f.match.Spans = append(f.match.Spans, r.spanOf(w))
	}
}

// showsManner reports whether a reader sees something in the words: a pair, neither of them a name or a figure. What a single
// small word adds is counted and not marked.
func (r *reading) showsManner(w telling.Word) bool {
	span := r.spanOf(w)
	return w.Last-w.First == 2 && !strings.ContainsFunc(r.article.Get(span.Field)[span.Start:span.End], func(c rune) bool {
		return unicode.IsUpper(c) || unicode.IsDigit(c)
	})
}

// spanOf returns where a word stands.
func (r *reading) spanOf(w telling.Word) article.Span {
	field := 0
	if w.Zone == telling.Body {
		field = 1 + w.Doc
	}
	d := r.fields[field]
	return article.Span{Field: fieldOrder[field], Start: d.Tokens[w.First].Start, End: d.Tokens[w.Last-1].End, Clause: "telling"}
}

// netPoints are those of a net: somebody asserts something definite in a title.
const netPoints = 25

// netTold is from how many points of telling on a net holds an article.
const netTold = 30

// nets returns what the claims without words of their own find.
func (c *Classifier) nets(r *reading, places []placeHit) []*finding {
	var found []*finding
	for i := range c.compiled {
		if f := c.cast(&c.compiled[i], r, places); f != nil {
			found = append(found, f)
		}
	}
	return found
}

// cast returns what a net finds in an article that is told as rumours are, or nil. It stands in the title.
func (c *Classifier) cast(claim *compiled, r *reading, places []placeHit) *finding {
	if !claim.Net || r.told < netTold || r.article.Title == "" || !r.definite(places) {
		return nil
	}
	focus := []article.Span{{Field: article.Title, Start: 0, End: len(r.article.Title)}}
	f := &finding{claim: claim, zone: c.zoneOf(claim, r, focus, nil), match: describe(claim)}
	if !f.zone.nobodyAnswers() {
		return nil
	}
	f.addPart("assertion", netPoints)
	return f
}

// definite reports whether title or opening name a figure or a Vietnamese place: without, there is nothing to check.
func (r *reading) definite(places []placeHit) bool {
	early := func(sentence int) bool { return sentence < r.head+bodySentences }
	if slices.ContainsFunc(places, func(p placeHit) bool { return early(p.sentence) }) {
		return true
	}
	for i, d := range r.fields {
		for _, t := range d.Tokens {
			if !early(r.base[i] + int(t.Sentence)) {
				break
			}
			if hasDigit(t.Word.Canon) {
				return true
			}
		}
	}
	return false
}

func hasDigit(s string) bool {
	return slices.ContainsFunc([]byte(s), func(b byte) bool { return b >= '0' && b <= '9' })
}

// Unanswered reports whether an article is long enough to name a competent source and names none.
func (c *Classifier) Unanswered(a *article.Article) bool {
	r := c.read(a)
	defer c.release(r)
	return len(r.confirmed) == 0 && r.longEnough()
}
