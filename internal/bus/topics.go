package bus

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
)

// probe asks each broker in turn until one answers, on a fresh connection: only there a refused sign-in can be told
// from a broker that is away.
func (b *Bus) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	var last error
	for _, addr := range b.brokers {
		err := b.ask(ctx, addr, func(conn *kafka.Conn) error {
			_, err := conn.Brokers()
			return err
		})
		if err == nil {
			return nil
		}
		last = explain(b.cfg, addr, err)
		if errors.Is(last, ErrDenied) {
			return last
		}
	}
	return last
}

// ask talks to one broker over a connection of its own, for at most dialTimeout: kafka-go would wait for an answer for
// ever.
func (b *Bus) ask(ctx context.Context, addr string, question func(*kafka.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	l := newLeash()
	defer l.close()
	defer context.AfterFunc(ctx, l.close)()
	conn, err := b.net.dialer(l).DialContext(ctx, "tcp", addr)
	if err == nil {
		err = question(conn)
		_ = conn.Close() // the answer counts, not the farewell
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("no answer in time: %w", ctx.Err())
	}
	return err
}

// explain turns what went wrong with the first connection into a sentence about what to change.
func explain(cfg Config, addr string, err error) error {
	var opErr *net.OpError
	dialed := !errors.As(err, &opErr) || opErr.Op != "dial"
	switch {
	case errors.Is(err, kafka.SASLAuthenticationFailed):
		return fmt.Errorf("kafka at %s refused user %q with %s; check bus.sasl: %w", addr, cfg.SASL.User, cfg.SASL.Mechanism, ErrDenied)
	case errors.Is(err, kafka.UnsupportedSASLMechanism):
		return fmt.Errorf("kafka at %s does not offer %s; check bus.sasl.mechanism: %w", addr, cfg.SASL.Mechanism, ErrDenied)
	case dialed && staleConnection(err) && cfg.SASL.Mechanism != "":
		return fmt.Errorf("kafka at %s closed the connection during the sign-in of %q; check bus.sasl and bus.tls: %w", addr, cfg.SASL.User, ErrDenied)
	case dialed && isTLSError(err):
		return fmt.Errorf("kafka at %s: %w; check bus.tls: %w", addr, err, ErrDenied)
	case dialed && staleConnection(err):
		return fmt.Errorf("%s closed the connection, it wants TLS or a sign-in or is not Kafka; check bus.brokers, bus.tls and bus.sasl: %w", addr, ErrUnreachable)
	}
	return fmt.Errorf("kafka at %s: %w; check bus.brokers: %w", addr, err, ErrUnreachable)
}

// startPatience is how long a cluster that says it is not ready yet is asked again: one that has just been started answers
// before it has chosen a controller.
const startPatience = 30 * time.Second

// whenReady does what a cluster that is starting refuses for a while. Every refusal goes to the log with its reason.
func (b *Bus) whenReady(ctx context.Context, do func(context.Context) error) error {
	patience, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	var refusal error
	for attempt := 0; ; attempt++ {
		err := do(ctx)
		switch {
		case isStarting(err):
			refusal = fmt.Errorf("kafka at %s is not ready: %w", b.Addr(), err)
			b.deps.Logger.Warn("kafka is not ready yet", "broker", b.Addr(), "err", err)
			if !pause(patience, backoff(attempt, publishBackoff, publishMaxWait)) {
				return refusal
			}
		case err != nil && ctx.Err() != nil && refusal != nil:
			return refusal // says more than that the time is over
		default:
			return err
		}
	}
}

// isStarting tells whether a broker refused something that it will do soon.
func isStarting(err error) bool {
	var ke kafka.Error
	return errors.As(err, &ke) && (ke == kafka.BrokerNotAvailable || ke.Temporary())
}

// createTopics makes the missing topics and waits until the broker's metadata shows them.
func (b *Bus) createTopics(ctx context.Context) error {
	return b.admin(ctx, func(ctx context.Context) error {
		res, err := b.client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: b.topicConfigs()})
		if err != nil {
			return fmt.Errorf("create topics: %w", err)
		}
		for name, err := range res.Errors {
			if err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
				return fmt.Errorf("create topic %s: %w", name, err)
			}
		}
		return b.awaitTopics(ctx)
	})
}

// awaitTopics waits for the metadata: a topic just made is unknown for a moment. Each round asks over a new connection,
// because the transport keeps metadata for seconds.
func (b *Bus) awaitTopics(ctx context.Context) error {
	for {
		missing := b.ask(ctx, b.Addr(), b.readTopics)
		if missing == nil {
			return nil
		}
		if !pause(ctx, 20*time.Millisecond) {
			return fmt.Errorf("wait for topics: %w", missing)
		}
	}
}

func (b *Bus) readTopics(conn *kafka.Conn) error {
	for _, topic := range Topics() {
		parts, err := conn.ReadPartitions(b.cfg.TopicPrefix + topic)
		if err != nil {
			return fmt.Errorf("topic %s: %w", topic, err)
		}
		for _, p := range parts {
			if p.Leader.Host == "" {
				return fmt.Errorf("topic %s: partition %d has no leader", topic, p.ID)
			}
		}
	}
	return nil
}

// topicConfigs are our topics as the broker is asked to make them. What exists already is left as it is.
func (b *Bus) topicConfigs() []kafka.TopicConfig {
	var out []kafka.TopicConfig
	for _, topic := range Topics() {
		replication := b.cfg.Replication
		if replication == 0 {
			replication = -1 // the broker's default
		}
		limit := int(b.cfg.MaxMessage)
		if topic == Dead {
			limit = b.cfg.deadLimit()
		}
		entries := map[string]string{
			"max.message.bytes": strconv.Itoa(limit + batchRoom),
			"retention.ms":      strconv.FormatInt(b.cfg.RetentionTime.Std().Milliseconds(), 10),
		}
		partitions := b.cfg.Partitions
		switch {
		case b.cfg.Mode == Embedded:
			partitions = embeddedShare(topic, b.cfg).into(entries)
		case b.cfg.RetentionBytes > 0:
			entries["retention.bytes"] = strconv.FormatInt(int64(b.cfg.RetentionBytes), 10)
		}
		cfg := kafka.TopicConfig{Topic: b.cfg.TopicPrefix + topic, NumPartitions: partitions, ReplicationFactor: replication}
		for name, value := range entries {
			cfg.ConfigEntries = append(cfg.ConfigEntries, kafka.ConfigEntry{ConfigName: name, ConfigValue: value})
		}
		out = append(out, cfg)
	}
	return out
}

// batchRoom is what a batch needs around its largest message: zstd can grow what does not compress.
const batchRoom = 64 << 10

// partitionCount asks how many partitions a topic has; another process may have made it.
func (b *Bus) partitionCount(ctx context.Context, topic string) (int, error) {
	name := b.cfg.TopicPrefix + topic
	res, err := b.client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{name}})
	if err != nil {
		return 0, err
	}
	for _, t := range res.Topics {
		if t.Name == name {
			if t.Error != nil {
				return 0, t.Error
			}
			return len(t.Partitions), nil
		}
	}
	return 0, kafka.UnknownTopicOrPartition
}

// isTLSError tells whether a connection failed in the TLS handshake.
func isTLSError(err error) bool {
	var header tls.RecordHeaderError
	var cert *tls.CertificateVerificationError
	var alert tls.AlertError
	return errors.As(err, &header) || errors.As(err, &cert) || errors.As(err, &alert)
}
