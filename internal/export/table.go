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

// table writes rows for spreadsheets. No cell of it begins a formula.
type table struct{ out *csv.Writer }

// newTable begins with the mark by which Excel knows UTF-8, and writes the head.
func newTable(w io.Writer, head []string) (*table, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	t := &table{csv.NewWriter(w)}
	t.out.UseCRLF = true
	return t, t.row(head)
}

func (t *table) row(cells []string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = harmless(c)
	}
	return t.out.Write(safe)
}

// Close writes what is left.
func (t *table) Close() error {
	t.out.Flush()
	return t.out.Error()
}

// WriteTable writes rows under a head, as safe as a table of articles.
func WriteTable(w io.Writer, head []string, rows [][]string) error {
	t, err := newTable(w, head)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := t.row(r); err != nil {
			return err
		}
	}
	return t.Close()
}

type csvWriter struct{ *table }

func newCSV(w io.Writer) (csvWriter, error) {
	head := make([]string, len(columns))
	for i := range columns {
		head[i] = columns[i].name
	}
	t, err := newTable(w, head)
	return csvWriter{t}, err
}

// Write writes one row.
func (c csvWriter) Write(h *index.Hit) error {
	row := make([]string, len(columns))
	for i := range columns {
		row[i] = columns[i].value(h)
	}
	return c.row(row)
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
