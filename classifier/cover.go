package classifier

import (
	"cmp"
	"slices"
	"strings"
)

// cover leaves one ring for one event. Of the claims of one article that would ring the first in rank does; another
// rings as well only when it tells of something else. The rest are kept, silent.
func cover(findings []*finding) {
	var ringing []*finding
	for _, f := range findings {
		if f.match.Rings {
			ringing = append(ringing, f)
		}
	}
	slices.SortFunc(ringing, (*finding).compare)
	var told []*finding
	for _, f := range ringing {
		if len(told) > 0 && !f.standsApart(told) {
			f.match.Rings, f.match.Silent = false, string(ReasonCovered)
			continue
		}
		told = append(told, f)
	}
}

// compare ranks what rings, first the one that a reader should be told: the best known, then the most urgent, then the
// surest. A net for what no other claim catches comes last.
func (f *finding) compare(other *finding) int {
	rank := func(f *finding) int {
		switch {
		case f.claim.Kind == Specific:
			return 0
		case f.claim.Broad:
			return 2
		case f.claim.Net:
			return 3
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(rank(f), rank(other)),
		cmp.Compare(f.match.Severity.Rank(), other.match.Severity.Rank()),
		cmp.Compare(other.match.Score, f.match.Score),
		compareBool(f.match.Field == "other", other.match.Field == "other"),
		strings.Compare(f.match.ID, other.match.ID),
	)
}

// standsApart reports whether a finding is a story of its own beside those told: it is no net, shares no sentence and no
// word with them, and has the mark of a rumour in its own words rather than in theirs.
func (f *finding) standsApart(told []*finding) bool {
	if f.claim.Broad || f.claim.Net || f.zone.first(f.zone.holds, strongKinds...) == nil {
		return false
	}
	return !slices.ContainsFunc(told, func(other *finding) bool { return f.zone.shares(&other.zone) })
}

// shares reports whether two claims stand in a common sentence; so do claims of common words.
func (z *zone) shares(other *zone) bool { return slices.ContainsFunc(z.sentences, other.holds) }
