package bus_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/bus"
)

// oneSentence wants a kind of error that a person can read in one line.
func oneSentence(t *testing.T, err, kind error, parts ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error = %v, want %v", err, kind)
	}
	if strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
		t.Errorf("error is not one sentence: %q", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func mustOpen(t *testing.T, cfg bus.Config) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), cfg, bus.Deps{})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return b
}

func readAll(t *testing.T, b *bus.Bus, topic string) map[string]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := map[string]int{}
	if err := b.ReadAll(ctx, topic, func(m bus.Message) error { got[string(m.Value)]++; return nil }); err != nil {
		t.Fatalf("ReadAll(%s) = %v", topic, err)
	}
	return got
}

func TestEmbeddedKeepsMessagesAndLocksItsFolder(t *testing.T) {
	t.Parallel()
	cfg := embeddedConfig(t)
	first, err := bus.Open(t.Context(), cfg, bus.Deps{})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	host, _, err := net.SplitHostPort(first.Addr())
	if ip := net.ParseIP(host); err != nil || !ip.IsLoopback() {
		t.Errorf("Addr = %q, want a loopback address", first.Addr())
	}
	if err := first.Publish(t.Context(), bus.Message{Topic: bus.Alerts, Key: []byte("k"), Value: []byte("v")}); err != nil {
		t.Fatalf("Publish = %v", err)
	}
	began := time.Now()
	_, err = bus.Open(t.Context(), cfg, bus.Deps{})
	oneSentence(t, err, bus.ErrLocked, cfg.DataDir, "--data")
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the second Open was refused after %s, want at most 2s", took)
	}
	if err := first.Close(); err != nil {
		t.Fatalf("Close = %v", err)
	}
	second := mustOpen(t, cfg)
	if got := readAll(t, second, bus.Alerts); got["v"] != 1 || len(got) != 1 {
		t.Errorf("after a restart the topic holds %v, want v once", got)
	}
}

func TestEmbeddedPortTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	cfg := embeddedConfig(t)
	cfg.Listen = ln.Addr().String()
	_, err = bus.Open(t.Context(), cfg, bus.Deps{})
	oneSentence(t, err, err, "port "+cfg.Listen+" is taken", "bus.listen")
	cfg.Listen = "127.0.0.1:0"
	mustOpen(t, cfg) // the failure has released the folder
}

func TestOpenWithoutBroker(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	web := httptest.NewServer(nil)
	defer web.Close()
	for name, addr := range map[string]string{
		"closed port": closed.Addr().String(), "silent server": silent.Addr().String(), "web server": web.Listener.Addr().String(),
	} {
		t.Run(name, func(t *testing.T) {
			cfg := bus.DefaultConfig()
			cfg.Mode, cfg.Brokers = bus.External, []string{addr}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := bus.Open(ctx, cfg, bus.Deps{})
			oneSentence(t, err, bus.ErrUnreachable, addr, "bus.brokers")
		})
	}
}

func TestPublishAfterCloseAndToNowhere(t *testing.T) {
	b, err := bus.Open(t.Context(), embeddedConfig(t), bus.Deps{})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	if err := b.Publish(t.Context(), bus.Message{Topic: "nowhere"}); !bus.IsPermanent(err) {
		t.Errorf("Publish to an unknown topic = %v, want a permanent error", err)
	}
	if err := b.Run(t.Context(), bus.Subscription{Topic: "nowhere", Group: "g", Stage: "s"}); err == nil || !strings.Contains(err.Error(), "exactly one of Handle") {
		t.Errorf("Run of a wrong subscription = %v, want its problems", err)
	}
	if err := b.Close(); err != nil {
		t.Fatalf("Close = %v", err)
	}
	began := time.Now()
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links}); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("Publish after Close = %v after %s, want an error soon", err, time.Since(began))
	}
}

func TestMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	b, err := bus.Open(t.Context(), embeddedConfig(t), bus.Deps{Registerer: reg})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	defer b.Close()
	if before := gather(t, reg); before["haidang_bus_published_total ok links"] != 0 || len(before) != 25 {
		t.Errorf("before the first message there are %d series, want 15 of published, 5 of retries and 5 of held back, all 0: %v", len(before), before)
	}
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Value: []byte("good")}, bus.Message{Topic: bus.Links, Value: []byte("bad")}); err != nil {
		t.Fatalf("Publish = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	handled := make(chan struct{}, 10)
	ended := make(chan error, 1)
	go func() {
		ended <- b.Run(ctx, bus.Subscription{Topic: bus.Links, Group: "g", Stage: "fetch", HandleEach: func(_ context.Context, m bus.Message) error {
			handled <- struct{}{}
			if string(m.Value) == "bad" {
				return bus.Permanent(errors.New("bad"))
			}
			return nil
		}})
	}()
	<-handled
	<-handled
	cancel()
	if err := <-ended; err != nil {
		t.Fatalf("Run = %v", err)
	}
	got := gather(t, reg)
	for name, want := range map[string]float64{
		"haidang_bus_published_total ok links":             2,
		"haidang_bus_consumed_total ok fetch links":        1,
		"haidang_bus_handler_duration_seconds fetch links": 2,
		"haidang_bus_recycles_total fetch links":           0,
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s = %v (there: %v), want %v", name, v, ok, want)
		}
	}
}

// gather reads counters and the counts of histograms, by name and label values.
func gather(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var name strings.Builder
			name.WriteString(f.GetName())
			for _, l := range m.GetLabel() {
				name.WriteString(" " + l.GetValue())
			}
			got[name.String()] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return got
}
