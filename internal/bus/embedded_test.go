package bus_test

import (
	"testing"

	"haidang/internal/bus"
	"haidang/internal/bus/bustest"
)

// embeddedBroker is the embedded broker by itself, so that it can restart under its clients.
type embeddedBroker struct {
	cfg    bus.Config
	broker *bus.Broker
}

func newEmbeddedBroker(t *testing.T) *embeddedBroker {
	e := &embeddedBroker{cfg: embeddedConfig(t)}
	e.Start(t)
	e.cfg.Listen = e.broker.Addr() // the same port after a restart
	t.Cleanup(func() { e.Stop(t) })
	return e
}

func embeddedConfig(t *testing.T) bus.Config {
	cfg := bus.DefaultConfig()
	cfg.DataDir = t.TempDir()
	return cfg
}

func (e *embeddedBroker) Config() bus.Config {
	cfg := bus.DefaultConfig()
	cfg.Mode, cfg.Brokers = bus.External, []string{e.broker.Addr()}
	return cfg
}

func (e *embeddedBroker) Start(t *testing.T) {
	t.Helper()
	var err error
	if e.broker, err = bus.StartBroker(e.cfg, bus.Deps{}); err != nil {
		t.Fatalf("StartBroker(%+v) = %v", e.cfg, err)
	}
}

func (e *embeddedBroker) Stop(t *testing.T) {
	t.Helper()
	if err := e.broker.Close(); err != nil {
		t.Errorf("Broker.Close() = %v", err)
	}
}

func TestConformanceEmbedded(t *testing.T) { bustest.Run(t, newEmbeddedBroker(t).Config()) }

func TestRestartEmbedded(t *testing.T) {
	t.Parallel()
	bustest.RunRestart(t, newEmbeddedBroker(t))
}
