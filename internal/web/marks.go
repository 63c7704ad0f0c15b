package web

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"haidang/alerting"
	"haidang/index"
	"haidang/internal/article"
)

// piece is a run of text, marked or not. Templates escape it like any other text.
type piece struct {
	Text   string
	Clause string // why it is marked; "" for a search hit
	Marked bool
	Cue    bool // a word that shows the article's stance, not the claim
}

// passage is a stretch of an article with its marked words.
type passage struct {
	Field         article.Field
	Pieces        []piece
	Before, After bool // something is left out there
}

// passageOf splits a snippet at its marks.
func passageOf(s alerting.Snippet) passage {
	out := passage{Field: s.Field, Before: s.Cut.Before, After: s.Cut.After}
	at := 0
	for _, m := range s.Marks {
		if m.Start < at || m.End > len(s.Text) || m.Start >= m.End {
			continue
		}
		out.plain(s.Text[at:m.Start])
		out.Pieces = append(out.Pieces, piece{Text: s.Text[m.Start:m.End], Clause: m.Clause, Marked: true, Cue: isCue(m.Clause)})
		at = m.End
	}
	out.plain(s.Text[at:])
	return out
}

func (p *passage) plain(text string) {
	if text != "" {
		p.Pieces = append(p.Pieces, piece{Text: text})
	}
}

func isCue(clause string) bool { return len(clause) > 7 && clause[:7] == "stance:" }

// fieldPassage marks the highlights of one field between two offsets.
func fieldPassage(h *index.Hit, field article.Field, start, end int) passage {
	text := h.Get(field)
	start, end = clampRune(text, start), clampRune(text, end)
	out := passage{Field: field, Before: start > 0, After: end < len(text)}
	at := start
	marks := slices.Clone(h.Highlights)
	slices.SortFunc(marks, func(a, b index.Highlight) int { return cmp.Compare(a.Start, b.Start) })
	for _, m := range marks {
		if m.Field != field || m.Start < at || m.End > end || m.Start >= m.End {
			continue
		}
		out.plain(text[at:m.Start])
		out.Pieces = append(out.Pieces, piece{Text: text[m.Start:m.End], Marked: true})
		at = m.End
	}
	if at < end {
		out.plain(text[at:end])
	}
	return out
}

// clampRune moves an offset into the text and back to the start of a letter.
func clampRune(s string, i int) int {
	i = max(0, min(i, len(s)))
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
