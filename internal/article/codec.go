package article

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"haidang/internal/text"
)

// SchemaVersion is the version of the wire form that this code writes. docs/schema.md describes it.
const SchemaVersion = 1

// The kinds of problem a wire form can have. Neither is mended by trying again.
var (
	ErrNewerSchema = errors.New("written by a newer version of haidang")
	ErrMalformed   = errors.New("not an article")
)

// Encode writes the wire form of an article.
func Encode(a *Article) ([]byte, error) {
	out := *a
	out.Schema = SchemaVersion
	b, err := json.Marshal(&out)
	if err != nil {
		return nil, fmt.Errorf("encode article %s: %w", a.ID, err)
	}
	return b, nil
}

// Decode reads the wire form. A newer schema is an error that wraps ErrNewerSchema; the caller still has the bytes and
// keeps them.
func Decode(b []byte) (Article, error) {
	var a Article
	err := json.Unmarshal(b, &a)
	if err != nil { // of a newer schema even the fields may have other types
		var version struct {
			Schema int `json:"schema"`
		}
		if json.Unmarshal(b, &version) == nil {
			a.Schema = version.Schema
		}
	}
	if a.Schema > SchemaVersion {
		return Article{}, fmt.Errorf("schema %d, this program reads up to %d: %w", a.Schema, SchemaVersion, ErrNewerSchema)
	}
	if err != nil {
		return Article{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if a.ID == "" {
		return Article{}, fmt.Errorf("%w: it has no id", ErrMalformed)
	}
	return a, nil
}

// Revise fills in what follows from the wording: the revision, the fingerprint, whom it is credited to, and the language
// where that is not known yet. Call it whenever Title, Lead or Text have changed. The fingerprint is that of the text without
// its credit lines.
func (a *Article) Revise() {
	a.Revision = digest(a.Title, a.Lead, a.Text)[:16]
	all := a.Title + "\n" + a.Lead + "\n" + a.Text
	if a.Language == "" {
		a.Language = string(text.Detect(all))
	}
	credit, own := a.ownText()
	if credit != "" && credit != creditNames[strings.ToLower(a.Outlet)] {
		a.Credit = credit
	}
	a.Fingerprint = text.NewFingerprint(text.Analyze(own)).String()
}

// ownText is what copies are told by: the text without its credit lines, or title and lead where there is no text.
func (a *Article) ownText() (credit, own string) {
	body := a.Text
	if body == "" {
		body = a.Title + "\n" + a.Lead
	}
	if credit, own = Credited(body); len(own) < len(body)/2 {
		own = body // what remains says less than what was taken
	}
	return credit, own
}

// SameText reports whether two articles have nearly the same text: at least half of their five-word shingles, credit lines
// left out. It reads both texts; that [text.Similarity] of their fingerprints is below [text.MayBeCopy] says no at a glance.
func SameText(a, b *Article) bool {
	_, one := a.ownText()
	_, other := b.ownText()
	return text.Jaccard(text.Analyze(one), text.Analyze(other)) >= 0.5
}
