package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"haidang/alerting"
)

const (
	livePattern   = "GET /events"
	liveBatch     = 200
	livePoll      = time.Second      // another process may write the stories: the bell rings only in ours
	liveHeartbeat = 15 * time.Second // keeps proxies from closing an idle connection
	liveWrite     = 30 * time.Second // a reader that takes nothing for so long is cut; it comes back by itself
)

// liveStory is one change on the desk: the row to put in, ready to show.
type liveStory struct {
	ID     string `json:"id"`
	Seq    int64  `json:"seq"`
	Rings  bool   `json:"rings"` // a new story: it goes to the top, and the page may draw attention to it
	Row    string `json:"row"`
	Counts string `json:"counts"`
}

// live is the feed of server-sent events behind the desk. Each event's id is its number in the database, so a page that
// lost its connection, or whose server was restarted, is told all it has missed.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	after, err := liveStart(r)
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
	f := &liveFeed{server: s, request: r, control: http.NewResponseController(w), w: w, after: after}
	if err := f.send("retry: 2000\n\n"); err != nil {
		return nil
	}
	poll, beat := time.NewTicker(livePoll), time.NewTicker(liveHeartbeat)
	defer poll.Stop()
	defer beat.Stop()
	for {
		if err := f.catchUp(); err != nil {
			s.log.Debug("live feed ended", "err", err)
			return nil // the page reconnects and asks again from where it was
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-wake:
		case <-poll.C:
		case <-beat.C:
			if err := f.send(": still here\n\n"); err != nil {
				return nil
			}
		}
	}
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

type liveFeed struct {
	server  *Server
	request *http.Request
	control *http.ResponseController
	w       http.ResponseWriter
	after   int64
}

// catchUp sends every story that has changed since the last event sent, once each.
func (f *liveFeed) catchUp() error {
	for {
		events, err := f.server.deps.Desk.Events(f.request.Context(), f.after, liveBatch)
		if err != nil || len(events) == 0 {
			return err
		}
		changed, rings := map[string]int64{}, map[string]bool{}
		var order []string
		for _, e := range events {
			if _, ok := changed[e.StoryID]; !ok {
				order = append(order, e.StoryID)
			}
			changed[e.StoryID] = e.Seq
			rings[e.StoryID] = rings[e.StoryID] || e.Rings
		}
		for _, id := range order {
			if err := f.story(id, changed[id], rings[id]); err != nil {
				return err
			}
		}
		f.after = events[len(events)-1].Seq
		if err := f.send(fmt.Sprintf("id: %d\nevent: seen\ndata: {}\n\n", f.after)); err != nil {
			return err
		}
	}
}

// story sends one row. A story that never rang has no row on the desk.
func (f *liveFeed) story(id string, seq int64, rings bool) error {
	detail, err := f.server.deps.Desk.Story(f.request.Context(), id)
	if errors.Is(err, alerting.ErrNotFound) {
		return nil // merged away since
	}
	if err != nil || !detail.Rang() {
		return err
	}
	counts, err := f.server.counts(f.request)
	if err != nil {
		return err
	}
	var html, line bytes.Buffer
	desk := f.server.pages["desk"]
	if err := desk.ExecuteTemplate(&html, "row", f.server.row(f.request, &detail.Story)); err != nil {
		return err
	}
	if err := desk.ExecuteTemplate(&line, "counts", counts.line); err != nil {
		return err
	}
	data, err := json.Marshal(liveStory{ID: id, Seq: seq, Rings: rings, Row: html.String(), Counts: line.String()})
	if err != nil {
		return err
	}
	return f.send("event: story\ndata: " + string(data) + "\n\n")
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
