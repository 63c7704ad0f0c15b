package crawler

import "time"

// State is how a source is doing, in one word.
type State string

// The states of a source.
const (
	StateNew     State = "new"     // not polled yet
	StateOK      State = "ok"      // the last poll of every feed succeeded
	StateFailing State = "failing" // the last poll of at least one feed failed
	StateQuiet   State = "quiet"   // answers, but has shown nothing new for long
)

// SourceHealth is how one source is doing, for pages and the digest.
type SourceHealth struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Tier        int          `json:"tier"`
	State       State        `json:"state"`
	LastPoll    time.Time    `json:"last_poll,omitzero"`
	LastSuccess time.Time    `json:"last_success,omitzero"`
	LastItem    time.Time    `json:"last_item,omitzero"` // when a new item was last seen
	Items       int64        `json:"items"`              // new items seen since the state began
	Failures    int          `json:"failures"`           // polls failed in a row, the worst of its feeds
	Reason      Reason       `json:"reason,omitempty"`   // why it fails
	LastError   string       `json:"last_error,omitempty"`
	Feeds       []FeedHealth `json:"feeds"`
}

// FeedHealth is how one feed of a source is doing.
type FeedHealth struct {
	URL         string    `json:"url"`
	Title       string    `json:"title,omitempty"`
	LastPoll    time.Time `json:"last_poll,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastItem    time.Time `json:"last_item,omitzero"`
	NextPoll    time.Time `json:"next_poll,omitzero"`
	Items       int64     `json:"items"`
	Failures    int       `json:"failures"`
	Reason      Reason    `json:"reason,omitempty"`
	LastError   string    `json:"last_error,omitempty"`
}
