// Package export writes found articles for other programs: CSV for spreadsheets, JSON lines, RSS and Atom. Each article
// comes with a citation, to be quoted as it stands, and an evidence hash, by which anybody can show later that the
// wording he has is the wording that was archived.
//
// Use [New] with a [Format] and a writer, then [Writer.Write] hit by hit and [Writer.Close]. CSV is safe to open in a
// spreadsheet: no cell begins a formula, whatever an outlet wrote. Limits: feeds are held in memory until Close.
package export

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/query"
)

// Format names a form of output.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	JSONL Format = "jsonl"
	RSS   Format = "rss"
	Atom  Format = "atom"
)

// Formats are all of them.
var Formats = []Format{CSV, JSONL, RSS, Atom}

// Type is the media type of a format.
func (f Format) Type() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case JSONL:
		return "application/jsonl; charset=utf-8"
	case RSS:
		return "application/rss+xml; charset=utf-8"
	}
	return "application/atom+xml; charset=utf-8"
}

// About says what is exported: for the head of a feed.
type About struct {
	Query string
	Link  string    // of the search as a page
	Self  string    // of the feed itself
	Now   time.Time // when it is written
}

// Writer writes hits in one format.
type Writer interface {
	Write(h *index.Hit) error
	Close() error // writes what is left; the writer below stays open
}

// New returns a writer of a format, or an error for one that does not exist.
func New(f Format, w io.Writer, about About) (Writer, error) {
	switch f {
	case CSV:
		return newCSV(w)
	case JSONL:
		return newJSONL(w), nil
	case RSS:
		return &rssWriter{out: w, about: about}, nil
	case Atom:
		return &atomWriter{out: w, about: about}, nil
	}
	return nil, fmt.Errorf("format %q: write csv, jsonl, rss or atom", f)
}

// Evidence is the SHA-256 sum of an article as it was archived: canonical address, title, lead and text, each followed by a
// zero byte. Each stands byte for byte in the JSON lines, so that anybody can add it up again.
func Evidence(a *article.Article) string {
	h := sha256.New()
	for _, s := range []string{a.CanonicalURL, a.Title, a.Lead, a.Text} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Citation is one line that names an article as a report would.
func Citation(a *article.Article) string {
	var parts []string
	if a.Outlet != "" {
		parts = append(parts, a.Outlet)
	}
	parts = append(parts, "“"+oneLine(a.Title)+"”")
	if !a.Published.IsZero() {
		parts = append(parts, day(a.Published))
	}
	address := a.URL
	if address == "" {
		address = a.CanonicalURL
	}
	if address != "" {
		parts = append(parts, address)
	}
	return strings.Join(parts, ", ") + " (Hải Đăng, " + a.FirstSeen.In(query.Zone).Format("15:04 02/01/2006") + ")"
}

func day(t time.Time) string { return t.In(query.Zone).Format("02/01/2006") }

// oneLine makes one line of what an outlet wrote.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// snippet is the passage around the first words that were found.
func snippet(h *index.Hit) string {
	field := h.Get(h.Snippet.Field)
	if h.Snippet.Start < 0 || h.Snippet.Start > h.Snippet.End || h.Snippet.End > len(field) {
		return ""
	}
	return oneLine(field[h.Snippet.Start:h.Snippet.End])
}
