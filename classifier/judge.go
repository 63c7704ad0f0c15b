package classifier

import (
	"cmp"
	"slices"

	"haidang/internal/article"
)

const (
	signalCap     = 40  // what all signals together may add
	excitedCap    = 5   // what they may add when none of them is the mark of a rumour
	headline      = 15  // for a claim in the title, when it is flat or nobody competent speaks in the article
	buried        = -15 // for a claim that stands deep in the body only
	openingPoints = 10  // for a claim in lead or first sentence where nobody competent speaks
	bodySentences = 2   // of text that are long enough to name a source
	notAsserted   = -5  // for doubt
	manyOfficial  = 3   // sentences of a competent source anywhere that confirm as one near the claim does
	strongEnough  = 45  // signal points from which an official's name no longer silences
)

// finding is one claim whose required clauses an article satisfies.
type finding struct {
	claim  *compiled
	match  article.ClaimMatch
	zone   zone
	strong int // points of the signals that mark a rumour
	told   int // points of how it is told
	nobody int // points for a title that asserts it where nobody competent speaks
}

// worthTelling reports whether a finding belongs in the verdict. What a broad claim finds without any mark of a rumour
// is ordinary news.
func (f *finding) worthTelling() bool { return !f.claim.Broad || f.strong > 0 }

// oneMark is the points of one mark by which a rumour is told: below, a forecast, a lesson or an opinion is what it says.
const oneMark = 20

// wholly is the telling of one in a thousand articles: a rumour's warning, or what it says will come, is no lesson or forecast.
const wholly = 40

// broadSignals is how many points of marked rumour a broad claim needs to ring: two kinds of mark.
const broadSignals = 40

// bodyMarks is how many points of marked rumour a pattern needs that no title tells: two kinds of mark.
const bodyMarks = 30

// dailyMarks is how many points of marked rumour, or of silence of everybody competent, a daily claim needs.
const dailyMarks = 15

// judge gives the stance, the score and the decision for a claim found in an article.
func (c *Classifier) judge(f *finding, about bool, places []placeHit) {
	stance, cues := stanceOf(&f.zone)
	f.match.Stance = stance
	for _, cue := range cues {
		f.addSpan(cue, "stance:"+string(stance))
	}
	c.addSignals(f)
	f.addTelling()
	if stance == article.Unclear {
		f.addPart("stance:"+string(stance), notAsserted)
	}
	f.addPlace()
	f.addUp()
	reason := c.silence(f, about, places)
	f.match.Silent, f.match.Rings = string(reason), reason == ""
	f.tidy(c.cfg.MaxSpans)
}

// silence returns why a claim does not ring, or "".
func (c *Classifier) silence(f *finding, about bool, places []placeHit) Reason {
	claim, z := f.claim, &f.zone
	switch {
	case !claim.CanRing():
		return ReasonNotCheckable
	case claim.context() != Anywhere && !about:
		return ReasonForeign
	case claim.context() == NamedPlace && !placed(z, places):
		return ReasonNoPlace
	case f.match.Stance.Answers():
		return ReasonAnswered
	case f.match.Stance == article.Disputed:
		return ReasonDisputed
	}
	if r := notCheckable(z); r != "" {
		return r
	}
	if (claim.Broad || claim.Daily) && len(z.officials) > 0 || claim.official() == Silences && z.isOfficial() && f.strong < strongEnough {
		return ReasonOfficial
	}
	if claim.Kind == Pattern && f.strong < oneMark && f.told < wholly {
		if z.first(z.holds, cuePrediction) != nil {
			return ReasonPrediction
		}
		if z.first(z.covers, cueAdvice) != nil {
			return ReasonAdvice
		}
		if z.first(anywhere, cueOpinion) != nil { // one word of opinion is enough where nothing says rumour
			return ReasonOpinion
		}
	}
	if f.match.Score < c.threshold(claim, z.r.english) || f.tooPlain() {
		return ReasonScore
	}
	return ""
}

// tooPlain reports whether a claim lacks the marks of a rumour that its kind needs beside its points.
func (f *finding) tooPlain() bool {
	claim, z := f.claim, &f.zone
	switch {
	case claim.Broad && f.strong < broadSignals:
		return true
	case claim.Common && f.strong == 0 && f.told < oneMark:
		return true
	case claim.Daily && f.strong+f.told+f.nobody < dailyMarks:
		return true
	}
	return claim.Kind == Pattern && !z.swindle && z.sentences[0] > z.r.head && f.strong+f.told < bodyMarks
}

func placed(z *zone, places []placeHit) bool {
	return slices.ContainsFunc(places, func(p placeHit) bool { return z.covers(p.sentence) })
}

// isOfficial reports whether a competent source speaks near the claim, or more than once in the article.
func (z *zone) isOfficial() bool {
	return len(z.officials) >= manyOfficial || slices.ContainsFunc(z.officials, z.covers)
}

// addSignals adds the points of each kind of signal near the claim, the marks of a rumour first.
// Excitement without any mark of a rumour counts for little: real news is exciting too.
func (c *Classifier) addSignals(f *finding) {
	total, limit := 0, excitedCap
	for i, kind := range signalKinds {
		found := f.zone.first(f.zone.covers, kind)
		if found == nil {
			continue
		}
		if f.claim.Net && i >= strongSignals {
			break // excitement is how everything is told
		}
		if i < strongSignals || (kind == layWitness || kind == posted) && f.zone.nobodyAnswers() && f.zone.inTitle(f.zone.sentences[0]) {
			f.strong += c.cues.points[kind]
			limit = signalCap
		}
		if points := min(c.cues.points[kind], limit-total); points > 0 {
			total += points
			f.addPart("signal:"+string(kind), points)
		}
		f.addSpan(found, "signal:"+string(kind))
	}
}

// addPlace adds the points for where the claim stands: in the title or the opening of an article of the kind in which real
// news is rare, or names who says it.
func (f *finding) addPlace() {
	r := f.zone.r
	switch first := f.zone.sentences[0]; {
	case first < r.base[1] && f.claim.Flat && (!f.zone.acted() || f.zone.nobodyAnswers()):
		f.addPart("headline", headline)
	case f.claim.Common || f.claim.Broad || f.claim.Net || !f.zone.nobodyAnswers():
	case first < r.base[1]:
		f.nobody = headline
		f.addPart("nobody", headline)
	case first <= r.head:
		f.addPart("opening", openingPoints)
	}
	if !f.zone.prominent {
		f.addPart("buried", buried)
	}
}

// nobodyAnswers reports whether an article that is long enough to name a competent source names none.
func (z *zone) nobodyAnswers() bool {
	return len(z.officials) == 0 && z.r.longEnough()
}

// acted reports whether an office acts in the claim's own sentence: in an article of two lines that may be real news.
func (z *zone) acted() bool { return slices.ContainsFunc(z.r.confirmed, z.holds) }

func (f *finding) addPart(name string, points int) {
	f.match.Parts = append(f.match.Parts, article.Part{Clause: name, Points: points})
}

func (f *finding) addSpan(c *cue, clause string) {
	f.match.Spans = append(f.match.Spans, article.Span{
		Field: fieldOrder[c.field], Start: c.start, End: c.end, Clause: clause,
	})
}

// addUp makes the score the exact sum of the parts, between 0 and 100.
func (f *finding) addUp() {
	sum := 0
	for _, p := range f.match.Parts {
		sum += p.Points
	}
	if limited := min(max(sum, 0), 100); limited != sum {
		f.addPart("limit", limited-sum)
		sum = limited
	}
	f.match.Score = sum
}

// tidy orders the spans as a reader meets them and keeps the first few.
func (f *finding) tidy(most int) {
	slices.SortFunc(f.match.Spans, func(a, b article.Span) int {
		return cmp.Or(cmp.Compare(fieldIndex(a.Field), fieldIndex(b.Field)), cmp.Compare(a.Start, b.Start),
			cmp.Compare(a.End, b.End), cmp.Compare(a.Clause, b.Clause))
	})
	f.match.Spans = slices.Compact(f.match.Spans)
	f.match.Spans = f.match.Spans[:min(most, len(f.match.Spans))]
}
