package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"haidang/alerting"
)

const (
	livePattern   = "GET /events"
	liveBatch     = 200
	livePoll      = time.Second      // another process may write the stories: the bell rings only in ours
	liveHeartbeat = 15 * time.Second // keeps proxies from closing an idle connection, and the counts true
	liveWrite     = 30 * time.Second // a reader that takes nothing for so long is cut; it comes back by itself
)

// liveStory is one change on the desk: the row to put in, ready to show.
type liveStory struct {
	ID    string `json:"id"`
	Seq   int64  `json:"seq"`
	Rings bool   `json:"rings"` // a new story: it goes to the top, and the page may draw attention to it
	Says  string `json:"says"`  // for screen readers
	Row   string `json:"row"`
	Open  bool   `json:"open"`  // it still wants something of somebody
	Owner string `json:"owner"` // the ID of who has it in hand
}

// live is the feed of server-sent events behind the desk. Each event's id is its number in the database, so a page that
// lost its connection, or whose server was restarted, is told all it has missed.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	f, err := s.openFeed(w, r)
	if err != nil {
		return err
	}
	select {
	case s.feeds <- struct{}{}:
		defer func() { <-s.feeds }()
	default:
		w.Header().Set("Retry-After", "60")
		return errBusy
	}
	s.metrics.feeds.Inc()
	defer s.metrics.feeds.Dec()
	wake, cancel := s.deps.Desk.Subscribe()
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := f.run(r.Context(), wake); err != nil {
		s.log.Debug("live feed ended", "err", err) // the page reconnects and asks again from where it was
	}
	return nil
}

// liveFeed is one open feed.
type liveFeed struct {
	server  *Server
	control *http.ResponseController
	w       http.ResponseWriter
	l       language
	acts    bool   // the reader may tick rows
	epoch   string // the desk that the page shows; "" when it does not say
	after   int64
}

// openFeed reads what the page asks for: its language, the desk it shows, and the event to begin after.
func (s *Server) openFeed(w http.ResponseWriter, r *http.Request) (*liveFeed, error) {
	after, err := liveStart(r)
	if err != nil {
		return nil, err
	}
	v, err := s.visitor(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	f := &liveFeed{acts: v.Known(), server: s, control: http.NewResponseController(w), w: w, l: s.language(r), epoch: q.Get("epoch"), after: after}
	if l := q.Get("language"); l == "vi" || l == "en" {
		f.l = language(l) // another tab may have chosen another one since
	}
	return f, nil
}

// liveStart is the event to begin after: what the browser saw last, or what the page was rendered with.
func liveStart(r *http.Request) (int64, error) {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	if last == "" {
		return 0, nil
	}
	after, err := strconv.ParseInt(last, 10, 64)
	if err != nil || after < 0 {
		return 0, badRequest{fmt.Sprintf("after=%q: not the number of an event", last)}
	}
	return after, nil
}

// run sends until the reader goes or the server stops.
func (f *liveFeed) run(ctx context.Context, wake <-chan struct{}) error {
	if err := f.send("retry: 2000\n\n"); err != nil {
		return err
	}
	stale, err := f.stale(ctx)
	if err != nil {
		return err
	}
	if stale {
		return f.event("reset", struct{}{})
	}
	if err := f.counts(ctx); err != nil {
		return err
	}
	poll, beat := time.NewTicker(livePoll), time.NewTicker(liveHeartbeat)
	defer poll.Stop()
	defer beat.Stop()
	for {
		if err := f.catchUp(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-poll.C:
		case <-beat.C:
			if err := f.counts(ctx); err != nil {
				return err
			}
		}
	}
}

// stale reports whether the page shows another desk than ours, or an older form of it, and must be loaded anew: the
// numbers of its events mean nothing here.
func (f *liveFeed) stale(ctx context.Context) (bool, error) {
	epoch, err := f.server.epoch(ctx)
	if err != nil {
		return false, err
	}
	counts, err := f.server.deps.Desk.Counts(ctx)
	if err != nil {
		return false, err
	}
	return !sameEpoch(f.epoch, epoch) || f.after > counts.LastSeq, nil
}

// epoch names this desk and the pages that show it: what the pages are built from, and the first event ever.
func (s *Server) epoch(ctx context.Context) (string, error) {
	first, err := s.deps.Desk.Events(ctx, 0, 1)
	if err != nil {
		return "", err
	}
	if len(first) == 0 {
		return s.build + "-", nil
	}
	return fmt.Sprintf("%s-%s-%d", s.build, first[0].StoryID, first[0].At.UnixMilli()), nil
}

// sameEpoch compares what a page shows with what there is. A page of an empty desk fits every desk.
func sameEpoch(shown, now string) bool {
	return shown == "" || shown == now || strings.HasSuffix(shown, "-") && strings.HasPrefix(now, shown)
}

// catchUp sends every story that has changed since the last event sent, once each.
func (f *liveFeed) catchUp(ctx context.Context) error {
	for {
		events, err := f.server.deps.Desk.Events(ctx, f.after, liveBatch)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, change := range changes(events) {
			if err := f.story(ctx, change); err != nil {
				return err
			}
		}
		if err := f.counts(ctx); err != nil {
			return err
		}
		f.after = events[len(events)-1].Seq
		if err := f.send(fmt.Sprintf("id: %d\nevent: seen\ndata: {}\n\n", f.after)); err != nil {
			return err
		}
	}
}

// changes are the stories that events speak of, once each, with the number of the last event of each.
func changes(events []alerting.Event) []liveStory {
	at := map[string]int{}
	var out []liveStory
	for _, e := range events {
		i, ok := at[e.StoryID]
		if !ok {
			i = len(out)
			at[e.StoryID] = i
			out = append(out, liveStory{ID: e.StoryID})
		}
		out[i].Seq, out[i].Rings = e.Seq, out[i].Rings || e.Rings
	}
	return out
}

// story sends one row. A story that never rang has no row on the desk.
func (f *liveFeed) story(ctx context.Context, change liveStory) error {
	k, err := f.server.knownStory(ctx, change.ID, change.Seq)
	if errors.Is(err, alerting.ErrNotFound) {
		return nil // merged away since
	}
	if err != nil || !k.story.Rang() {
		return err
	}
	row := f.server.row(f.l, &k.story, k.headline)
	row.Acts, change.Open, change.Owner = f.acts, k.story.State.Open(), k.story.Owner
	if change.Row, err = f.render("row", row); err != nil {
		return err
	}
	change.Says = f.l.T("desk.says", row.Statement())
	return f.event("story", change)
}

// counts sends the numbers above the rows; it is the heartbeat too.
func (f *liveFeed) counts(ctx context.Context) error {
	counts, err := f.server.counts(ctx, f.l)
	if err != nil {
		return err
	}
	line, err := f.render("counts", counts.line)
	if err != nil {
		return err
	}
	return f.event("counts", line)
}

func (f *liveFeed) render(name string, data any) (string, error) {
	var out bytes.Buffer
	err := f.server.pages["desk"].ExecuteTemplate(&out, name, data)
	return out.String(), err
}

func (f *liveFeed) event(name string, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return f.send("event: " + name + "\ndata: " + string(encoded) + "\n\n")
}

func (f *liveFeed) send(s string) error {
	if err := f.control.SetWriteDeadline(time.Now().Add(liveWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := f.w.Write([]byte(s)); err != nil {
		return err
	}
	return f.control.Flush()
}
