package export

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/query"
)

// columns are the columns of a table, in order.
var columns = []struct {
	name  string
	value func(h *index.Hit) string
}{
	{"id", func(h *index.Hit) string { return h.ID }},
	{"outlet", func(h *index.Hit) string { return h.Outlet }},
	{"country", func(h *index.Hit) string { return h.OutletCountry }},
	{"language", func(h *index.Hit) string { return h.Language }},
	{"published", func(h *index.Hit) string { return stamp(h.Published) }},
	{"first_seen", func(h *index.Hit) string { return stamp(h.FirstSeen) }},
	{"title", func(h *index.Hit) string { return oneLine(h.Title) }},
	{"snippet", snippet},
	{"url", func(h *index.Hit) string { return h.URL }},
	{"topics", func(h *index.Hit) string { return verdict(h, func(v *article.Verdict) []string { return v.Topics }) }},
	{"places", func(h *index.Hit) string { return verdict(h, func(v *article.Verdict) []string { return v.Places }) }},
	{"claims", func(h *index.Hit) string { return verdict(h, claims) }},
	{"citation", func(h *index.Hit) string { return Citation(&h.Article) }},
	{"evidence", func(h *index.Hit) string { return Evidence(&h.Article) }},
}

// stamp is a moment in Việt Nam as spreadsheets read it.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(query.Zone).Format(time.DateTime)
}

func verdict(h *index.Hit, values func(*article.Verdict) []string) string {
	if h.Verdict == nil {
		return ""
	}
	return strings.Join(values(h.Verdict), "; ")
}

func claims(v *article.Verdict) []string {
	out := make([]string, len(v.Claims))
	for i, c := range v.Claims {
		out[i] = c.ID + " (" + string(c.Stance) + ")"
	}
	return out
}

type csvWriter struct{ out *csv.Writer }

// newCSV begins with the mark by which Excel knows UTF-8.
func newCSV(w io.Writer) (*csvWriter, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := &csvWriter{out: csv.NewWriter(w)}
	c.out.UseCRLF = true
	head := make([]string, len(columns))
	for i := range columns {
		head[i] = columns[i].name
	}
	return c, c.out.Write(head)
}

// Write writes one row.
func (c *csvWriter) Write(h *index.Hit) error {
	row := make([]string, len(columns))
	for i := range columns {
		row[i] = harmless(columns[i].value(h))
	}
	return c.out.Write(row)
}

// Close writes what is left.
func (c *csvWriter) Close() error {
	c.out.Flush()
	return c.out.Error()
}

// harmless keeps a spreadsheet from reading a cell as a formula: one that begins like it gets an apostrophe, which
// spreadsheets read as "this is text". Control characters, which some skip before they look, are left out.
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u200b' || r == '\ufeff' || r >= '\u202a' && r <= '\u202e' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0"))
	if strings.ContainsRune("=+-@＝＋－＠|%", first) && s != "" {
		return "'" + s
	}
	return s
}

// jsonlWriter writes each article whole, as it is archived, with its citation and its hash.
type jsonlWriter struct{ enc *json.Encoder }

func newJSONL(w io.Writer) *jsonlWriter {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &jsonlWriter{enc}
}

// jsonLine is one line.
type jsonLine struct {
	*index.Hit
	Citation string `json:"citation"`
	Evidence string `json:"evidence"`
}

// Write writes one line.
func (j *jsonlWriter) Write(h *index.Hit) error {
	return j.enc.Encode(jsonLine{h, Citation(&h.Article), Evidence(&h.Article)})
}

// Close has nothing left to write.
func (j *jsonlWriter) Close() error { return nil }
