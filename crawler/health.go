package crawler

import (
	"context"
	"time"
)

// State is how a source is doing, in one word.
type State string

// States are the states of a source.
func States() []State { return []State{StateNew, StateOK, StateFailing, StateQuiet} }

// The states of a source.
const (
	StateNew     State = "new"     // not polled yet
	StateOK      State = "ok"      // the last poll of every feed succeeded
	StateFailing State = "failing" // the last poll of at least one feed failed
	StateQuiet   State = "quiet"   // answers, but is silent for longer than its own rhythm explains
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
	Expected    int          `json:"expected,omitempty"` // of a quiet source: items that its silence would have had
	Missed      int64        `json:"missed,omitempty"`   // items that its sitemaps had and its feeds did not show
	Failures    int          `json:"failures"`           // polls failed in a row, the worst of its feeds
	Reason      Reason       `json:"reason,omitempty"`   // why it fails
	LastError   string       `json:"last_error,omitempty"`
	Feeds       []FeedHealth `json:"feeds"`
}

// FeedHealth is how one feed, sitemap or section page of a source is doing.
type FeedHealth struct {
	URL         string        `json:"url"`
	Channel     Channel       `json:"channel"`
	MovedTo     string        `json:"moved_to,omitempty"` // where a permanent redirect led; worth a change of the entry
	Interval    time.Duration `json:"interval,omitempty"` // between two polls, at present
	Daily       bool          `json:"daily,omitempty"`    // it failed so often that it is asked once a day
	Lied        time.Time     `json:"lied,omitzero"`      // when it last said that nothing had changed, untruly
	Missed      int64         `json:"missed,omitempty"`   // items of a sitemap that no feed had shown
	Title       string        `json:"title,omitempty"`
	LastPoll    time.Time     `json:"last_poll,omitzero"`
	LastSuccess time.Time     `json:"last_success,omitzero"`
	LastItem    time.Time     `json:"last_item,omitzero"`
	NextPoll    time.Time     `json:"next_poll,omitzero"`
	Items       int64         `json:"items"`
	Failures    int           `json:"failures"`
	Reason      Reason        `json:"reason,omitempty"`
	LastError   string        `json:"last_error,omitempty"`
}

// Health tells how each source is doing, in the order of the configuration.
func (c *Crawler) Health(ctx context.Context) ([]SourceHealth, error) {
	states, err := c.state.feeds(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range c.noted() {
		states[f.url] = f
	}
	now := c.deps.Now()
	hours, err := c.state.hours(ctx, now.Add(-historySpan))
	if err != nil {
		return nil, err
	}
	out := make([]SourceHealth, 0, len(c.cfg.Sources))
	for i := range c.cfg.Sources {
		src := &c.cfg.Sources[i]
		if src.Disabled {
			continue
		}
		h := SourceHealth{ID: src.ID, Name: src.Name, Tier: src.Tier}
		for _, p := range src.polled() {
			h.add(states[p.url], p)
		}
		h.State = h.judge(hours[src.ID], now)
		out = append(out, h)
	}
	return out, nil
}

func (h *SourceHealth) add(f feedState, p polled) {
	h.Feeds = append(h.Feeds, FeedHealth{
		URL: p.url, Channel: p.channel, MovedTo: f.movedTo, Interval: f.interval, Daily: f.strikes >= dailyStrikes, Lied: f.lied, Missed: f.missed, Title: f.title, LastPoll: f.lastPoll, LastSuccess: f.lastSuccess, LastItem: f.lastItem, NextPoll: f.next,
		Items: f.items, Failures: int(f.failures), Reason: f.reason, LastError: f.err,
	})
	h.LastPoll, h.LastSuccess, h.LastItem = latest(h.LastPoll, f.lastPoll), latest(h.LastSuccess, f.lastSuccess), latest(h.LastItem, f.lastItem)
	h.Items += f.items
	h.Missed += f.missed
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

func (h *SourceHealth) judge(hours map[int64]int64, now time.Time) State {
	switch {
	case h.LastPoll.IsZero():
		return StateNew
	case h.Failures > 0:
		return StateFailing
	case h.isQuiet(hours, now):
		return StateQuiet
	}
	return StateOK
}
