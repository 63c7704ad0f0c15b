package classifier

import (
	"slices"

	"haidang/internal/article"
)

// opening is how many sentences of the body count as its opening, where news says what it is about.
const opening = 5

// zone is where a claim stands in an article, and what counts as near it.
type zone struct {
	r         *reading
	spans     []article.Span // of the claim's clauses: cues inside them are part of the claim
	sentences []int          // those that hold the claim, ascending
	near      int            // how many sentences around them count
	prominent bool           // it stands in the title, the lead or the opening
}

func newZone(r *reading, focus, all []article.Span, near int) zone {
	z := zone{r: r, spans: all, near: near}
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
