package query

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"haidang/internal/article"
	"haidang/internal/text"
)

// Doc is an article made ready for matching. It is safe for concurrent use and never changes, except by Reset.
type Doc struct {
	ID     string
	fields [fieldCount]field
	about  article.Article // as it was given

	once sync.Once
	meta map[MetaKey][]string // by values, which reads it when it is first asked for
}

const fieldCount = 3

// fieldNames gives fields their order: that of reading.
var fieldNames = [fieldCount]article.Field{article.Title, article.Lead, article.Text}

type field struct {
	*text.Doc
	words []word

	once    sync.Once
	numbers []text.Number
}

// Document analyses an article for matching.
func Document(a *article.Article) *Doc {
	d := new(Doc)
	d.Reset(a)
	return d
}

// Reset makes d the document of an article, in the memory that it has. Nobody else may use d meanwhile, nor what was taken
// from it before; matches and highlights stay.
func (d *Doc) Reset(a *article.Article) {
	d.ID, d.about = a.ID, *a
	d.once, d.meta = sync.Once{}, nil
	for i, name := range fieldNames {
		d.fields[i].read(a.Get(name))
	}
}

// values returns the article's values of a field that is not about words.
func (d *Doc) values(k MetaKey) []string {
	d.once.Do(func() { d.meta = metaOf(&d.about) })
	return d.meta[k]
}

// time returns one of the article's times.
func (d *Doc) time(k DateKey) time.Time {
	if k == Published {
		return d.about.Published
	}
	return d.about.FirstSeen
}

// word is what the trie needs of a token, side by side in memory.
type word struct {
	fold  uint32 // the lexicon's ID of the fold, or 0
	canon uint32 // of the canonical form, or 0; anyMarks in a run without marks
}

const anyMarks = ^uint32(0)

func (f *field) read(s string) {
	if f.Doc == nil {
		f.Doc = text.Analyze(s)
	} else {
		f.Doc.Reset(s)
	}
	f.once, f.numbers = sync.Once{}, f.numbers[:0]
	f.words = slices.Grow(f.words[:0], len(f.Tokens))[:len(f.Tokens)]
	for i := range f.Tokens {
		t := &f.Tokens[i]
		f.words[i] = word{t.Word.FoldID, t.Word.ID}
		if t.Unmarked {
			f.words[i].canon = anyMarks
		}
	}
}

// Text returns the analysed wording of one field, or nil for a name that is no field.
func (d *Doc) Text(f article.Field) *text.Doc {
	for i, name := range fieldNames {
		if name == f {
			return d.fields[i].Doc
		}
	}
	return nil
}

func metaOf(a *article.Article) map[MetaKey][]string {
	m := map[MetaKey][]string{
		Site:    {Host(a)},
		Outlet:  {Key(a.Outlet)},
		Country: {Key(a.OutletCountry)},
		Lang:    {Key(a.Language)},
	}
	if a.Verdict == nil {
		return m
	}
	for _, t := range a.Verdict.Topics {
		m[Topic] = append(m[Topic], Key(t))
	}
	for _, p := range a.Verdict.Places {
		m[Place] = append(m[Place], Key(p))
	}
	for _, c := range a.Verdict.Claims {
		m[Claim] = append(m[Claim], Key(c.ID))
		m[Stance] = append(m[Stance], Key(string(c.Stance)))
	}
	return m
}

// Host returns the host name that site: is compared with: that of the canonical URL, without "www.".
func Host(a *article.Article) string {
	raw := a.CanonicalURL
	if raw == "" {
		raw = a.URL
	}
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// Key returns the form in which values of topic:, claim:, stance:, place:, country: and lang: are compared: folded, with
// a hyphen for everything between letters and digits. So place:"Hà Nội" is place:ha-noi.
func Key(s string) string {
	return strings.Join(strings.FieldsFunc(text.Fold(s), func(r rune) bool {
		return !isWordRune(r)
	}), "-")
}
