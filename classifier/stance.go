package classifier

import (
	"slices"
	"strings"

	"haidang/internal/article"
)

// manyFar is how many words of denial far from a claim make the article an answer to it.
const manyFar = 2

// shortText is the number of sentences up to which the whole article counts as near.
const shortText = 14

// stanceOf reads how the article stands towards the claim, title first, then the words around the claim, then the rest.
// It returns the cues that decided, for the screen.
func stanceOf(z *zone) (article.Stance, []*cue) {
	if z.affirmed() {
		return article.Carries, nil
	}
	for _, where := range []func(int) bool{z.inTitle, z.inHead, z.covers} {
		if s, cues := z.answer(where); s != "" {
			return s, cues
		}
	}
	if s, cues := z.farAnswer(); s != "" {
		return s, cues
	}
	return z.openStance()
}

// affirmed reports whether the title or the claim's own sentence insists that it is no false news, and nothing in the
// title says otherwise.
func (z *zone) affirmed() bool {
	own := func(s int) bool { return z.inTitle(s) || z.holds(s) }
	return z.first(own, cueAffirms) != nil && z.first(z.inTitle, cueDenies, cueFalse, cueDebunks) == nil &&
		z.first(z.holds, cueFalse, cueDenies) == nil
}

// answer looks for a denial, a debunk or a penalty in one part of the article.
func (z *zone) answer(where func(int) bool) (article.Stance, []*cue) {
	denies, label := z.first(where, cueDenies), z.label(where)
	debunks, penalty := z.first(where, cueDebunks), z.first(where, cuePenalty)
	if penalty != nil && (label != nil || z.forSpreading(penalty) || z.first(where, cueSpreading) != nil && z.first(anywhere, cueFalse, cueDenies) != nil) {
		return article.ReportsPenalty, cuesOf(penalty, label)
	}
	switch {
	case denies != nil && z.disputed():
		return article.Disputed, cuesOf(denies, z.first(anywhere, cueAllegation))
	case denies != nil:
		return article.Denies, cuesOf(denies, label)
	case label != nil && z.first(z.inTitle, cueQuestions, cueDebunks) != nil:
		return article.ReportsDebunk, cuesOf(label)
	case label != nil && z.first(z.covers, cueAgency) != nil:
		return article.Denies, cuesOf(label)
	case label != nil:
		return article.ReportsDebunk, cuesOf(label, debunks)
	case debunks != nil:
		return article.ReportsDebunk, cuesOf(debunks)
	}
	if c := z.negation(where); c != nil {
		return article.Denies, cuesOf(c)
	}
	return "", nil
}

// spreadGap is how many words may stand between a penalty and the spreading that it is for.
const spreadGap = 5

// forSpreading reports whether a penalty is for the act of spreading: "fined over posts", "phạt người đăng tin".
func (z *zone) forSpreading(penalty *cue) bool {
	return slices.ContainsFunc(z.r.cues, func(c cue) bool {
		return c.kind == cueSpreading && c.field == penalty.field && c.sentence == penalty.sentence && c.first >= penalty.last && c.first-penalty.last <= spreadGap
	})
}

// label returns the first word by which the outlet calls it false. A word of fraud is one where the claim is itself the
// message of swindlers, or where somebody competent speaks or warns; elsewhere it is what the rumour accuses somebody of.
func (z *zone) label(where func(int) bool) *cue {
	if c := z.first(where, cueFalse); c != nil {
		return c
	}
	if z.swindle || len(z.officials) > 0 || z.first(anywhere, cueFalse, cueAdvice, cueDebunks) != nil {
		return z.first(where, cueFraud)
	}
	return nil
}

// disputed: somebody alleges misconduct, somebody denies it, and nobody else has found it false.
func (z *zone) disputed() bool {
	return z.first(z.covers, cueAllegation) != nil &&
		z.first(anywhere, cueFalse, cueDebunks, cuePenalty) == nil
}

// farAnswer takes denials far from the claim for an answer in a short text, or when there are several.
func (z *zone) farAnswer() (article.Stance, []*cue) {
	n := z.count(anywhere, cueDenies, cueFalse, cueDebunks)
	if z.label(anywhere) != nil {
		n = max(n, z.count(anywhere, cueFraud))
	}
	if n >= manyFar || n > 0 && z.r.total <= shortText {
		return z.answer(anywhere)
	}
	return "", nil
}

// openStance tells apart, in an article that gives no answer, question, doubt and assertion.
func (z *zone) openStance() (article.Stance, []*cue) {
	if c := z.first(z.inTitle, cueQuestions); c != nil {
		if len(z.officials) > 0 { // "thực hư ..." with an answer by the competent body is the form of a fact-check
			return article.ReportsDebunk, cuesOf(c)
		}
		return article.Questions, cuesOf(c)
	}
	if strings.HasSuffix(strings.TrimRight(z.r.article.Title, " \"'”’»"), "?") {
		return article.Questions, nil
	}
	if c := z.first(z.inHead, cueUnclear); c != nil {
		return article.Unclear, cuesOf(c)
	}
	if c := z.first(z.covers, cueUnclear, cueQuestions); c != nil {
		return article.Unclear, cuesOf(c)
	}
	return article.Carries, nil
}

func cuesOf(cues ...*cue) []*cue {
	return slices.DeleteFunc(cues, func(c *cue) bool { return c == nil })
}
