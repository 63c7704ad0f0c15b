package web

import (
	"cmp"
	"slices"
	"strings"
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
}

// Kind is what the mark tells.
func (p piece) Kind() markKind { return kindOf(p.Clause) }

// passage is a stretch of an article with its marked words.
type passage struct {
	Field         article.Field
	Pieces        []piece
	Before, After bool // something is left out there
}

// String is the passage as the outlet wrote it.
func (p passage) String() string {
	var out strings.Builder
	for _, piece := range p.Pieces {
		out.WriteString(piece.Text)
	}
	return out.String()
}

// covers reports whether the words of another passage, and its marks, are in this one too.
func (p passage) covers(other passage) bool {
	if !strings.Contains(p.String(), other.String()) {
		return false
	}
	for _, piece := range other.Pieces {
		if piece.Marked && !slices.Contains(p.Pieces, piece) {
			return false
		}
	}
	return true
}

// passageOf splits a snippet at its marks. Marks of one clause that are parted by a space only are shown as one.
func passageOf(s alerting.Snippet) passage {
	out := passage{Field: s.Field, Before: s.Cut.Before, After: s.Cut.After}
	at := 0
	for _, m := range s.Marks {
		if m.Start < at || m.End > len(s.Text) || m.Start >= m.End {
			continue
		}
		out.mark(s.Text[at:m.Start], s.Text[m.Start:m.End], m.Clause)
		at = m.End
	}
	out.plain(s.Text[at:])
	out.tidy()
	return out
}

// tidy drops what the cut left of the paragraphs before and after the marked ones, and empty lines.
func (p *passage) tidy() {
	if len(p.Pieces) == 0 {
		return
	}
	if first := &p.Pieces[0]; p.Before && !first.Marked {
		first.Text = first.Text[strings.LastIndexByte(first.Text, '\n')+1:]
	}
	if last := &p.Pieces[len(p.Pieces)-1]; p.After && !last.Marked {
		last.Text, _, _ = strings.Cut(last.Text, "\n")
	}
	for i := range p.Pieces {
		for strings.Contains(p.Pieces[i].Text, "\n\n") {
			p.Pieces[i].Text = strings.ReplaceAll(p.Pieces[i].Text, "\n\n", "\n")
		}
	}
}

func (p *passage) plain(text string) {
	if text != "" {
		p.Pieces = append(p.Pieces, piece{Text: text})
	}
}

// mark adds a marked word after the text that stands before it.
func (p *passage) mark(before, word, clause string) {
	if n := len(p.Pieces); n > 0 && p.Pieces[n-1].Marked && p.Pieces[n-1].Clause == clause && strings.Trim(before, " ") == "" {
		p.Pieces[n-1].Text += before + word
		return
	}
	p.plain(before)
	p.Pieces = append(p.Pieces, piece{Text: word, Clause: clause, Marked: true})
}

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
		out.mark(text[at:m.Start], text[m.Start:m.End], "")
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
