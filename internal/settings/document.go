package settings

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Decode reads one YAML document into v and refuses keys that v does not have. What the document does not write stays
// as it is in v. The error joins every problem, one line each, in the order of the lines: "file:line:col: key: problem".
func Decode(name string, data []byte, v any) error { return Read(name, data, v, nil).Err() }

// Problem is one mistake in a file.
type Problem struct {
	File string
	Line int // from 1; 0 when the file has no place for it
	Col  int
	Key  string // path of keys, such as crawler.sources[3].feeds[0]; empty for the whole file
	Text string // what is wrong; what to write
}

// Error is "file:line:col: key: text", without what is not known.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	if p.Key != "" {
		b.WriteString(": " + p.Key)
	}
	return b.String() + ": " + p.Text
}

// place is where a key or an entry stands.
type place struct{ line, col int }

// Document is a file that was read, with the places of its keys and everything that is wrong with it.
type Document struct {
	name     string
	places   map[string]place // by path of keys
	broken   map[string]bool  // paths whose value could not be read, so that v has something else there
	hidden   concealed
	problems []Problem
}

// Read is Decode for a file with ${NAME} in its values, which lookup resolves; nil leaves them as they stand. The
// document is parsed before anything is put in, so that no value changes its structure.
func Read(name string, data []byte, v any, lookup func(string) (string, bool)) *Document {
	d := &Document{name: name, places: map[string]place{}, broken: map[string]bool{}, hidden: concealed{}}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if lookup != nil {
		data = mark(data)
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return d
	}
	d.decode(file, v, lookup)
	return d
}

// Err joins the problems in the order of their lines. It is nil when the document is good, or when there is none.
func (d *Document) Err() error {
	if d == nil {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	errs := make([]error, len(d.problems))
	for i, p := range d.problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

// add notes a problem at a place that is known.
func (d *Document) add(path string, at place, format string, args ...any) {
	text := strings.Map(oneLine, fmt.Sprintf(format, args...))
	d.problems = append(d.problems, Problem{File: d.name, Line: at.line, Col: at.col, Key: path, Text: text})
}

// oneLine keeps a problem on its line, and a terminal from obeying what a file says.
func oneLine(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// quotedPiece is what goccy quotes in a message: always a piece of the file, which may be a password.
var quotedPiece = regexp.MustCompile(`(?s):?\s*".*"`)

// syntax notes why the file cannot be parsed, without any piece of it.
func (d *Document) syntax(err error) {
	var e yaml.Error
	at, text := place{}, "this cannot be read"
	if errors.As(err, &e) {
		text = quotedPiece.ReplaceAllString(e.GetMessage(), "")
		if t := e.GetToken(); t != nil && t.Position != nil {
			at = place{t.Position.Line, t.Position.Column}
		}
	}
	d.broken[""] = true
	d.add("", at, "not YAML: %s; look at the quotes, brackets and indentation here and in the line before", strconv.Quote(text))
}

// decode reads the one document of a file. An empty one means that nothing is written: v stays as it is.
func (d *Document) decode(file *ast.File, v any, lookup func(string) (string, bool)) {
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			d.add("", placeOf(doc.Body), "a second document; write one in a file, without ---")
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return
	}
	dec := &decoder{doc: d, lookup: lookup, anchors: map[string]ast.Node{}}
	ast.Walk(dec, body)
	dec.top(body, v)
}

// problemPath is the beginning of a problem that a Validate reports: one path of keys, or several with commas.
var problemPath = regexp.MustCompile(`^([\pL\pN_-]+(?:\.[\pL\pN_-]+|\[\d+\])*)((?:, [\pL\pN_.\[\]-]+)*): `)

// Report adds the problems that a Validate found, each beginning with its path ("web.listen: …"), at the place of that
// path or of the section that would hold it. What only follows from a value that could not be read is left out.
func (d *Document) Report(err error) {
	for _, e := range Flatten(err) {
		text := e.Error()
		m := problemPath.FindStringSubmatch(text)
		if m == nil {
			d.add("", place{}, "%s", d.hidden.from(text))
			continue
		}
		if key := d.written(m[1], m[2]); !d.follows(key) {
			d.add(m[1]+m[2], d.nearest(key), "%s", d.hidden.from(text[len(m[0]):]))
		}
	}
}

// written returns the first of a problem's paths that the file writes. Those after the first may leave out the section.
func (d *Document) written(first, others string) string {
	parent := first[:strings.LastIndexByte(first, '.')+1]
	for key := range strings.SplitSeq(first+others, ", ") {
		for _, path := range []string{key, parent + key} {
			if _, ok := d.places[path]; ok {
				return path
			}
		}
	}
	return first
}

// follows tells whether a problem at path can come from a value that could not be read: its own, one above or below.
func (d *Document) follows(path string) bool {
	for p := range d.broken {
		if p == "" || within(p, path) || within(path, p) {
			return true
		}
	}
	return false
}

// within tells whether path is section or lies in it.
func within(section, path string) bool {
	rest, ok := strings.CutPrefix(path, section)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// nearest is the place of the path or of what would hold it.
func (d *Document) nearest(path string) place {
	for path != "" {
		if at, ok := d.places[path]; ok {
			return at
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return place{}
}

// Flatten lists the errors that were joined into err. One whose own text is around several others stays whole.
func Flatten(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || errors.Join(joined.Unwrap()...).Error() != err.Error() {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, Flatten(e)...)
	}
	return out
}
