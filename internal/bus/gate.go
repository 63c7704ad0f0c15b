package bus

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const gatePoll = 100 * time.Millisecond

// gate holds back the publishers of the embedded broker before its retention overtakes a reader: its log is small, and
// an import is faster than an index. Apache Kafka, whose retention is days, has none.
//
// Only articles and verdicts are gated. Their readers do not publish to the topic that they read, so nobody waits for
// himself.
type gate struct {
	mu      sync.Mutex
	readers map[string]map[string]int // topic, group: running consumers
	since   map[string]int64          // topic: bytes published since the readers were last measured
}

func newGate() *gate {
	return &gate{readers: map[string]map[string]int{Articles: {}, Verdicts: {}}, since: map[string]int64{}}
}

// reading notes a consumer until the returned function is called.
func (g *gate) reading(topic, group string) (stop func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	groups := g.readers[topic]
	if groups == nil {
		return func() {}
	}
	groups[group]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if groups[group]--; groups[group] == 0 {
			delete(groups, group)
		}
	}
}

// due tells which groups must be measured before n more bytes go to topic: none most of the time.
func (g *gate) due(topic string, n, step int64) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.since[topic] += n
	if g.since[topic] < step {
		return nil
	}
	var groups []string
	for group := range g.readers[topic] {
		groups = append(groups, group)
	}
	return groups
}

func (g *gate) measured(topic string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.since[topic] = 0
}

// holdBack waits until the readers of topic have left at most half of its room unread. It measures once for each
// quarter of the room, so that there is always a quarter left.
func (b *Bus) holdBack(ctx context.Context, topic string, size int) error {
	room := embeddedShare(topic, b.cfg).bytes
	groups := b.gate.due(topic, int64(size), room/4)
	for waited := false; len(groups) > 0; waited = true {
		unread, err := b.unread(ctx, topic, groups)
		if err == nil && unread <= room/2 {
			b.gate.measured(topic)
			return nil
		}
		if !waited {
			b.metrics.heldBack.WithLabelValues(topic).Inc()
		}
		if !pause(ctx, gatePoll) {
			return Unavailable(fmt.Errorf("publish to %s: %d MB wait to be read and the log has no more room: %w", topic, unread>>20, ErrBehind))
		}
	}
	return nil
}

// unread estimates the bytes of the fullest partition that the slowest group has not acknowledged.
func (b *Bus) unread(ctx context.Context, topic string, groups []string) (int64, error) {
	sizes := b.broker.sizes(b.cfg.TopicPrefix + topic)
	var most int64
	for _, group := range groups {
		report, err := b.Lag(ctx, group, topic)
		if err != nil {
			return 0, err
		}
		for _, p := range report.Partitions {
			if held := p.Last - p.First; held > 0 && p.Partition < len(sizes) {
				most = max(most, int64(float64(sizes[p.Partition])*float64(p.Lag)/float64(held)))
			}
		}
	}
	return most, nil
}
