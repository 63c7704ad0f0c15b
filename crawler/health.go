package crawler

import (
	"context"
	"time"
)

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

// Health tells how each source is doing, in the order of the configuration.
func (c *Crawler) Health(ctx context.Context) ([]SourceHealth, error) {
	states, err := c.state.feeds(ctx)
	if err != nil {
		return nil, err
	}
	now := c.deps.Now()
	out := make([]SourceHealth, 0, len(c.cfg.Sources))
	for i := range c.cfg.Sources {
		src := &c.cfg.Sources[i]
		if src.Disabled {
			continue
		}
		h := SourceHealth{ID: src.ID, Name: src.Name, Tier: src.Tier}
		for _, url := range src.Feeds {
			h.add(states[url], url)
		}
		h.State = h.judge(now)
		out = append(out, h)
	}
	return out, nil
}

func (h *SourceHealth) add(f feedState, url string) {
	h.Feeds = append(h.Feeds, FeedHealth{
		URL: url, Title: f.title, LastPoll: f.lastPoll, LastSuccess: f.lastSuccess, LastItem: f.lastItem, NextPoll: f.next,
		Items: f.items, Failures: int(f.failures), Reason: f.reason, LastError: f.err,
	})
	h.LastPoll, h.LastSuccess, h.LastItem = latest(h.LastPoll, f.lastPoll), latest(h.LastSuccess, f.lastSuccess), latest(h.LastItem, f.lastItem)
	h.Items += f.items
	if int(f.failures) > h.Failures {
		h.Failures, h.Reason, h.LastError = int(f.failures), f.reason, f.err
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// quietAfter is when silence is worth a look, by tier.
func quietAfter(tier int) time.Duration {
	switch tier {
	case 1:
		return 24 * time.Hour
	case 2:
		return 3 * 24 * time.Hour
	}
	return 7 * 24 * time.Hour
}

func (h *SourceHealth) judge(now time.Time) State {
	switch {
	case h.LastPoll.IsZero():
		return StateNew
	case h.Failures > 0:
		return StateFailing
	case !h.LastItem.IsZero() && now.Sub(h.LastItem) > quietAfter(h.Tier):
		return StateQuiet
	}
	return StateOK
}
