package web

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"

	"haidang/crawler"
	"haidang/index"
	"haidang/internal/article"
)

// changesBody is how an article's wording changed, newest change first.
type changesBody struct {
	Article  article.Article
	Changes  []wordingChange
	Evidence []crawler.Evidence
}

// wordingChange is the difference between a wording and the one before it.
type wordingChange struct {
	Number int // of the newer wording; the first is 1
	Parts  []changedPart
}

// changedPart is a field of an article with its words that came and went.
type changedPart struct {
	Field article.Field
	Words []changedWords
}

// changedWords are words that stayed, came or went.
type changedWords struct {
	Text    string
	Added   bool
	Removed bool
}

// diffTime bounds one comparison: texts that differ in everything are told as a whole.
const diffTime = 300 * time.Millisecond

// maxChanges bounds the wordings that one page compares.
const maxChanges = 20

func (s *Server) changes(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	doc, err := s.deps.Archive.Get(r.Context(), id)
	if errors.Is(err, index.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	older, err := s.deps.Archive.History(r.Context(), id)
	if err != nil {
		return err
	}
	wordings := append(older, doc)
	body := changesBody{Article: doc}
	for i := len(wordings) - 1; i > 0 && len(body.Changes) < maxChanges; i-- {
		body.Changes = append(body.Changes, wordingChange{i + 1, compare(&wordings[i-1], &wordings[i])})
	}
	if s.deps.Evidence != nil {
		if body.Evidence, err = s.deps.Evidence.Evidence(r.Context(), id); err != nil {
			return err
		}
	}
	return s.show(w, r, http.StatusOK, "changes", page{Title: s.language(r).T("changes.title"), Section: "desk", Body: body})
}

// evidence hands out a kept page, to be saved and never shown: it is an outlet's markup.
func (s *Server) evidence(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Evidence == nil {
		return errNotFound
	}
	id, sum := r.PathValue("id"), r.PathValue("sha256")
	page, err := s.deps.Evidence.EvidencePage(r.Context(), id, sum)
	if errors.Is(err, crawler.ErrNoEvidence) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="evidence-`+sum[:min(len(sum), 12)]+`.html.txt"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(page) // the visitor may have gone
	return nil
}

// compare lists the fields that differ.
func compare(before, after *article.Article) []changedPart {
	var out []changedPart
	for _, f := range []struct {
		field    article.Field
		old, now string
	}{{article.Title, before.Title, after.Title}, {article.Lead, before.Lead, after.Lead}, {article.Text, before.Text, after.Text}} {
		if f.old != f.now {
			out = append(out, changedPart{f.field, wordDiff(f.old, f.now)})
		}
	}
	return out
}

// wordDiff compares two texts word by word: letters that stand alone in red and green help nobody.
func wordDiff(before, after string) []changedWords {
	d := diffmatchpatch.New()
	d.DiffTimeout = diffTime
	codes := map[string]rune{}
	words := []string{""} // by code
	a, b := encodeWords(before, codes, &words), encodeWords(after, codes, &words)
	var out []changedWords
	for _, diff := range d.DiffMainRunes(a, b, false) {
		var text strings.Builder
		for _, r := range diff.Text {
			text.WriteString(words[decode(r)])
		}
		out = append(out, changedWords{shorten(text.String(), diff.Type == diffmatchpatch.DiffEqual), diff.Type == diffmatchpatch.DiffInsert, diff.Type == diffmatchpatch.DiffDelete})
	}
	return out
}

// encodeWords gives each different word, and each stretch of space, a rune of its own.
func encodeWords(s string, codes map[string]rune, words *[]string) []rune {
	var out []rune
	for _, w := range splitWords(s) {
		code, ok := codes[w]
		if !ok {
			*words = append(*words, w)
			code = encode(len(*words) - 1)
			codes[w] = code
		}
		out = append(out, code)
	}
	return out
}

// The surrogates are no runes: numbers from there on are moved past them.
const (
	surrogates = 0xD800
	afterThem  = 0xE000 - surrogates
)

func encode(n int) rune {
	if n >= surrogates {
		n += afterThem
	}
	return rune(n)
}

func decode(r rune) int {
	if r >= surrogates+afterThem {
		return int(r) - afterThem
	}
	return int(r)
}

// splitWords cuts a text between words and spaces and loses nothing.
func splitWords(s string) []string {
	var out []string
	start, space := 0, false
	for i, r := range s {
		if now := unicode.IsSpace(r); i > start && now != space {
			out = append(out, s[start:i])
			start, space = i, now
		} else if i == start {
			space = now
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// kept is how many letters of an unchanged stretch are shown on either side.
const kept = 160

// shorten leaves out the middle of a long stretch that did not change.
func shorten(s string, equal bool) string {
	runes := []rune(s)
	if !equal || len(runes) <= 2*kept+20 {
		return s
	}
	return string(runes[:kept]) + " […] " + string(runes[len(runes)-kept:])
}
