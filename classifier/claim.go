package classifier

import (
	"slices"

	"haidang/internal/article"
)

// Fields are the eight fields of the fact-check desk.
func Fields() []string { return slices.Clone(fields) }

// Each has a file under claims/.
var fields = []string{
	"policy-law", "economy-finance", "health", "disaster-epidemic",
	"security-order", "impersonation", "scam-links", "other",
}

// Kind tells a known rumour from a kind of rumour.
type Kind string

// The kinds of claim.
const (
	Specific Kind = "specific" // a known rumour, with its evidence
	Pattern  Kind = "pattern"  // a kind of rumour with any name and number; it rings as "unverified, check it"
)

// Claim is one entry of a claims file.
type Claim struct {
	ID        string           `yaml:"id"`
	Version   int              `yaml:"version"`
	Field     string           `yaml:"-"` // the file's
	File      string           `yaml:"-"`
	Kind      Kind             `yaml:"kind"`
	Statement Bilingual        `yaml:"statement"` // as claimed, never its negation
	Checkable *bool            `yaml:"checkable"` // default true; false keeps a claim on file that must never ring
	Severity  article.Severity `yaml:"severity"`
	Context   Context          `yaml:"context"`
	Scope     Scope            `yaml:"scope"`
	Official  Official         `yaml:"official"`
	Flat      bool             `yaml:"flat"`      // real news of this kind is rare: a title that asserts it counts for much
	Net       bool             `yaml:"net"`       // it has no words of its own: it holds what is told as rumours are and no other claim catches
	Broad     bool             `yaml:"broad"`     // a net for what no other claim catches: told only when it has the mark of a rumour
	Daily     bool             `yaml:"daily"`     // so do tabloids, every day, with clips and neighbours: one competent voice anywhere in the article silences it
	Office    bool             `yaml:"office"`    // an office is whom it is about: its acts are the claim and confirm nothing, only its words do
	Common    bool             `yaml:"common"`    // every day's news has real ones: it rings only with the mark of a rumour
	Threshold Points           `yaml:"threshold"` // points needed per language; 0 means the configured one
	Clauses   []Clause         `yaml:"clauses"`
	Exclude   Bilingual        `yaml:"exclude"` // queries; an article that matches is not about this claim
	Figures   []Figure         `yaml:"figures"`
	Evidence  []Evidence       `yaml:"evidence"`
	Verdict   string           `yaml:"verdict"`
	DecidedBy string           `yaml:"decided_by"`
	DecidedAt string           `yaml:"decided_at"`
	Owner     string           `yaml:"owner"`
	ReviewBy  string           `yaml:"review_by"` // a date: 2027-06-30
	Note      string           `yaml:"note"`
	Examples  Examples         `yaml:"examples"`
}

// CanRing reports whether the claim is one that evidence can settle.
func (c *Claim) CanRing() bool { return c.Checkable == nil || *c.Checkable }

// Bilingual is one wording, or one query, in each language.
type Bilingual struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

// Points is a number of points for each language.
type Points struct {
	VI int `yaml:"vi"`
	EN int `yaml:"en"`
}

// Context says where a claim must play to be ours.
type Context string

// The contexts.
const (
	AboutVietnam Context = "vietnam" // the default: the article is about Việt Nam
	NamedPlace   Context = "place"   // a Vietnamese place is named near the claim
	Anywhere     Context = "none"    // the claim's own words already name Việt Nam
)

// Scope says how many rumours of a pattern there can be at one time.
type Scope string

// The scopes.
const (
	Local    Scope = "local"    // the default: as many as there are places and names
	National Scope = "national" // one, about the whole country, whatever places and names an outlet adds to it
)

// Official says what a named competent source does to a claim.
type Official string

// What official attribution does.
const (
	Silences Official = "silences" // the default for patterns: confirmed news is no rumour
	Ignored  Official = "ignored"  // the default for specific claims: the claim is known, and forgers name officials
)

// Clause is one named part of a claim. Required clauses must all match, and show where the claim stands in the text;
// the others add their points when they stand near.
type Clause struct {
	Name     string `yaml:"name"`
	Weight   int    `yaml:"weight"`
	Required bool   `yaml:"required"`
	VI       string `yaml:"vi"` // a query
	EN       string `yaml:"en"`
}

// Figure is a number that a claim asserts, beside the one that is known.
type Figure struct {
	What     string `yaml:"what"`
	Unit     string `yaml:"unit"`
	Asserted string `yaml:"asserted"`
	Official string `yaml:"official"`
	Source   string `yaml:"source"`
}

// Evidence is one source that supports or refutes a claim.
type Evidence struct {
	URL    string `yaml:"url" json:"url"`
	Quote  string `yaml:"quote" json:"quote,omitempty"`
	Date   string `yaml:"date" json:"date,omitempty"`
	Effect string `yaml:"effect" json:"effect"` // supports or refutes
}

// Examples are texts that the claim is tested with whenever the rules are loaded. The first line of a text is its
// title, the rest its body.
type Examples struct {
	Match   []string `yaml:"match"`    // must ring by this claim
	NoMatch []string `yaml:"no_match"` // must not ring by this claim
	Denies  []string `yaml:"denies"`   // must be recognised and read as an answer to it
}
