// Package article holds the document that every stage passes on: one published article of an outlet, the verdict the
// classifier gave it, its identity and its wire form.
//
// An [Article] is identified by its canonical URL ([ID]), its wording by a [Revision]. There are no by-lines in it, by
// design. [Encode] and [Decode] are the only way an article goes onto the bus or into the archive.
package article

import (
	"time"
)

// Origin says how an article reached us. Only live articles may notify anybody.
type Origin string

// The origins of an article.
const (
	Live     Origin = "live"     // seen in a feed or on a page as it was published
	Backfill Origin = "backfill" // imported or crawled from an archive
	Replay   Origin = "replay"   // sent through the stages once more
)

// DateSource says where a publication date was read.
type DateSource string

// Where a publication date can come from, most trusted first.
const (
	DateFromFeed      DateSource = "feed"
	DateFromJSONLD    DateSource = "json-ld"
	DateFromMeta      DateSource = "meta"
	DateFromPage      DateSource = "page"       // a <time> element or a dateline in the text
	DateFromURL       DateSource = "url"        // digits in the address
	DateFromInput     DateSource = "input"      // given with an imported record
	DateFromFirstSeen DateSource = "first-seen" // none was given, or it was in the future or absurd
)

// Article is one published article. Title, Lead and Text hold what the outlet wrote, unnormalised, so that byte
// offsets into them are exact for ever.
type Article struct {
	Schema        int        `json:"schema"`
	ID            string     `json:"id"`
	URL           string     `json:"url,omitempty"`
	CanonicalURL  string     `json:"canonical_url,omitempty"`
	Outlet        string     `json:"outlet,omitempty"`         // name as shown, "Báo Bến Cảng"
	OutletCountry string     `json:"outlet_country,omitempty"` // ISO 3166-1 alpha-2, upper case
	OutletTier    int        `json:"outlet_tier,omitempty"`    // 1 national reach … 3 small; 0: not known
	Language      string     `json:"language,omitempty"`       // "vi", "en" or "other"
	Title         string     `json:"title"`
	Lead          string     `json:"lead,omitempty"`
	Text          string     `json:"text,omitempty"`
	Published     time.Time  `json:"published,omitzero"`
	PublishedFrom DateSource `json:"published_from,omitempty"`
	FirstSeen     time.Time  `json:"first_seen,omitzero"`
	Revision      string     `json:"revision,omitempty"`    // see Revise
	Origin        Origin     `json:"origin,omitempty"`      //
	Fingerprint   string     `json:"fingerprint,omitempty"` // text.Fingerprint in its text form
	Credit        string     `json:"credit,omitempty"`      // whom the text is credited to: "TTXVN", "AFP, Reuters"
	FeedOnly      bool       `json:"feed_only,omitempty"`   // the page could not be read: lead and text are the feed's
	CopyOf        string     `json:"copy_of,omitempty"`     // ID of an earlier article with nearly this text; the archive's, see package index
	Verdict       *Verdict   `json:"verdict,omitempty"`
}

// Field is the name of a part of an article that a span can point into.
type Field string

// The fields that are read.
const (
	Title Field = "title"
	Lead  Field = "lead"
	Text  Field = "text"
)

// Get returns the wording of one field, or "" for a name that is no field.
func (a *Article) Get(f Field) string {
	switch f {
	case Title:
		return a.Title
	case Lead:
		return a.Lead
	case Text:
		return a.Text
	}
	return ""
}
