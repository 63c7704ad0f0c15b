package query

import (
	"fmt"
	"strings"
)

// Message is one sentence in both languages of the house.
type Message struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// In returns the sentence in a language: "en" or Vietnamese.
func (m Message) In(lang string) string {
	if lang == "en" {
		return m.EN
	}
	return m.VI
}

// Error is a mistake in a query: where it is, what it is, and what to write instead.
type Error struct {
	Reason  Reason  `json:"reason"`
	Column  int     `json:"column"` // of the piece, in characters from 1
	Piece   string  `json:"piece"`  // as written; empty at the end of the query
	Problem Message `json:"problem"`
	Hint    Message `json:"hint"`
}

// Error returns the mistake in English on one line.
func (e *Error) Error() string { return e.In("en") }

// In returns the mistake on one line in a language: "en" or Vietnamese.
func (e *Error) In(lang string) string {
	where := fmt.Sprintf("cột %d", e.Column)
	if lang == "en" {
		where = fmt.Sprintf("column %d", e.Column)
	}
	if e.Piece != "" {
		where += fmt.Sprintf(" (%s)", shorten(e.Piece))
	}
	s := where + ": " + e.Problem.In(lang)
	if h := e.Hint.In(lang); h != "" {
		s += "; " + h
	}
	return s
}

// Point returns the query with a caret line below it that underlines the piece, for a terminal.
func (e *Error) Point(src string) string {
	line := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, src)
	n := max(1, len([]rune(e.Piece)))
	return line + "\n" + strings.Repeat(" ", max(0, e.Column-1)) + strings.Repeat("^", n)
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}
