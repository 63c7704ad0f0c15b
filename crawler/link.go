package crawler

import (
	"time"

	"haidang/internal/article"
)

// LinkSchema is the version of the wire form of a Link.
const LinkSchema = 1

// Link is one page to fetch, as it travels over the bus: what the feed said of it, so that the article can be told
// even when its page cannot be read.
type Link struct {
	Schema       int            `json:"schema"`
	URL          string         `json:"url"`
	CanonicalURL string         `json:"canonical_url"`
	ArticleID    string         `json:"article_id"` // of the canonical URL as the feed gives it; the page may name another
	Host         string         `json:"host"`       // the key on the bus: one consumer owns a host
	Source       string         `json:"source"`     // Source.ID
	Feed         string         `json:"feed"`
	Item         Item           `json:"item"`
	Hash         string         `json:"hash"` // of what the feed shows; a new one is an edit
	Edit         bool           `json:"edit,omitempty"`
	Retry        int            `json:"retry,omitempty"`   // how many tries failed before this one; 0 as the feed gave it
	Revisit      int            `json:"revisit,omitempty"` // how many times a flagged article is read again with this one
	FirstSeen    time.Time      `json:"first_seen"`
	Origin       article.Origin `json:"origin"`
	Since        time.Time      `json:"since,omitzero"` // of a backfill: an article that came out before it is not wanted
	Until        time.Time      `json:"until,omitzero"` // of a backfill: nor one that came out after it
}

// Item is one entry of a feed, cleaned: plain text, an absolute http or https address, a normalised date.
type Item struct {
	ID            string             `json:"id,omitempty"`
	Title         string             `json:"title"`
	URL           string             `json:"url"`
	Published     time.Time          `json:"published,omitzero"`
	PublishedFrom article.DateSource `json:"published_from,omitempty"`
	PublishedRaw  string             `json:"published_raw,omitempty"`
	Updated       time.Time          `json:"updated,omitzero"`
	Summary       string             `json:"summary,omitempty"`
	Content       string             `json:"content,omitempty"` // the full text, where the feed carries it
}

// Feed is one feed, read.
type Feed struct {
	Title    string
	URL      string // the page the feed stands for
	Language string // as declared
	Items    []Item
	Repaired bool          // ill-formed, read after repair
	TTL      time.Duration // how long the feed asks to be left alone; 0 when it does not say
	Self     string        // its own address, as the hub knows it; "" when it does not say, or names another site
	Hub      string        // WebSub hub that it declares; "" when it declares none
}

// FeedDefaults is what a feed does not say of itself.
type FeedDefaults struct {
	ContentType string         // of the HTTP response, for its charset
	Language    string         // of the outlet: "vi" makes zone-less dates Vietnamese
	Location    *time.Location // of zone-less dates; nil chooses by host and language
	Now         time.Time      // dates after it are refused; zero means that none is
}
