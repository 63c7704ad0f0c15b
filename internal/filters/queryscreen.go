package filters

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/width"

	"haidang/internal/article"
	"haidang/internal/query"
)

// screen prints what the query commands say.
type screen struct {
	out io.Writer
	QueryOptions
}

// Colours of a terminal.
const (
	bold  = "1"
	red   = "1;31"
	green = "1;32"
	faint = "2"
)

func (s screen) paint(color, text string) string {
	if !s.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (s screen) say(vi, en string) string { return query.Message{VI: vi, EN: en}.In(s.Lang) }

func (s screen) line(format string, args ...any) error {
	_, err := fmt.Fprintf(s.out, format+"\n", args...)
	return err
}

// object prints one JSON object on a line. What a terminal must not see is escaped: the values are the same.
func (s screen) object(v any) error {
	var b bytes.Buffer
	if err := encoder(&b).Encode(v); err != nil {
		return err
	}
	out := make([]byte, 0, b.Len())
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		if unicode.IsPrint(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	_, err := s.out.Write(append(out, '\n'))
	return err
}

const window = 70 // characters shown on either side of a mistake

// caret prints the query with the wrong piece underlined; of a long query, the neighbourhood of the piece.
func (s screen) caret(src string, e *query.Error) {
	runes := []rune(src)
	start := min(max(e.Column-1, 0), len(runes))
	end := min(start+utf8.RuneCountInString(e.Piece), len(runes))
	from, to := max(0, start-window), min(len(runes), end+window)
	before, piece, after := Plain(string(runes[from:start])), Plain(string(runes[start:end])), Plain(string(runes[end:to]))
	if from > 0 {
		before = "… " + before
	}
	if to < len(runes) {
		after += " …"
	}
	_ = s.line("%s%s%s", before, s.paint(red, piece), after)
	_ = s.line("%s%s", strings.Repeat(" ", cells(before)), s.paint(red, strings.Repeat("^", max(1, cells(piece)))))
}

// cells returns how many columns of a terminal a text takes.
func cells(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		switch n++; width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n++
		}
	}
	return n
}

// parts prints a part of the query and those below it: held or not, how often, and what was missing.
func (s screen) parts(e query.Explanation, depth int) {
	sign := s.paint(red, "✗")
	if e.Held {
		sign = s.paint(green, "✓")
	}
	note := ""
	if n := s.note(e); n != "" {
		note = "  " + s.paint(faint, n)
	}
	_ = s.line("%s%s %s%s", strings.Repeat("  ", depth), sign, Plain(e.Text), note)
	if e.Held && isNot(e) {
		return // what is missing below is as it should be
	}
	for _, p := range e.Parts {
		s.parts(p, depth+1)
	}
}

// note says what was missing, or how often the part occurs and what it adds to a weighted list.
func (s screen) note(e query.Explanation) string {
	if !e.Held {
		return Plain(e.Missing.In(s.Lang))
	}
	var notes []string
	if e.Count > 1 {
		notes = append(notes, fmt.Sprintf(s.say("%d lần", "%d times"), e.Count))
	}
	if e.Points != 0 {
		notes = append(notes, fmt.Sprintf(s.say("%+g điểm", "%+g points"), e.Points))
	}
	return strings.Join(notes, ", ")
}

func isNot(e query.Explanation) bool { return strings.HasPrefix(e.Text, "NOT ") }

// mark is a stretch of text to show: one that was asked for, or one that is excluded.
type mark struct {
	article.Span
	excluded bool
}

// marksOf returns the words of each field that parts of the query found, in order and without overlap.
func marksOf(e query.Explanation) map[article.Field][]mark {
	all := map[article.Field][]mark{}
	collect(all, e, false)
	for field, marks := range all {
		slices.SortFunc(marks, func(a, b mark) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
		out := marks[:0]
		for _, m := range marks {
			if last := len(out) - 1; last >= 0 && m.Start < out[last].End {
				out[last].End = max(out[last].End, m.End)
				out[last].excluded = out[last].excluded || m.excluded
				continue
			}
			out = append(out, m)
		}
		all[field] = out
	}
	return all
}

func collect(all map[article.Field][]mark, e query.Explanation, excluded bool) {
	for _, span := range e.Spans {
		all[span.Field] = append(all[span.Field], mark{span, excluded})
	}
	if len(e.Spans) > 0 {
		return // of the words below, these are the ones that count
	}
	for _, p := range e.Parts {
		collect(all, p, excluded != (isNot(e) || p.Points < 0))
	}
}

const (
	shownSentences = 5  // of each field
	shownMarks     = 20 // of each sentence
	shownAround    = 90 // bytes of a sentence before and after its first and last mark
)

// excerpts prints the sentences that hold marks, with the marks set off.
func (s screen) excerpts(d *query.Doc, e query.Explanation) {
	for field, marks := range inOrder(marksOf(e)) {
		doc, shown, left := d.Text(field), 0, 0
		for _, sentence := range doc.Sentences {
			n := 0
			for n < len(marks) && marks[n].Start < sentence.End {
				n++
			}
			switch {
			case n == 0:
			case shown == shownSentences:
				left++
			default:
				shown++
				_ = s.line("    %s %s", s.paint(faint, string(field)+":"), s.excerpt(doc.Text, sentence.Start, sentence.End, marks[:n]))
			}
			marks = marks[n:]
		}
		if left > 0 {
			_ = s.line("    %s", s.paint(faint, fmt.Sprintf(s.say("%s: %d câu nữa", "%s: %d more sentences"), field, left)))
		}
	}
}

func inOrder(marks map[article.Field][]mark) iter.Seq2[article.Field, []mark] {
	return func(yield func(article.Field, []mark) bool) {
		for _, field := range []article.Field{article.Title, article.Lead, article.Text} {
			if len(marks[field]) > 0 && !yield(field, marks[field]) {
				return
			}
		}
	}
}

// excerpt returns the sentence from start to end with its marks in colour, or in brackets where there are no colours.
func (s screen) excerpt(doc string, start, end int, marks []mark) string {
	marks = marks[:min(len(marks), shownMarks)]
	first, last := marks[0].Start, marks[len(marks)-1].End
	at, end := min(start, first), max(end, last)
	var b strings.Builder
	if from := first - shownAround; from > at {
		at = max(at, blankBefore(doc, from))
		b.WriteString("…")
	}
	for _, m := range marks {
		b.WriteString(between(doc, at, m.Start))
		b.WriteString(s.set(Plain(doc[m.Start:m.End]), m.excluded))
		at = m.End
	}
	if to := last + shownAround; to < end {
		b.WriteString(Plain(doc[at:blankBefore(doc, to)]) + " …")
	} else {
		b.WriteString(Plain(strings.TrimRightFunc(doc[at:end], unicode.IsSpace)))
	}
	return b.String()
}

// between returns the text between two marks, without its middle if it is long.
func between(doc string, from, to int) string {
	if to-from < 3*shownAround {
		return Plain(doc[from:to])
	}
	return Plain(doc[from:blankBefore(doc, from+shownAround)]) + " …" + Plain(doc[blankBefore(doc, to-shownAround):to])
}

func (s screen) set(words string, excluded bool) string {
	switch {
	case s.Color && excluded:
		return s.paint(red, words)
	case s.Color:
		return s.paint(green, words)
	case excluded:
		return "[−" + words + "]"
	}
	return "[" + words + "]"
}

// blankBefore returns the last blank a little before i, so that no word is cut, or else the last place between characters.
func blankBefore(doc string, i int) int {
	from := max(0, i-30)
	if blank := strings.LastIndexByte(doc[from:i], ' '); blank >= 0 {
		return from + blank
	}
	for !utf8.RuneStart(doc[i]) {
		i--
	}
	return i
}
