// Package bus carries messages between the stages over the Kafka protocol.
//
// [Open] connects to Apache Kafka, or starts a small broker inside the process (mode "embedded"), and makes sure that
// the five topics exist. [Bus.Publish] returns when every message is stored. [Bus.Run] consumes one topic in a
// consumer group: a message is acknowledged only after its handler has finished, so it is delivered at least once and
// handlers must be idempotent. Messages of one key are handled in order. A message that cannot be handled goes to the
// topic dead with its reason, whole, and the work goes on ([Subscription], [RetryPolicy]).
//
// Limits. A message may have [Config.MaxMessage] bytes, with key and headers; a bigger one is [ErrTooLarge]. Publish
// waits for the broker as long as [Config.PublishTimeout], then returns an error; it never drops a message. There are no
// transactions: twice is possible, never is not. The embedded broker is franz-go's kfake, which its authors call a test
// broker: it is for one process and for logs of at most 500 MB, because it reads its whole log after a crash. Publish
// to it waits for running readers that are far behind, and returns [ErrBehind] when that takes too long. Retention
// deletes the oldest messages, read or not; a reader that was overtaken all the same says so in the log and in a counter.
//
// Everything goes through segmentio/kafka-go; nothing outside this package imports it.
package bus

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
)

// Deps are the live things that a bus uses. All of them may be nil.
type Deps struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
}

func (d Deps) withDefaults() Deps {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	d.Logger = d.Logger.With("component", "bus")
	return d
}

// Bus is an open connection to the broker. It is safe for concurrent use.
type Bus struct {
	cfg     Config
	deps    Deps
	metrics *metrics
	broker  *Broker // nil when the broker is external
	gate    *gate
	brokers []string
	net     *network
	client  *kafka.Client
	writer  *kafka.Writer // batches that any broker accepts
	large   *kafka.Writer // one large message at a time
}

// Open starts the embedded broker if the configuration asks for it, checks that the broker answers and accepts our
// credentials, and creates the topics that are missing. A cluster that says it is not ready yet is asked again for half a
// minute. A wrong address, a wrong password or a locked folder is an error of one sentence, at once.
func Open(ctx context.Context, cfg Config, deps Deps) (*Bus, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.resolved()
	b := &Bus{cfg: cfg, deps: deps.withDefaults(), brokers: cfg.Brokers, gate: newGate()}
	if cfg.Mode == Embedded {
		broker, err := StartBroker(cfg, deps)
		if err != nil {
			return nil, err
		}
		b.broker, b.brokers = broker, []string{broker.Addr()}
	}
	if err := b.connect(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// connect makes the clients, probes the broker and creates the topics.
func (b *Bus) connect(ctx context.Context) error {
	var err error
	if b.net, err = newNetwork(b.cfg); err != nil {
		return err
	}
	if b.metrics, err = newMetrics(b.deps.Registerer); err != nil {
		return err
	}
	b.client = &kafka.Client{Addr: kafka.TCP(b.brokers...), Transport: b.net.transport, Timeout: adminTimeout}
	b.writer, b.large = b.newWriter(batchBytes), b.newWriter(int64(b.cfg.deadLimit()))
	if err := b.probe(ctx); err != nil {
		return err
	}
	if b.broker != nil {
		if err := b.evictGhosts(ctx); err != nil {
			return err
		}
	}
	return b.whenReady(ctx, b.createTopics)
}

// Addr is the address of a broker, for people and for other tools.
func (b *Bus) Addr() string { return b.brokers[0] }

// Close closes the connections and, in embedded mode, the broker. End every [Bus.Run] first.
func (b *Bus) Close() error {
	var errs []error
	for _, w := range []*kafka.Writer{b.writer, b.large} {
		if w != nil {
			errs = append(errs, w.Close())
		}
	}
	if b.net != nil {
		b.net.transport.CloseIdleConnections()
	}
	if b.broker != nil {
		errs = append(errs, b.broker.Close())
	}
	return errors.Join(errs...)
}
