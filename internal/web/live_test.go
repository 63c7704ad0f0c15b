package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haidang/alerting"
)

// nextEvent is the name of the next server-sent event and its lines.
func nextEvent(t *testing.T, r *bufio.Reader) (name string, lines map[string]string) {
	t.Helper()
	lines = map[string]string{}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("live feed ended: %v", err)
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			return lines["event"], lines
		}
		key, value, _ := strings.Cut(line, ": ")
		lines[key] = value
	}
}

// readEvent reads server-sent events until the wanted one.
func readEvent(t *testing.T, r *bufio.Reader, name string) (id, data string) {
	t.Helper()
	for {
		if got, lines := nextEvent(t, r); got == name {
			return lines["id"], lines["data"]
		}
	}
}

func openFeed(t *testing.T, srv *httptest.Server, path, last string) *bufio.Reader {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Fatalf("live feed is %q, status %d", res.Header.Get("Content-Type"), res.StatusCode)
	}
	return bufio.NewReader(res.Body)
}

func TestLiveFeedSendsNewStoriesAndReplaysMissedOnes(t *testing.T) {
	srv, desk := newSite(t)
	desk.events = []alerting.Event{{Seq: 5, Kind: alerting.KindOpened, Rings: true, StoryID: "s1"}}
	id, data := "", ""
	feed := openFeed(t, srv, "/events?after=4", "")
	_, data = readEvent(t, feed, "story")
	var got liveStory
	if err := json.Unmarshal([]byte(data), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != "s1" || !got.Rings || !strings.Contains(got.Row, "Đập ở thượng nguồn đã vỡ") || strings.Contains(got.Row, "<script>") {
		t.Errorf("live story = %+v", got)
	}
	if _, data := readEvent(t, feed, "counts"); !strings.Contains(data, "1.234") {
		t.Errorf("the counts are not sent after a change: %s", data)
	}
	if id, _ = readEvent(t, feed, "seen"); id != "5" {
		t.Errorf("the event's id is %q, want 5: a browser could not go on from it", id)
	}
	again := openFeed(t, srv, "/events?after=5", "4") // what the browser saw last wins over the page's own number
	if _, data = readEvent(t, again, "story"); !strings.Contains(data, "s1") {
		t.Errorf("a reconnecting browser is not told what it missed: %s", data)
	}
}

func TestLiveFeedRefusesNonsense(t *testing.T) {
	srv, _ := newSite(t)
	for _, after := range []string{"x", "-1", "99999999999999999999"} {
		if res, _ := get(t, srv, "/events?after="+after, ""); res.StatusCode != 400 {
			t.Errorf("after=%s got %d, want 400", after, res.StatusCode)
		}
	}
}

// TestLiveFeedTellsAStalePageToReload: the numbers of events mean something within one database only. A page that is
// still open from another one, or from an older build, must be loaded anew instead of waiting for ever.
func TestLiveFeedTellsAStalePageToReload(t *testing.T) {
	srv, desk := newSite(t)
	desk.events = []alerting.Event{{Seq: 5, At: now, Kind: alerting.KindOpened, Rings: true, StoryID: "s1"}}
	_, page := get(t, srv, "/", "")
	epoch := regexp.MustCompile(`data-epoch="([^"]+)"`).FindStringSubmatch(page)[1]
	build, _, _ := strings.Cut(epoch, "-")
	for _, tt := range []struct{ name, after, epoch, want string }{
		{"same desk", "4", epoch, "story"},
		{"no epoch given", "4", "", "story"},
		{"page of the desk while it was empty", "0", build + "-", "story"},
		{"another desk", "4", build + "-other-1", "reset"},
		{"another build", "4", "older" + epoch, "reset"},
		{"beyond the last event", "6", epoch, "reset"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := url.Values{"after": {tt.after}, "epoch": {tt.epoch}}
			feed := openFeed(t, srv, "/events?"+q.Encode(), "")
			for {
				name, _ := nextEvent(t, feed)
				if name == tt.want {
					return
				}
				if name != "counts" && name != "" {
					t.Fatalf("feed sent %q, want %q", name, tt.want)
				}
			}
		})
	}
}

func TestLiveFeedSpeaksTheLanguageOfItsPage(t *testing.T) {
	srv, desk := newSite(t)
	desk.events = []alerting.Event{{Seq: 5, At: now, Kind: alerting.KindOpened, Rings: true, StoryID: "s1"}}
	feed := openFeed(t, srv, "/events?language=en", "")
	if _, data := readEvent(t, feed, "story"); !strings.Contains(data, "New story: A dam upstream has burst") {
		t.Errorf("a feed of an English page sends %s", data)
	}
}

func TestLiveFeedsAreBounded(t *testing.T) {
	s := newServer(t, &fakeDesk{})
	for range maxFeeds {
		s.feeds <- struct{}{}
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/events", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("feed %d got status %d, Retry-After %q; want 503 and a number", maxFeeds+1, w.Code, w.Header().Get("Retry-After"))
	}
	if len(s.feeds) != maxFeeds {
		t.Errorf("a refused feed changed the number of open ones to %d", len(s.feeds))
	}
}

// pipeFeed serves one request over an in-memory connection, whose deadlines follow the clock of a synctest bubble.
func pipeFeed(t *testing.T, s *Server) (client net.Conn, done chan struct{}) {
	t.Helper()
	server, client := net.Pipe()
	l := &oneConn{conn: server, closed: make(chan struct{})}
	srv := &http.Server{Handler: s.Handler()}
	done = make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { _ = srv.Close(); _ = client.Close(); <-done })
	if _, err := client.Write([]byte("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	return client, done
}

// oneConn is a listener with a single connection.
type oneConn struct {
	conn   net.Conn
	given  bool
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if !l.given {
		l.given = true
		return l.conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error   { close(l.closed); return nil }
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func TestLiveFeedBeatsWhenNothingHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := pipeFeed(t, newServer(t, &fakeDesk{}))
		feed, start := bufio.NewReader(client), time.Now()
		readEvent(t, feed, "counts")
		readEvent(t, feed, "counts")
		if beat := time.Since(start); beat != liveHeartbeat {
			t.Errorf("a silent feed beat after %v, want %v", beat, liveHeartbeat)
		}
	})
}

func TestLiveFeedCutsAReaderThatTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, &fakeDesk{})
		pipeFeed(t, s)
		synctest.Wait()
		if len(s.feeds) != 1 {
			t.Fatalf("%d feeds are open, want 1", len(s.feeds))
		}
		<-time.After(liveWrite + time.Second) // by the clock of the bubble: it takes no time
		synctest.Wait()
		if len(s.feeds) != 0 {
			t.Errorf("a reader that takes nothing still holds its place after %v", liveWrite)
		}
	})
}

func TestHeadlinesAreReadOnce(t *testing.T) {
	desk := &fakeDesk{stories: []alerting.StoryDetail{detail("s1")}}
	s := newServer(t, desk)
	for range 3 {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/", nil))
		if w.Code != 200 {
			t.Fatalf("desk: status %d", w.Code)
		}
	}
	if desk.reads != 1 {
		t.Errorf("three desks read the story %d times, want once", desk.reads)
	}
	desk.stories[0].Seq++
	s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/", nil))
	if desk.reads != 2 {
		t.Errorf("a story that has changed was read %d times in all, want 2", desk.reads)
	}
}
