package demo

import "time"

// Kind is what a page is, as an editor judges it.
type Kind string

// The kinds of page. Only Carries and Question may ring.
const (
	Carries        Kind = "carries"         // states a rumour as fact, or passes it on
	Question       Kind = "question"        // asks about a rumour and leaves it open
	Denies         Kind = "denies"          // the competent body says that the rumour is false
	ReportsDebunk  Kind = "reports_debunk"  // tells how a rumour was found to be false
	ReportsPenalty Kind = "reports_penalty" // tells how somebody was fined for spreading one
	Opinion        Kind = "opinion"         // opinion, criticism, prediction, personal experience
	Satire         Kind = "satire"          // labelled as such
	Official       Kind = "official"        // a rumour-like theme, confirmed by a named competent source
	Disputed       Kind = "disputed"        // alleged misconduct that only the accused denies
	Ordinary       Kind = "ordinary"        // everything else that fills a newspaper
	Listing        Kind = "listing"         // a page without an article
	Disallowed     Kind = "disallowed"      // forbidden by robots.txt: must never be asked for
)

var kinds = []Kind{
	Carries, Question, Denies, ReportsDebunk, ReportsPenalty, Opinion, Satire,
	Official, Disputed, Ordinary, Listing, Disallowed,
}

// Rings reports whether an article of this kind must ring.
func (k Kind) Rings() bool { return k == Carries || k == Question }

// IsArticle reports whether a page of this kind must end up in the archive.
func (k Kind) IsArticle() bool { return k != Listing && k != Disallowed }

// aboutClaim reports whether a page of this kind speaks of a rumour, so that it must name the claim and its words.
func (k Kind) aboutClaim() bool {
	switch k {
	case Carries, Question, Denies, ReportsDebunk, ReportsPenalty:
		return true
	}
	return false
}

// Trait is what is technically odd about a page.
type Trait string

// The traits. Most pages have none.
const (
	Unmarked   Trait = "unmarked"   // Vietnamese without any marks: "vo dap"
	NFD        Trait = "nfd"        // served in decomposed Unicode
	OldTones   Trait = "old-tones"  // hoà, thuỷ instead of hòa, thủy
	Edited     Trait = "edited"     // headline and text change with the second poll of the feed
	Syndicated Trait = "syndicated" // the same agency text in two outlets
	Hostile    Trait = "hostile"    // scripts, handlers, bidi controls, 2,000 nested tags around a decent article
)

var traits = []Trait{Unmarked, NFD, OldTones, Edited, Syndicated, Hostile}

// Expectation says what must become of one page.
type Expectation struct {
	URL       string // absolute once the site is started
	Path      string
	Slug      string // unique within an outlet
	Outlet    string // Source.ID
	Title     string // as first published
	Kind      Kind
	Trait     Trait
	Claim     string   // id in configs/claims of the claim it is about, the best fitting; empty where there is none
	Claims    []string // all ids that fit, Claim first: a rumour may be both a known one and of a known kind
	Words     []string // the words, as published, by which a reader knows the claim; each is in title, lead or text
	Published time.Time
	Rings     bool
}
