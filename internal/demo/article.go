package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

//go:embed articles/*.txt
var articleFiles embed.FS

// editedMark separates an article's first text from its edited one.
const editedMark = "=== edited ==="

// source is one article file. See articles/README.md for the form.
type source struct {
	file    string
	outlets []string
	slug    string
	section string
	kind    Kind
	trait   Trait
	claims  []string // ids of claim files, the best first
	words   []string
	age     time.Duration
	text    wording
	edited  *wording // what it says from the second feed poll on; nil for nearly all
}

// wording is what a reader sees of an article.
type wording struct {
	title, lead string
	blocks      []block
}

// block is a paragraph, a quotation or a subheading.
type block struct {
	Kind string // "p", "quote" or "h2"
	Text string
}

// loadArticles reads every bundled file and joins the problems of all.
func loadArticles() ([]*source, error) {
	names, err := fs.Glob(articleFiles, "articles/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list demo articles: %w", err)
	}
	var out []*source
	var errs []error
	for _, name := range names {
		raw, err := articleFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read demo article: %w", err)
		}
		a, err := parseArticle(name, string(raw))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, a)
	}
	return out, errors.Join(errs...)
}

// parseArticle reads one file: "key: value" lines, an empty line, then paragraphs divided by empty lines.
func parseArticle(name, raw string) (*source, error) {
	head, body, found := strings.Cut(strings.ReplaceAll(raw, "\r\n", "\n"), "\n\n")
	if !found {
		return nil, fmt.Errorf("%s: no empty line between the header and the text", name)
	}
	a := &source{file: name}
	var edited wording
	var errs []error
	for i, line := range strings.Split(head, "\n") {
		key, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !ok || value == "" {
			errs = append(errs, fmt.Errorf("%s:%d: %q is not \"key: value\"", name, i+1, line))
			continue
		}
		if err := a.set(key, value, &edited); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, i+1, err))
		}
	}
	first, second, isEdited := strings.Cut(body, editedMark)
	a.text.blocks = parseBlocks(first)
	if isEdited {
		edited.blocks = parseBlocks(second)
		a.edited = &edited
	}
	errs = append(errs, a.validate()...)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	a.normalise()
	return a, nil
}

// set stores one header line.
func (a *source) set(key, value string, edited *wording) error {
	var err error
	switch key {
	case "outlet":
		a.outlets = splitList(value, ",")
	case "slug":
		a.slug = value
	case "section":
		a.section = value
	case "kind":
		a.kind, err = oneOf(kinds, Kind(value))
	case "trait":
		a.trait, err = oneOf(traits, Trait(value))
	case "claim":
		a.claims = splitList(value, ",")
	case "words":
		a.words = splitList(value, ";")
	case "age":
		a.age, err = time.ParseDuration(value)
	case "title":
		a.text.title = value
	case "lead":
		a.text.lead = value
	case "edited-title":
		edited.title = value
	case "edited-lead":
		edited.lead = value
	default:
		err = fmt.Errorf("unknown key %q", key)
	}
	return err
}

// validate lists everything that an article file lacks.
func (a *source) validate() []error {
	var errs []error
	problem := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(a.file+": "+format, args...))
		}
	}
	problem(len(a.outlets) == 0, "no outlet")
	for _, id := range a.outlets {
		problem(!slices.ContainsFunc(designs, func(d design) bool { return d.id == id }), "unknown outlet %q", id)
	}
	problem(a.slug == "" || strings.Trim(a.slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "", "slug %q: use a-z, 0-9 and -", a.slug)
	problem(sectionSlugs[a.section] == "", "unknown section %q", a.section)
	problem(a.kind == "", "no kind")
	problem(a.age <= 0 || a.age > 20*time.Hour, "age %s: want more than 0 and at most 20h", a.age)
	problem(a.text.title == "" || a.text.lead == "", "title and lead are both needed")
	problem(len(a.text.blocks) == 0, "no text")
	problem(a.kind.aboutClaim() != (len(a.claims) > 0), "a claim is needed for, and only for, kinds that speak of a rumour; this one is %q", a.kind)
	problem(len(a.claims) > 0 && len(a.words) == 0, "no words for claim %q", a.claims)
	problem((a.trait == Syndicated) != (len(a.outlets) > 1), "trait syndicated and more than one outlet go together")
	problem((a.trait == Edited) != (a.edited != nil), "trait edited and a part after %q go together", editedMark)
	if a.edited != nil {
		problem(a.edited.title == "" || a.edited.lead == "" || len(a.edited.blocks) == 0, "edited-title, edited-lead and edited text are needed")
	}
	for _, w := range a.words {
		problem(!a.text.contains(w), "words: %q is not in the article", w)
		problem(a.edited != nil && !a.edited.contains(w), "words: %q is not in the edited article", w)
	}
	return errs
}

// normalise puts the wording into the Unicode form in which it is served, so that no editor's tool can change it.
func (a *source) normalise() {
	form := norm.NFC
	if a.trait == NFD {
		form = norm.NFD
	}
	a.text.apply(form)
	if a.edited != nil {
		a.edited.apply(form)
	}
	for i := range a.words {
		a.words[i] = form.String(a.words[i])
	}
}

func (w *wording) apply(form norm.Form) {
	w.title, w.lead = form.String(w.title), form.String(w.lead)
	for i := range w.blocks {
		w.blocks[i].Text = form.String(w.blocks[i].Text)
	}
}

// contains reports whether the words stand in one field or paragraph, exactly as written.
func (w *wording) contains(words string) bool {
	if strings.Contains(w.title, words) || strings.Contains(w.lead, words) {
		return true
	}
	return slices.ContainsFunc(w.blocks, func(b block) bool { return strings.Contains(b.Text, words) })
}

// parseBlocks divides a text at its empty lines. "## " begins a subheading, "> " a quotation.
func parseBlocks(s string) []block {
	var out []block
	for part := range strings.SplitSeq(s, "\n\n") {
		part = strings.Join(strings.Fields(part), " ")
		switch {
		case part == "":
		case strings.HasPrefix(part, "## "):
			out = append(out, block{"h2", part[3:]})
		case strings.HasPrefix(part, "> "):
			out = append(out, block{"quote", part[2:]})
		default:
			out = append(out, block{"p", part})
		}
	}
	return out
}

func splitList(s, sep string) []string {
	var out []string
	for part := range strings.SplitSeq(s, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func oneOf[T ~string](known []T, v T) (T, error) {
	if !slices.Contains(known, v) {
		return "", fmt.Errorf("%q is not one of %q", v, known)
	}
	return v, nil
}
