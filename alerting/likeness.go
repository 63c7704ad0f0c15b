package alerting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"haidang/internal/text"
)

// telling is how an article tells a rumour: what shows whether another one tells the same.
type telling struct {
	names  []string // near the claim, without places and without the outlet's own
	places []string
	pairs  map[[2]string]bool // neighbouring words of title, lead and the passages that matched
}

// tellingOf reads an article's telling.
func tellingOf(title, lead, outlet string, snippets []Snippet, places []string) telling {
	passages := []string{title, lead}
	for _, s := range snippets {
		passages = append(passages, s.Text)
	}
	t := telling{places: places, pairs: map[[2]string]bool{}}
	// IDs of places are their folded names: "Hà Nội" is a place and tells no two rumours of it apart.
	no := []string{text.Fold(outlet)}
	for _, p := range places {
		no = append(no, strings.ReplaceAll(p, "-", " "))
	}
	for _, name := range namesIn(passages...) {
		if !slices.Contains(no, name) {
			t.names = append(t.names, name)
		}
	}
	for _, p := range passages {
		tokens := text.Analyze(p).Tokens
		for i := 1; i < len(tokens); i++ {
			t.pairs[[2]string{tokens[i-1].Word.Fold, tokens[i].Word.Fold}] = true
		}
	}
	return t
}

// The share of common word pairs from which two tellings are one rumour, by what else they have in common: measured on
// labelled events (TestIntegrationStoryQuality). One pattern in one place within three days is often two rumours.
const (
	likeTwoNames = 0.05
	likeOneName  = 0.10
	likePlace    = 0.15
	likeNothing  = 0.30 // also for other names in the same place
	unlike       = 2    // never: other places, or other names without a place in common, whatever the words
)

// sameAs reports whether two articles under one pattern tell the same rumour.
func (t telling) sameAs(o telling) bool {
	names, place := sharedNames(t.names, o.names), shareAny(t.places, o.places)
	otherPlace := !place && len(t.places) > 0 && len(o.places) > 0
	otherNames := names == 0 && len(t.names) > 0 && len(o.names) > 0
	need := likeNothing
	switch {
	case names >= 2:
		need = likeTwoNames
	case otherPlace, otherNames && !place:
		need = unlike
	case names == 1:
		need = likeOneName
	case place && !otherNames:
		need = likePlace
	}
	return t.overlap(o) >= need
}

// overlap is the share of the shorter telling's word pairs that the other one has too.
func (t telling) overlap(o telling) float64 {
	short, long := t.pairs, o.pairs
	if len(long) < len(short) {
		short, long = long, short
	}
	if len(short) == 0 {
		return 0
	}
	common := 0
	for p := range short {
		if long[p] {
			common++
		}
	}
	return float64(common) / float64(len(short))
}

// sharedNames counts the names of one list that the other has, or names with more words what that names with two or more:
// "Hải Thịnh" and "Hai Thinh Bank".
func sharedNames(a, b []string) int {
	within := func(short, long string) bool {
		return strings.Contains(short, " ") && strings.Contains(" "+long+" ", " "+short+" ")
	}
	n := 0
	for _, x := range a {
		if slices.ContainsFunc(b, func(y string) bool { return x == y || within(x, y) || within(y, x) }) {
			n++
		}
	}
	return n
}

// sameRumour tells whether an article speaks of the rumour of a story that has the same pattern: it is held against the
// article that opened it, so that a story does not grow from one rumour into the next. An answer may speak to any of the
// first articles.
func (t *take) sameRumour(ctx context.Context, p pair, s *Story) (bool, error) {
	most := 1
	if p.role == RoleAnswers {
		most = 20
	}
	rows, err := t.tx.Query(ctx, `SELECT `+alertColumns+` FROM alerts a WHERE story_id = ? ORDER BY CASE WHEN article_id = ? THEN 0 ELSE 1 END, seen, article_id LIMIT ?`, s.ID, s.FirstArticle, most)
	if err != nil {
		return false, fmt.Errorf("read what a story tells: %w", err)
	}
	theirs, err := collect(rows, "read what a story tells", scanAlert)
	if err != nil {
		return false, err
	}
	mine := tellingOf(p.a.Title, p.a.Lead, p.a.Outlet, snippets(p.a, p.m.Spans), p.a.Verdict.Places)
	return slices.ContainsFunc(theirs, func(a Alert) bool {
		return mine.sameAs(tellingOf(a.Title, a.Lead, a.Outlet, a.Snippets, a.Places))
	}), nil
}
