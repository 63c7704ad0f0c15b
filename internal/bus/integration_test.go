//go:build integration

package bus_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haidang/internal/bus"
	"haidang/internal/bus/bustest"
	"haidang/internal/settings"
)

// kafkaConfig leads to the Apache Kafka that the Makefile has started.
func kafkaConfig(t *testing.T) bus.Config {
	addr := os.Getenv("HAIDANG_TEST_KAFKA")
	if addr == "" {
		t.Fatal("HAIDANG_TEST_KAFKA is not set: run `make integration`, or HAIDANG_TEST_KAFKA=$(scripts/kafka.sh start) go test -tags integration ./internal/bus/")
	}
	return external(addr)
}

func external(addr string) bus.Config {
	cfg := bus.DefaultConfig()
	cfg.Mode, cfg.Brokers = bus.External, []string{addr}
	return cfg
}

func TestIntegrationConformanceKafka(t *testing.T) { bustest.Run(t, kafkaConfig(t)) }

// node is an Apache Kafka of this test alone, so that it can be stopped.
type node struct{ dir string }

func newNode(t *testing.T) *node {
	n := &node{dir: filepath.Join(t.TempDir(), "kafka")}
	n.Start(t)
	t.Cleanup(func() { n.Stop(t) })
	return n
}

func (n *node) script(t *testing.T, action string) {
	t.Helper()
	if out, err := exec.Command("../../scripts/kafka.sh", action, n.dir).CombinedOutput(); err != nil {
		t.Fatalf("scripts/kafka.sh %s %s: %v\n%s", action, n.dir, err, out)
	}
}

func (n *node) Start(t *testing.T) { t.Helper(); n.script(t, "start") }
func (n *node) Stop(t *testing.T)  { t.Helper(); n.script(t, "stop") }

func (n *node) address(t *testing.T, file string) string {
	t.Helper()
	addr, err := os.ReadFile(filepath.Join(n.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(addr))
}

// restartable gives the node to the suite, which wants a Config that does not change.
type restartable struct {
	*node
	cfg bus.Config
}

func (r restartable) Config() bus.Config { return r.cfg }

// TestKafkaNode runs what needs a broker with a sign-in and what stops the broker.
func TestIntegrationKafkaNode(t *testing.T) {
	n := newNode(t)
	for _, mechanism := range []string{"plain", "scram-sha-256", "scram-sha-512"} {
		t.Run("SASL/"+mechanism, func(t *testing.T) { signIn(t, n.address(t, "address-sasl"), mechanism) })
	}
	t.Run("NoSignIn", func(t *testing.T) {
		_, err := open(t, external(n.address(t, "address-sasl")))
		if !errors.Is(err, bus.ErrUnreachable) || !strings.Contains(err.Error(), "bus.sasl") {
			t.Errorf("Open without a sign-in = %v, want a hint at bus.sasl", err)
		}
	})
	t.Run("Restart", func(t *testing.T) {
		bustest.RunRestart(t, restartable{n, external(n.address(t, "address"))})
	})
}

func open(t *testing.T, cfg bus.Config) (*bus.Bus, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b, err := bus.Open(ctx, cfg, bus.Deps{})
	if err == nil {
		t.Cleanup(func() { b.Close() })
	}
	return b, err
}

// signIn sends and receives a message with a sign-in, and is told of a wrong password at once.
func signIn(t *testing.T, addr, mechanism string) {
	cfg := external(addr)
	cfg.TopicPrefix, cfg.Partitions = mechanism+".", 1
	cfg.SASL = bus.SASL{Mechanism: mechanism, User: "haidang", Password: "haidang-secret"}
	b, err := open(t, cfg)
	if err != nil {
		t.Fatalf("Open with %s = %v", mechanism, err)
	}
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Value: []byte("hello")}); err != nil {
		t.Fatalf("Publish = %v", err)
	}
	got := make(chan string, 10)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- b.Run(ctx, bus.Subscription{Topic: bus.Links, Group: "g", Stage: "test", HandleEach: func(_ context.Context, m bus.Message) error {
			got <- string(m.Value)
			return nil
		}})
	}()
	select {
	case v := <-got:
		if v != "hello" {
			t.Errorf("received %q, want hello", v)
		}
	case <-time.After(time.Minute):
		t.Error("nothing received")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	cfg.SASL.Password = settings.Secret("wrong-" + mechanism)
	_, err = open(t, cfg)
	if !errors.Is(err, bus.ErrDenied) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "wrong-") {
		t.Errorf("Open with a wrong password = %v, want ErrDenied in one sentence without the password", err)
	}
	t.Log(err)
}
