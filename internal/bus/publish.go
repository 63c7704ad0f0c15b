package bus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/segmentio/kafka-go"
)

const (
	// batchBytes stays under the default message.max.bytes of a broker (1,048,588).
	batchBytes      = 1_000_000
	batchMessages   = 500
	batchTimeout    = 5 * time.Millisecond
	chunkBytes      = 4 * batchBytes
	chunkMessages   = 2000
	publishBackoff  = 100 * time.Millisecond
	publishMaxWait  = 3 * time.Second
	unknownAttempts = 3
)

func (b *Bus) newWriter(limit int64) *kafka.Writer {
	return &kafka.Writer{
		Addr:            kafka.TCP(b.brokers...),
		Balancer:        kafka.Murmur2Balancer{}, // as Java's clients do, so that other producers agree on the partition
		MaxAttempts:     3,
		WriteBackoffMin: publishBackoff,
		WriteBackoffMax: time.Second,
		BatchSize:       batchMessages,
		BatchBytes:      limit,
		BatchTimeout:    batchTimeout,
		WriteTimeout:    15 * time.Second,
		RequiredAcks:    kafka.RequireAll,
		Compression:     kafka.Zstd,
		Transport:       b.net.transport,
		ErrorLogger:     kafkaLog(b.deps.Logger, "writer"),
	}
}

// Publish stores messages and returns when the broker has acknowledged all of them. On an error some may be stored;
// publish all of them again. When one message is too large nothing is sent and the error is [ErrTooLarge].
func (b *Bus) Publish(ctx context.Context, msgs ...Message) error {
	if err := b.check(msgs); err != nil {
		return err
	}
	for len(msgs) > 0 {
		n := chunk(msgs)
		if err := b.publishChunk(ctx, msgs[:n]); err != nil {
			b.countPublished(msgs, outcomeError)
			return err
		}
		b.countPublished(msgs[:n], outcomeOK)
		msgs = msgs[n:]
	}
	return nil
}

// holdBackChunk asks the gate of the embedded broker for each topic of the chunk.
func (b *Bus) holdBackChunk(ctx context.Context, msgs []Message) error {
	if b.broker == nil {
		return nil
	}
	sizes := map[string]int{}
	for _, m := range msgs {
		sizes[m.Topic] += m.size()
	}
	for topic, size := range sizes {
		if err := b.holdBack(ctx, topic, size); err != nil {
			return err
		}
	}
	return nil
}

// check refuses what no retry can send.
func (b *Bus) check(msgs []Message) error {
	for i, m := range msgs {
		if !knownTopic(m.Topic) {
			return Permanent(fmt.Errorf("publish: topic %q does not exist", m.Topic))
		}
		limit := int(b.cfg.MaxMessage)
		if m.Topic == Dead {
			limit = b.cfg.deadLimit()
		}
		// The overhead of the batch stands apart: a message of exactly MaxMessage bytes passes.
		if size := m.size() - recordOverhead; size > limit {
			b.metrics.published.WithLabelValues(m.Topic, outcomeTooLarge).Inc()
			return fmt.Errorf("publish to %s: message %d of %d has %d bytes, the limit is %d: %w", m.Topic, i+1, len(msgs), size, limit, ErrTooLarge)
		}
	}
	return nil
}

// chunk is how many messages go out together: as many as keep memory small, or a single large one.
func chunk(msgs []Message) int {
	total := 0
	for i, m := range msgs {
		size := m.size()
		if i > 0 && (total+size > chunkBytes || i == chunkMessages || size > batchBytes) {
			return i
		}
		if size > batchBytes {
			return 1
		}
		total += size
	}
	return len(msgs)
}

// publishChunk sends a chunk until all of it is acknowledged, the context ends or the broker refuses for good.
func (b *Bus) publishChunk(ctx context.Context, msgs []Message) error {
	ctx, cancel := context.WithTimeout(ctx, b.cfg.PublishTimeout.Std())
	defer cancel()
	if err := b.holdBackChunk(ctx, msgs); err != nil {
		return err
	}
	writer := b.writer
	if msgs[0].size() > batchBytes {
		writer = b.large
	}
	pending := make([]kafka.Message, len(msgs))
	for i, m := range msgs {
		pending[i] = m.toKafka(b.cfg.TopicPrefix)
		if m.Time.IsZero() {
			pending[i].Time = b.deps.Now()
		}
	}
	unknown := 0
	for attempt := 0; ; attempt++ {
		err := writer.WriteMessages(ctx, pending...)
		if err == nil {
			return nil
		}
		cause := firstCause(err)
		if errors.Is(cause, kafka.Unknown) {
			unknown++
		}
		if unknown >= unknownAttempts || !retryPublish(ctx, cause) || !pause(ctx, backoff(attempt, publishBackoff, publishMaxWait)) {
			return b.publishError(msgs[0].Topic, cause)
		}
		pending = unacknowledged(pending, err)
		b.metrics.retries.WithLabelValues(msgs[0].Topic).Add(float64(len(pending)))
	}
}

// unacknowledged is what must be sent again. It is each failed message and all later ones of its key: a later one may
// have been stored already, and must be stored after the failed one again to keep the order.
func unacknowledged(msgs []kafka.Message, err error) []kafka.Message {
	var each kafka.WriteErrors
	if !errors.As(err, &each) || len(each) != len(msgs) {
		return msgs
	}
	type key struct{ topic, key string }
	failed := map[key]bool{}
	var out []kafka.Message
	for i, m := range msgs {
		k := key{m.Topic, string(m.Key)}
		if each[i] != nil {
			failed[k] = true
		}
		if each[i] != nil || (len(m.Key) > 0 && failed[k]) {
			out = append(out, kafka.Message{Topic: m.Topic, Key: m.Key, Value: m.Value, Headers: m.Headers, Time: m.Time})
		}
	}
	return out
}

// firstCause picks one error of a WriteErrors: its own text repeats the same line for every message.
func firstCause(err error) error {
	var each kafka.WriteErrors
	if errors.As(err, &each) {
		for _, e := range each {
			if e != nil {
				return e
			}
		}
	}
	return err
}

// retryPublish tells whether sending again can help. Everything that a network or a moving partition leader can cause
// is worth it; the writer itself gives up on some of it (io.EOF after a broker restart, for one).
func retryPublish(ctx context.Context, cause error) bool {
	if ctx.Err() != nil || errors.Is(cause, io.ErrClosedPipe) { // the latter: Publish after Close
		return false
	}
	var ke kafka.Error
	if errors.As(cause, &ke) {
		return ke.Temporary() || ke == kafka.Unknown || ke == kafka.UnknownTopicOrPartition
	}
	return true
}

// publishError is the one sentence that says why messages could not be stored. Most of it is the broker's trouble and
// not the message's, so a handler that returns it is retried.
func (b *Bus) publishError(topic string, cause error) error {
	switch {
	case errors.Is(cause, kafka.MessageSizeTooLarge):
		return fmt.Errorf("publish to %s: the broker accepts only smaller messages, raise max.message.bytes of the topic: %w", topic, ErrTooLarge)
	case errors.Is(cause, context.DeadlineExceeded):
		return Unavailable(fmt.Errorf("publish to %s: no acknowledgement from %s in time: %w", topic, b.Addr(), cause))
	case errors.Is(cause, context.Canceled):
		return fmt.Errorf("publish to %s: %w", topic, cause)
	case errors.Is(cause, kafka.Unknown) && b.broker != nil && b.broker.diskFull():
		return Unavailable(fmt.Errorf("publish to %s: no room left for the log in %s, free some space: %w", topic, b.cfg.DataDir, ErrDiskFull))
	case errors.Is(cause, kafka.Unknown):
		return Unavailable(fmt.Errorf("publish to %s: the broker could not store the message, look at its disk and its log: %w", topic, cause))
	}
	return Unavailable(fmt.Errorf("publish to %s: %w", topic, cause))
}

func (b *Bus) countPublished(msgs []Message, outcome string) {
	for _, m := range msgs {
		b.metrics.published.WithLabelValues(m.Topic, outcome).Inc()
	}
}

// backoff doubles from low to high with the attempt and takes a random part away, so that clients do not return together.
func backoff(attempt int, low, high time.Duration) time.Duration {
	d := high
	if attempt < 30 && low<<attempt < high && low<<attempt > 0 {
		d = low << attempt
	}
	return d/2 + rand.N(d/2+1)
}

// pause waits, or returns false when the context ends first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
