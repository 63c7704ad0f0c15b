package bus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
)

// PartitionLag is how far a group is behind in one partition.
type PartitionLag struct {
	Partition int
	// First and Last are the offsets of the oldest message that is kept and of the next one that will be written.
	First, Last int64
	// Committed is the next offset that the group will read, or -1 when it has never acknowledged one.
	Committed int64
	// Lag is the number of messages from Committed (or First) to Last.
	Lag int64
}

// LagReport is how far a group is behind in a topic.
type LagReport struct {
	Total      int64
	Partitions []PartitionLag
}

// Lag tells how many messages of a topic a group has not acknowledged yet.
func (b *Bus) Lag(ctx context.Context, group, topic string) (LagReport, error) {
	var report LagReport
	err := b.admin(ctx, func(ctx context.Context) error {
		var err error
		report, err = b.lag(ctx, group, topic)
		return err
	})
	if err != nil {
		return LagReport{}, fmt.Errorf("lag of %s in %s: %w", group, topic, err)
	}
	return report, nil
}

// Oldest tells when the oldest message was written that a group has not acknowledged yet; the zero time where none waits.
func (b *Bus) Oldest(ctx context.Context, group, topic string) (time.Time, error) {
	report, err := b.Lag(ctx, group, topic)
	if err != nil {
		return time.Time{}, err
	}
	var oldest time.Time
	for _, p := range report.Partitions {
		if p.Lag == 0 {
			continue
		}
		err := b.admin(ctx, func(ctx context.Context) error {
			written, err := b.writtenAt(ctx, topic, p.Partition, max(p.Committed, p.First))
			if err == nil && !written.IsZero() && (oldest.IsZero() || written.Before(oldest)) {
				oldest = written
			}
			return err
		})
		if err != nil {
			return time.Time{}, fmt.Errorf("oldest message of %s for %s: %w", topic, group, err)
		}
	}
	return oldest, nil
}

// writtenAt is when the message at an offset was written, or the next one that is kept; the zero time where none is.
func (b *Bus) writtenAt(ctx context.Context, topic string, partition int, offset int64) (time.Time, error) {
	res, err := b.client.Fetch(ctx, &kafka.FetchRequest{
		Topic: b.cfg.TopicPrefix + topic, Partition: partition, Offset: offset, MinBytes: 1, MaxBytes: int64(b.cfg.deadLimit() + batchRoom), MaxWait: fetchWait,
	})
	if err == nil {
		err = res.Error
	}
	if err != nil {
		return time.Time{}, err
	}
	for { // a batch comes whole, also with what stands before the offset
		record, err := res.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return time.Time{}, nil
		}
		if err != nil {
			return time.Time{}, err
		}
		if record.Offset >= offset {
			return record.Time, nil
		}
	}
}

func (b *Bus) lag(ctx context.Context, group, topic string) (LagReport, error) {
	bounds, err := b.bounds(ctx, topic)
	if err != nil {
		return LagReport{}, err
	}
	partitions := make([]int, len(bounds))
	for i := range bounds {
		partitions[i] = i
	}
	name := b.cfg.TopicPrefix + topic
	res, err := b.client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{
		GroupID: b.cfg.TopicPrefix + group, Topics: map[string][]int{name: partitions},
	})
	if err == nil {
		err = res.Error
	}
	if err != nil && !errors.Is(err, kafka.GroupIdNotFound) { // a group that never joined has acknowledged nothing
		return LagReport{}, err
	}
	report := LagReport{Partitions: bounds}
	var committed []kafka.OffsetFetchPartition
	if err == nil {
		committed = res.Topics[name]
	}
	for _, p := range committed {
		if p.Error != nil && !errors.Is(p.Error, kafka.GroupIdNotFound) {
			return LagReport{}, p.Error
		}
		if p.Partition < len(bounds) {
			bounds[p.Partition].Committed = p.CommittedOffset
		}
	}
	for i := range bounds {
		p := &bounds[i]
		p.Lag = max(0, p.Last-max(p.Committed, p.First))
		report.Total += p.Lag
	}
	return report, nil
}

// bounds finds the first and the last offset of each partition of a topic.
func (b *Bus) bounds(ctx context.Context, topic string) ([]PartitionLag, error) {
	n, err := b.partitionCount(ctx, topic)
	if err != nil {
		return nil, err
	}
	name := b.cfg.TopicPrefix + topic
	var ask []kafka.OffsetRequest
	for p := range n {
		ask = append(ask, kafka.FirstOffsetOf(p), kafka.LastOffsetOf(p))
	}
	res, err := b.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{name: ask}})
	if err != nil {
		return nil, err
	}
	out := make([]PartitionLag, n)
	for _, p := range res.Topics[name] {
		if p.Error != nil {
			return nil, p.Error
		}
		if p.Partition >= n {
			continue
		}
		out[p.Partition] = PartitionLag{Partition: p.Partition, First: p.FirstOffset, Last: p.LastOffset, Committed: -1}
	}
	return out, nil
}

// admin runs a request again while it meets what passes: a connection that a broker restart left behind, a coordinator or
// a leader that is moving. kafka-go asks for the leaders only every six seconds, so that a stale answer is retried until
// the request's own deadline; anything else gets five attempts.
func (b *Bus) admin(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	for attempt := 0; ; attempt++ {
		err := do(ctx)
		var ke kafka.Error
		again := staleConnection(err) || (errors.As(err, &ke) && ke.Temporary())
		moved := ke == kafka.NotLeaderForPartition || ke == kafka.LeaderNotAvailable
		if err == nil || !again || (attempt >= 4 && !moved) || !pause(ctx, backoff(attempt, publishBackoff, publishMaxWait)) {
			return err
		}
	}
}
