package classifier

import (
	"slices"

	"haidang/internal/article"
)

// opening is how many sentences of the body count as its opening, where news says what it is about.
const opening = 5

// negationGap is how many words may stand between a "not" of two words and the claim's words that it denies.
const negationGap = 2

// ifWords before a "not" make it a threat: "nếu không rút tiền".
var ifWords = map[string]bool{"nếu": true, "if": true}

// zone is where a claim stands in an article, and what counts as near it.
type zone struct {
	r         *reading
	spans     []article.Span // of the claim's clauses: cues inside them are part of the claim
	focus     []article.Span // of its first required clause, which says where it stands
	sentences []int          // those that hold the claim, ascending
	near      int            // how many sentences around them count
	prominent bool           // it stands in the title, the lead or the opening
	officials []int          // sentences in which a competent source confirms it: speaks, or acts unless its acts are the claim
	swindle   bool           // the claim is a message by which swindlers work
}

func newZone(r *reading, focus, all []article.Span, near int) zone {
	z := zone{r: r, spans: all, focus: focus, near: near}
	for _, s := range focus {
		z.sentences = append(z.sentences, r.sentenceAt(fieldIndex(s.Field), s.Start))
	}
	slices.Sort(z.sentences)
	z.sentences = slices.Compact(z.sentences)
	z.prominent = len(z.sentences) > 0 && z.sentences[0] < r.head+opening
	return z
}

// holds reports whether the sentence is one of the claim's own.
func (z *zone) holds(sentence int) bool {
	_, ok := slices.BinarySearch(z.sentences, sentence)
	return ok
}

// covers reports whether a sentence is near the claim: in title or lead when the claim is what the article is about, or
// a few sentences away in the same field.
func (z *zone) covers(sentence int) bool {
	if sentence < z.r.head && z.prominent {
		return true
	}
	for _, s := range z.sentences {
		if d := s - sentence; d >= -z.near && d <= z.near && z.r.fieldOf(s) == z.r.fieldOf(sentence) {
			return true
		}
	}
	return z.prominent && sentence < z.r.head+opening
}

// overlaps reports whether a cue is made of the claim's own words.
func (z *zone) overlaps(c *cue) bool {
	for _, s := range z.spans {
		if fieldIndex(s.Field) == c.field && s.Start < c.end && c.start < s.End {
			return true
		}
	}
	return false
}

// first returns the first cue of the kinds that satisfies where and is not part of the claim, or nil.
func (z *zone) first(where func(sentence int) bool, kinds ...cueKind) *cue {
	for i := range z.r.cues {
		c := &z.r.cues[i]
		if slices.Contains(kinds, c.kind) && where(c.sentence) && !z.overlaps(c) {
			return c
		}
	}
	return nil
}

// negation returns the first plain "not" that satisfies where and denies the claim's own words, or stands in what a
// competent source says.
func (z *zone) negation(where func(sentence int) bool) *cue {
	for i := range z.r.cues {
		c := &z.r.cues[i]
		if !where(c.sentence) {
			continue
		}
		switch {
		case c.kind == cueNegates && (z.negates(c, negationGap) || slices.Contains(z.r.official, c.sentence) && !z.overlaps(c)):
			return c
		case c.kind == cueNegator && z.negates(c, 0):
			return c
		}
	}
	return nil
}

// negates reports whether the claim's words begin within or right behind a "not", at most gap words on.
func (z *zone) negates(c *cue, gap int) bool {
	d := z.r.fields[c.field]
	for _, s := range z.focus {
		if fieldIndex(s.Field) != c.field || s.Start <= c.start || z.r.sentenceAt(c.field, s.Start) != c.sentence {
			continue
		}
		if at := min(c.last+gap, len(d.Tokens)-1); s.Start < c.end || s.Start <= d.Tokens[at].Start {
			return c.first == 0 || !ifWords[d.Tokens[c.first-1].Word.Canon]
		}
	}
	return false
}

// count returns how many cues of the kinds satisfy where.
func (z *zone) count(where func(sentence int) bool, kinds ...cueKind) int {
	n := 0
	for i := range z.r.cues {
		c := &z.r.cues[i]
		if slices.Contains(kinds, c.kind) && where(c.sentence) && !z.overlaps(c) {
			n++
		}
	}
	return n
}

func (z *zone) inTitle(sentence int) bool { return sentence < z.r.base[1] }
func (z *zone) inHead(sentence int) bool  { return sentence < z.r.head }
func anywhere(int) bool                   { return true }
