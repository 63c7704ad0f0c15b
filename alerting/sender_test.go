package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/settings"
)

// hook is a webhook receiver at the edge: it takes the place of the network.
type hook struct {
	mu       sync.Mutex
	answer   func(n int) (status int, err error) // for the nth request
	requests []*http.Request
	bodies   []string
	times    []time.Time
}

func (h *hook) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests, h.bodies, h.times = append(h.requests, r), append(h.bodies, string(body)), append(h.times, time.Now())
	status := http.StatusNoContent
	if h.answer != nil {
		if status, err = h.answer(len(h.requests)); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

const hookSecret = "0123456789abcdef"

// withHook configures one webhook and the real clock, which synctest fakes.
func withHook(h *hook, change ...func(*Config)) func(*Config, *Deps) {
	return func(cfg *Config, deps *Deps) {
		cfg.Webhooks = []Webhook{{Name: "room", URL: "https://room.example.vn/in?key=planted-canary", Secret: settings.Secret(hookSecret)}}
		deps.HTTP, deps.Publisher, deps.Now = &http.Client{Transport: h}, nil, time.Now
		for _, f := range change {
			f(cfg)
		}
	}
}

// running runs the desk's sender for the rest of a test, or until stop.
func (d *testDesk) running() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("Run = %v", err)
		}
	}
}

func (d *testDesk) delivery() Delivery {
	d.t.Helper()
	all, err := d.deliveries(context.Background(), "1 = 1")
	if err != nil || len(all) != 1 {
		d.t.Fatalf("deliveries = %+v (%v), want one", all, err)
	}
	return all[0]
}

// bubble runs a test with a fake clock.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// pass lets fake time go by.
func pass(d time.Duration) { <-time.After(d) }

// counted returns the value of a counter with a label value.
func counted(t *testing.T, reg *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if f.GetName() == name && l.GetValue() == label {
					sum += m.GetCounter().GetValue()
				}
			}
		}
	}
	return sum
}

func TestWebhookIsSentAtOnceAndSigned(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := &hook{}
		d := newTestDesk(t, withHook(h))
		stop := d.running()
		synctest.Wait()
		d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
		pass(time.Millisecond) // fake time: lets the sender run
		stop()
		if len(h.requests) != 1 {
			t.Fatalf("%d requests, want 1", len(h.requests))
		}
		r, body := h.requests[0], h.bodies[0]
		var n Notification
		if err := json.Unmarshal([]byte(body), &n); err != nil {
			t.Fatal(err)
		}
		if n.Story.ID != d.only().ID || !n.Rings || n.Change != KindOpened || n.Article.ArticleID != "a1" || len(n.Article.Snippets) == 0 {
			t.Errorf("notification = %+v", n)
		}
		at := h.times[0].Unix()
		if got, want := r.Header.Get(HeaderSignature), Signature(hookSecret, at, []byte(body)); got != want {
			t.Errorf("signature = %q, want %q", got, want)
		}
		if v := d.delivery(); v.State != DeliverySent || v.Attempts != 1 || r.Header.Get(HeaderIdempotencyKey) != v.ID {
			t.Errorf("delivery = %+v, key %q", v, r.Header.Get(HeaderIdempotencyKey))
		}
	})
}

func TestSignatureIsTheDocumentedOne(t *testing.T) {
	// printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
	want := "sha256=9eb18f493f8ec135d9eb2dad817c369bb4e9cbfa818657897a7437c1cd8c3a23"
	got := Signature(hookSecret, 1700000000, []byte(`{"a":1}`))
	if got != want {
		t.Errorf("Signature = %q, want %q", got, want)
	}
	if Signature(hookSecret, 1700000001, []byte(`{"a":1}`)) == got || Signature(hookSecret, 1700000000, []byte(`{"a":2}`)) == got {
		t.Error("the signature covers neither the time nor the body")
	}
}

func TestRefusedWebhookIsTriedAgainWithTheSameKeyAndBody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := &hook{answer: func(n int) (int, error) {
			switch n {
			case 1:
				return http.StatusServiceUnavailable, nil
			case 2:
				return 0, errors.New("connection reset")
			case 3:
				return http.StatusFound, nil // a redirect is not followed
			}
			return http.StatusOK, nil
		}}
		d := newTestDesk(t, withHook(h))
		stop := d.running()
		d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
		pass(time.Minute)
		stop()
		if len(h.requests) != 4 {
			t.Fatalf("%d requests, want 4", len(h.requests))
		}
		for i, r := range h.requests {
			if r.Header.Get(HeaderIdempotencyKey) != h.requests[0].Header.Get(HeaderIdempotencyKey) || h.bodies[i] != h.bodies[0] {
				t.Errorf("request %d has another key or body", i+1)
			}
		}
		for i := 1; i < 4; i++ {
			full := 2 * time.Second << (i - 1)
			if wait := h.times[i].Sub(h.times[i-1]); wait < full/2 || wait > full+idle {
				t.Errorf("pause %d = %v, want between %v and %v", i, wait, full/2, full+idle)
			}
		}
		if v := d.delivery(); v.State != DeliverySent || v.Attempts != 4 {
			t.Errorf("delivery = %+v, want sent at the fourth attempt", v)
		}
	})
}

func TestExhaustedDeliveryFailsOnTheDesk(t *testing.T) {
	bubble(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		h := &hook{answer: func(int) (int, error) { return 0, errors.New("no route to host") }}
		d := newTestDesk(t, func(cfg *Config, deps *Deps) {
			withHook(h, func(c *Config) { c.Retry.Attempts = 4 })(cfg, deps)
			deps.Registerer = reg
		})
		stop := d.running()
		d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
		pass(time.Hour)
		stop()
		v := d.delivery()
		if v.State != DeliveryFailed || v.Attempts != 4 || !strings.Contains(v.LastError, "no route to host") {
			t.Errorf("delivery = %+v, want failed after 4 attempts", v)
		}
		if strings.Contains(v.LastError, "planted-canary") {
			t.Errorf("the error shows the webhook's address: %q", v.LastError)
		}
		if got, want := d.kinds(), "opened! delivery_failed"; got != want {
			t.Errorf("events = %q, want %q", got, want)
		}
		if c := d.counts(); c.DeliveriesFailed != 1 || c.DeliveriesPending != 0 {
			t.Errorf("counts = %+v", c)
		}
		if s := d.only(); s.Seq != 2 {
			t.Errorf("the story's seq = %d, want 2: its page must be drawn again", s.Seq)
		}
		if got := counted(t, reg, "haidang_alerting_deliveries_total", outcomeRetry); got != 3 {
			t.Errorf("retries counted = %v, want 3", got)
		}
	})
}

func TestCrashBetweenSendingAndMarkingRepeatsTheSameMessage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		topic := &published{}
		d := newTestDesk(t, func(_ *Config, deps *Deps) { deps.Publisher, deps.Now = topic, time.Now })
		d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
		ctx, kill := context.WithCancel(context.Background())
		topic.after = kill
		if err := d.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if v := d.delivery(); v.State != DeliveryPending || v.Attempts != 1 {
			t.Fatalf("after the crash: %+v, want it pending", v)
		}
		topic.after = nil
		stop := d.running()
		pass(time.Minute) // the lease runs out
		stop()
		if len(topic.keys) != 2 || topic.values[0] != topic.values[1] || topic.keys[0] != d.only().ID || topic.keys[0] != topic.keys[1] {
			t.Errorf("published %d times with keys %q, want the same message twice under the story's ID", len(topic.keys), topic.keys)
		}
		if v := d.delivery(); v.State != DeliverySent {
			t.Errorf("delivery = %+v, want sent", v)
		}
	})
}

func TestTwoSendersSendOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := &hook{}
		d := newTestDesk(t, withHook(h))
		other, err := New(d.cfg, Deps{DB: d.db, HTTP: &http.Client{Transport: h}, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for _, desk := range []*Desk{d.Desk, other} {
			wg.Go(func() { _ = desk.Run(ctx) })
		}
		for _, claim := range []string{"c1", "c2", "c3", "c4", "c5", "c6"} {
			d.handle(about(claim, claim, "Báo Bến Cảng", 0, tellingA))
		}
		pass(time.Minute)
		cancel()
		wg.Wait()
		keys := map[string]int{}
		for _, r := range h.requests {
			keys[r.Header.Get(HeaderIdempotencyKey)]++
		}
		if len(keys) != 6 || len(h.requests) != 6 {
			t.Errorf("%d requests for %d keys, want 6 and 6", len(h.requests), len(keys))
		}
	})
}

func TestHungReceiverHoldsUpNobodyElse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		topic := &published{}
		hung := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		d := newTestDesk(t, func(cfg *Config, deps *Deps) {
			withHook(&hook{})(cfg, deps)
			deps.HTTP, deps.Publisher = &http.Client{Transport: hung}, topic
		})
		stop := d.running()
		d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
		pass(5 * time.Second)
		if len(topic.keys) != 1 {
			t.Errorf("the topic has %d messages while the webhook hangs, want 1", len(topic.keys))
		}
		pass(6 * time.Second)
		stop()
		late, err := d.Deliveries(context.Background(), DeliveryPending, 10)
		if err != nil || len(late) != 1 || late[0].Attempts != 1 || !strings.Contains(late[0].LastError, "deadline") {
			t.Errorf("pending = %+v (%v), want the webhook after one timed-out attempt", late, err)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWhoIsToldOfWhat(t *testing.T) {
	d := newTestDesk(t, func(cfg *Config, deps *Deps) {
		withHook(&hook{}, func(c *Config) { c.Webhooks[0].MinSeverity = "critical" })(cfg, deps)
		deps.Publisher, deps.Now = &published{}, func() time.Time { return start }
	})
	d.handle(about("dam", "a1", "Báo Bến Cảng", -9, tellingA), about("dam", "d1", "Báo Tỉnh", -5, tellingC, denies), about("dam", "d2", "Tin Nhanh", -1, tellingB, denies))
	all, err := d.deliveries(context.Background(), "1 = 1 ORDER BY key DESC")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range all {
		got = append(got, v.Receiver+" "+string(v.Change))
	}
	if want := "kafka opened, kafka answered"; strings.Join(got, ", ") != want {
		t.Errorf("deliveries = %q, want %q: the room wants critical stories only, and a denial rings nobody", got, want)
	}
}

func TestBackoffGrowsToItsLimit(t *testing.T) {
	r := DefaultConfig().Retry
	for attempts, full := range map[int]time.Duration{1: 2 * time.Second, 2: 4 * time.Second, 5: 32 * time.Second, 11: 15 * time.Minute, 4000: 15 * time.Minute} {
		for range 50 {
			if got := r.wait(attempts); got < full/2 || got > full {
				t.Fatalf("wait(%d) = %v, want between %v and %v", attempts, got, full/2, full)
			}
		}
	}
}
