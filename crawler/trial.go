package crawler

import (
	"context"
	"time"

	"haidang/internal/article"
)

// Trial is what one feed, sitemap or section page said when it was asked once.
type Trial struct {
	Source  string    `json:"source,omitempty"`
	URL     string    `json:"url"`
	Channel Channel   `json:"channel"`
	Title   string    `json:"title,omitempty"`
	Items   int       `json:"items"`
	Newest  time.Time `json:"newest,omitzero"`
	Moved   string    `json:"moved,omitempty"` // where a permanent redirect leads
	Hub     string    `json:"hub,omitempty"`   // WebSub
	Reason  Reason    `json:"reason,omitempty"`
	Err     error     `json:"-"`
}

// Try asks everything of a source once, in order, and reads it as the crawler would. It keeps no state.
func (f *Fetcher) Try(ctx context.Context, src *Source) []Trial {
	var out []Trial
	for _, p := range src.polled() {
		t := f.try(ctx, src, p)
		t.Source = src.ID
		out = append(out, t)
	}
	return out
}

func (f *Fetcher) try(ctx context.Context, src *Source, p polled) Trial {
	t := Trial{URL: p.url, Channel: p.channel}
	a, err := f.ask(ctx, p, FeedRequest{URL: p.url})
	if err == nil {
		var feed Feed
		feed, err = p.read(a, FeedDefaults{ContentType: a.res.ContentType, Language: src.Language, Location: src.location(), Now: time.Now()})
		t.Title, t.Items, t.Hub = feed.Title, len(feed.Items), feed.Hub
		for _, it := range feed.Items {
			if it.PublishedFrom == article.DateFromFeed {
				t.Newest = latest(t.Newest, it.Published)
			}
		}
		if err == nil && a.res.Moved != p.url {
			t.Moved = a.res.Moved
		}
	}
	t.Reason, t.Err = ReasonOf(err), err
	return t
}

// ask sends one request, as the channel needs it.
func (f *Fetcher) ask(ctx context.Context, p polled, r FeedRequest) (a answer, err error) {
	switch p.channel {
	case ChannelSection:
		a.res, err = f.Page(ctx, r.URL)
	case ChannelSitemap:
		a.res, a.parts, err = f.sitemaps(ctx, r)
	default:
		a.res, err = f.Feed(ctx, r)
	}
	return a, err
}
