package alerting

import (
	"slices"
	"strings"
)

// What speaks for two articles of one pattern telling of one event, in points. The words that they share give their cosine, times
// 100; names, figures and places are added, as in single-pass clustering of news (Aggarwal and Yu 2006; Miranda et al. 2018,
// "Multilingual Clustering of Streaming News", whose entities are our names). The points were chosen on labelled events:
// docs/quality.md says what each is worth.
const (
	enough       = 25 // points for one event
	enoughAnswer = 14 // for the answer to a rumour, which says little of it, and that in other words

	pointsName   = 3 // a name in common, of mostNames
	mostNames    = 3
	pointsFigure = 8 // an equal figure of the same thing, of mostFigures; taken off where they count the same and differ
	mostFigures  = 2
	pointsBrief  = 4  // taken off where an article has no text: in few words every shared one weighs much
	pointsHead   = 5  // a name that both put at the head
	pointsPlaced = 20 // and the same place
	pointsAcross = 20 // and the articles are in two languages, which share no words but names
)

// likeness returns the points for two articles telling of one event; 0 where something speaks against it that no words outweigh.
func (t *telling) likeness(o *telling) float64 {
	names, place := sharedNames(t.names, o.names), shareAny(t.places, o.places)
	otherPlace := !place && len(t.places) > 0 && len(o.places) > 0
	otherNames := names == 0 && len(t.names) > 0 && len(o.names) > 0
	if otherPlace && names < 2 || otherNames && !place || t.elsewhere(o) {
		return 0
	}
	points := 100 * t.pairs.cosine(&o.pairs)
	if t.bare || o.bare {
		points = min(points, enough-1) // a title alone decides nothing
	}
	if t.brief || o.brief {
		points -= pointsBrief
	}
	same, differ := sharedFigures(t.figures, o.figures)
	points += float64(pointsName*min(names, mostNames) + pointsFigure*min(same, mostFigures))
	if differ && names == 0 && (otherNames || !place) { // a toll grows; where nothing else is in common it is another toll
		points -= pointsFigure
	}
	switch {
	case sharedNames(t.head, o.head) == 0:
		return points
	case place:
		return points + pointsPlaced
	case t.language != o.language:
		return points + pointsAcross + pointsHead
	}
	return points + pointsHead
}

// elsewhere reports whether each title names somebody or something of which the other article knows nothing: the same words about
// another bank. Of 790 such pairs among the labelled events none was of one event.
func (t *telling) elsewhere(o *telling) bool {
	return len(t.title) > 0 && len(o.title) > 0 && sharedNames(t.title, o.names) == 0 && sharedNames(o.title, t.names) == 0
}

// sharedNames counts the names of one list that the other has, or names with more words what that names with two or more:
// "Hải Thịnh" and "Hai Thinh Bank".
func sharedNames(a, b []string) int {
	n := 0
	for _, x := range a {
		if slices.ContainsFunc(b, func(y string) bool { return x == y || nameWithin(x, y) || nameWithin(y, x) }) {
			n++
		}
	}
	return n
}

// nameWithin reports whether a name of two words or more is part of a longer one.
func nameWithin(short, long string) bool {
	at := strings.Index(long, short)
	if at < 0 || len(short) >= len(long) || !strings.Contains(short, " ") {
		return false
	}
	end := at + len(short)
	return (at == 0 || long[at-1] == ' ') && (end == len(long) || long[end] == ' ')
}

// sharedFigures counts the figures that both give, and reports whether they count the same thing and differ in all of it.
func sharedFigures(a, b []figure) (same int, differ bool) {
	for _, f := range a {
		for _, g := range b {
			if f.unit != g.unit {
				continue
			}
			if differ = true; f.value == g.value {
				same++
			}
		}
	}
	return same, differ && same == 0
}
