package chat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// edge takes the place of the network: it answers whatever the service would be glad of.
type edge struct {
	mu     sync.Mutex
	seen   []string // host and body of each request
	status int
	err    error
	header http.Header
}

func (e *edge) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = append(e.seen, r.URL.Host+r.URL.Path+" "+body)
	if e.err != nil {
		return nil, e.err
	}
	answer := `{"ok":true,"id":1,"success":true,"result":{},"code":0,"StatusCode":0,"errcode":0,"access_token":"t","flows":[{"type":"m.login.password"}],"joined_rooms":["!r:e.vn"],"event_id":"e"}`
	if strings.Contains(r.URL.Host, "slack") {
		answer = "ok"
	}
	if strings.Contains(r.URL.Host, "office") {
		answer = "1"
	}
	return &http.Response{StatusCode: e.status, Status: http.StatusText(e.status), Header: e.header, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// addresses is one for each service, with planted secrets.
var addresses = map[string]string{
	"discord":    "discord://planted_token@123456789012345678",
	"googlechat": "googlechat://chat.googleapis.com/v1/spaces/planted_space/messages?key=planted_key&token=planted_token",
	"gotify":     "gotify://push.example.vn/Aplanted_token1",
	"lark":       "lark://open.larksuite.com/planted_token?secret=planted_secret",
	"matrix":     "matrix://:planted_token@matrix.example.vn/?rooms=!planted_room:example.vn",
	"mattermost": "mattermost://bot@chat.example.vn/planted_token/desk",
	"ntfy":       "ntfy://planted_user:planted_password@ntfy.example.vn/planted_topic",
	"rocketchat": "rocketchat://bot@rocket.example.vn/planted_token/planted_secret/desk",
	"slack":      "slack://hook:T1A2B3C4D-B1A2B3C4D-plantedtokenplantedtoken@webhook",
	"teams":      "teams://11111111-4444-4444-8444-cccccccccccc@22222222-4444-4444-8444-cccccccccccc/33333333012222222222333333333344/44444444-4444-4444-8444-cccccccccccc/V2ESyij_gAljSoUQHvZoZYzlpAoAXExyOl26dlf1xHEx05?host=planted.webhook.office.com",
	"telegram":   "telegram://123456789:planted_token_planted_token_plantedt@telegram?chats=@planted_room",
	"wecom":      "wecom://planted_key_planted_key",
}

// TestEveryServiceLeavesByTheGuardedWay: none of them has a way out of its own, and none shows its secrets when it fails.
func TestEveryServiceLeavesByTheGuardedWay(t *testing.T) {
	for _, name := range services {
		t.Run(name, func(t *testing.T) {
			address := addresses[name]
			if err := Check(address); err != nil {
				t.Fatal(err)
			}
			e := &edge{status: http.StatusOK}
			s := New(e, time.Second)
			if err := s.Send(t.Context(), address, "[Cao] Cần kiểm chứng", "Nội dung: đập vỡ"); err != nil {
				t.Errorf("Send = %v", err)
			}
			if len(e.seen) == 0 || !strings.Contains(strings.Join(e.seen, "\n"), "Cần kiểm chứng") && name != "rocketchat" {
				t.Errorf("the network saw %q, want the message", e.seen)
			}
			for _, broken := range []*edge{{err: errors.New("no route to host")}, {status: http.StatusForbidden}, {status: http.StatusFound, header: http.Header{"Location": {"http://127.0.0.1/"}}}} {
				err := New(broken, time.Second).Send(t.Context(), address, "a", "b")
				if err == nil || strings.Contains(err.Error(), "planted") || strings.Contains(err.Error(), "cccccccccccc") {
					t.Errorf("Send = %v; want an error without secrets", err)
				}
				if len(broken.seen) == 0 {
					t.Errorf("nothing passed the guarded way: %v", err)
				}
			}
		})
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ address, want string }{
		{"", "must begin with one of discord://"},
		{"smtp://planted@mail.example.vn", "must begin with"},
		{"generic://127.0.0.1/planted", "must begin with"},
		{"zulip://planted@a.example.vn", "must begin with"},
		{"telegram://planted", "not as telegram needs it"},
		{"slack://planted", "not as slack needs it"},
	} {
		err := Check(tt.address)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "planted") {
			t.Errorf("Check(%q) = %v, want %q and no secret", tt.address, err, tt.want)
		}
	}
}

// TestHostileAnswersAreBounded: an endless answer is cut off, one that never comes is an error.
func TestHostileAnswersAreBounded(t *testing.T) {
	endless := roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(zeros{}), Request: r}, nil
	})
	silent := roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	if err := New(endless, time.Minute).Send(t.Context(), addresses["telegram"], "a", "b"); err != nil {
		t.Errorf("endless: Send = %v, want nil: it was accepted", err)
	}
	if err := New(silent, 20*time.Millisecond).Send(t.Context(), addresses["telegram"], "a", "b"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("silent: Send = %v, want that it took too long", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
func (zeros) Close() error               { return nil }
