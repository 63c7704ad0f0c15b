package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
)

const (
	fetchWait  = 500 * time.Millisecond
	fetchQueue = 100
)

// starts finds where to begin in each partition: at the acknowledged offset, or at the edge of what the broker still
// has when that offset is outside. It asks until the broker answers or the generation ends.
func (g *generation) starts(assigned []kafka.PartitionAssignment) ([]start, bool) {
	if len(assigned) == 0 {
		return nil, true
	}
	var bounds []PartitionLag
	for attempt := 0; ; attempt++ {
		err := g.c.bus.admin(g.intake, func(ctx context.Context) (err error) {
			bounds, err = g.c.bus.bounds(ctx, g.c.sub.Topic)
			return err
		})
		if err == nil {
			break
		}
		g.c.log.Warn("cannot read the offsets of the topic, trying again", "err", err)
		if !pause(g.intake, backoff(attempt, publishBackoff, publishMaxWait)) {
			return nil, false
		}
	}
	out := make([]start, 0, len(assigned))
	fixed := map[int]int64{}
	for _, a := range assigned {
		if a.ID >= len(bounds) {
			continue // made a moment ago; the partition watch brings the next generation
		}
		offset := g.c.clamp(a.Offset, bounds[a.ID])
		if offset != a.Offset && a.Offset != kafka.FirstOffset {
			fixed[a.ID] = offset
		}
		out = append(out, start{a.ID, offset})
	}
	return out, g.commit(fixed)
}

// clamp is the offset to start at. Messages that retention deleted before they were read are counted: that is the one
// way to lose something here. An offset beyond the end means that the broker lost its log.
func (c *consumer) clamp(offset int64, p PartitionLag) int64 {
	switch {
	case offset == kafka.FirstOffset:
		return p.First
	case offset == kafka.LastOffset:
		return p.Last
	case offset < p.First:
		c.metrics.lost.Add(float64(p.First - offset))
		c.log.Error("retention deleted messages before they were read", "partition", p.Partition, "messages", p.First-offset)
		return p.First
	case offset > p.Last:
		c.log.Error("acknowledged offset is beyond the end, the broker lost its log; starting at what it has",
			"partition", p.Partition, "offset", offset, "last", p.Last)
		return p.First
	}
	return offset
}

// read passes the messages of one partition on until intake ends. The Reader reconnects by itself; what it reports in
// between is only told.
func (g *generation) read(dialer *kafka.Dialer, s start, places room, feed chan<- kafka.Message) {
	r := g.c.bus.partitionReader(dialer, g.c.topic(), s)
	defer r.Close()
	next := s.offset
	for failures := 0; ; {
		m, err := r.FetchMessage(g.intake)
		if g.intake.Err() != nil {
			return
		}
		if err != nil {
			g.c.log.Warn("cannot read the partition, trying again", "partition", s.partition, "err", err)
			if !pause(g.intake, backoff(failures, publishBackoff, publishMaxWait)) {
				return
			}
			failures++
			continue
		}
		failures = 0
		if m.Offset > next { // only retention makes gaps: our topics are not compacted and have no transactions
			g.c.clamp(next, PartitionLag{Partition: s.partition, First: m.Offset, Last: m.Offset})
		}
		next = m.Offset + 1
		if !places.enter(g.intake) {
			return
		}
		select {
		case feed <- m:
		case <-g.intake.Done():
			return
		}
	}
}

func (b *Bus) partitionReader(dialer *kafka.Dialer, topic string, s start) *kafka.Reader {
	r := kafka.NewReader(kafka.ReaderConfig{
		Brokers:        b.brokers,
		Topic:          topic,
		Partition:      s.partition,
		Dialer:         dialer,
		QueueCapacity:  fetchQueue,
		MinBytes:       1,
		MaxBytes:       b.cfg.deadLimit() + batchRoom,
		MaxWait:        fetchWait,
		ReadBackoffMin: 50 * time.Millisecond,
		ReadBackoffMax: time.Second,
		ErrorLogger:    kafkaLog(b.deps.Logger, "reader"),
	})
	_ = r.SetOffset(s.offset) // fails only on a closed reader
	return r
}

// ReadAll calls fn for every message that the topic holds now, partition by partition, without a group and without
// acknowledging anything. An error of fn ends it.
func (b *Bus) ReadAll(ctx context.Context, topic string, fn func(Message) error) error {
	if !knownTopic(topic) {
		return fmt.Errorf("read %s: topic does not exist", topic)
	}
	var bounds []PartitionLag
	err := b.admin(ctx, func(ctx context.Context) (err error) {
		bounds, err = b.bounds(ctx, topic)
		return err
	})
	for _, p := range bounds {
		if err == nil {
			err = b.readPartition(ctx, topic, p, fn)
		}
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", topic, err)
	}
	return nil
}

func (b *Bus) readPartition(ctx context.Context, topic string, p PartitionLag, fn func(Message) error) error {
	if p.First >= p.Last {
		return nil
	}
	leash := newLeash()
	r := b.partitionReader(b.net.dialer(leash), b.cfg.TopicPrefix+topic, start{p.Partition, p.First})
	defer r.Close()
	defer leash.close()
	for {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			return err
		}
		if m.Offset < p.Last {
			if err := fn(fromKafka(b.cfg.TopicPrefix, m)); err != nil {
				return err
			}
		}
		if m.Offset >= p.Last-1 {
			return nil
		}
	}
}
