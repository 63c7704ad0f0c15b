package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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

// tellings remembers how articles told their rumours: each new article is held against all that opened a story.
type tellings struct {
	mu    sync.Mutex
	known map[string]telling // by article and revision
}

// maxTellings bounds the memory; beyond it they are read again.
const maxTellings = 5000

func (m *tellings) of(key string, read func() (telling, error)) (telling, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.known[key]; ok {
		return t, nil
	}
	t, err := read()
	if err != nil {
		return t, err
	}
	if m.known == nil || len(m.known) >= maxTellings {
		m.known = map[string]telling{}
	}
	m.known[key] = t
	return t, nil
}

// mostOpeners bounds what one article is held against.
const mostOpeners = 2000

// tellingThe finds the stories of a pattern, within the window, whose rumour an article tells. It is held against the article
// that opened each, so that a story does not grow from one rumour into the next; an answer, against any of a story. What was
// merged away is found too: it sends its articles on.
func (t *take) tellingThe(ctx context.Context, p pair, from, to time.Time) (map[string]bool, error) {
	opened := `a.article_id = s.first_article AND (a.story_id = s.id OR a.moved_from = s.id)`
	if p.role == RoleAnswers {
		opened = `a.story_id = s.id`
	}
	rows, err := t.tx.Query(ctx, `SELECT s.id, a.article_id, a.revision, a.title, a.lead, a.outlet, a.snippets, a.places FROM stories s JOIN alerts a ON a.claim_id = s.claim_id AND `+opened+`
		WHERE s.claim_id = ? AND s.last_seen >= ? AND s.first_seen <= ? ORDER BY s.last_seen DESC, s.id, a.seen LIMIT ?`, p.id, toMillis(from), toMillis(to), mostOpeners)
	if err != nil {
		return nil, fmt.Errorf("read what stories tell: %w", err)
	}
	mine := tellingOf(p.a.Title, p.a.Lead, p.a.Outlet, snippets(p.a, p.m.Spans), p.a.Verdict.Places)
	same := map[string]bool{}
	_, err = collect(rows, "read what stories tell", func(row scanner) (struct{}, error) {
		var story, id, revision, title, lead, outlet, snips, places string
		if err := row.Scan(&story, &id, &revision, &title, &lead, &outlet, &snips, &places); err != nil {
			return struct{}{}, err
		}
		theirs, err := t.tellings.of(id+" "+revision, func() (telling, error) {
			var of Alert
			err := errors.Join(json.Unmarshal([]byte(snips), &of.Snippets), json.Unmarshal([]byte(places), &of.Places))
			return tellingOf(title, lead, outlet, of.Snippets, of.Places), err
		})
		if err == nil && mine.sameAs(theirs) {
			same[story] = true
		}
		return struct{}{}, err
	})
	return same, err
}
