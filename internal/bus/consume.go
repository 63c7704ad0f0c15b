package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"
)

const (
	heartbeat      = 500 * time.Millisecond
	sessionTimeout = 6 * time.Second // the least that Kafka allows; max with the time of a drain
	joinBackoff    = 500 * time.Millisecond
	partitionWatch = 30 * time.Second
	closeGrace     = 3 * time.Second
)

// Run consumes until the context ends; then it stops taking messages, lets running handlers finish within
// DrainTimeout, acknowledges what they did, leaves the group and returns nil. A broker that is away is waited for. Run
// returns an error only for a wrong subscription, or [ErrDrain] when a handler ignores the end of its context.
func (b *Bus) Run(ctx context.Context, sub Subscription) error {
	if err := sub.validate(); err != nil {
		return err
	}
	sub = sub.withDefaults()
	c := &consumer{
		bus: b, sub: sub, metrics: b.metrics.stage(sub.Topic, sub.Stage),
		log: b.deps.Logger.With("topic", sub.Topic, "group", sub.Group, "stage", sub.Stage),
	}
	defer b.gate.reading(sub.Topic, sub.Group)()
	for {
		err := c.member(ctx)
		if ctx.Err() != nil {
			return err
		}
		c.log.Warn("consumer starts anew", "err", err)
		pause(ctx, joinBackoff)
	}
}

// consumer is one running subscription.
type consumer struct {
	bus     *Bus
	sub     Subscription
	metrics stageMetrics
	log     *slog.Logger
	// events counts everything that shows life; the watchdog compares.
	events atomic.Int64
	// assigned are the partitions of the current generation, nil while there is none.
	assigned atomic.Pointer[[]int]
}

func (c *consumer) topic() string { return c.bus.cfg.TopicPrefix + c.sub.Topic }
func (c *consumer) alive()        { c.events.Add(1) }

// member is one membership in the group, until the context ends or the watchdog gives up on it.
func (c *consumer) member(parent context.Context) error {
	ctx, recycle := context.WithCancelCause(parent)
	defer recycle(nil)
	leash := newLeash()
	defer leash.close()
	group, err := kafka.NewConsumerGroup(c.groupConfig(leash))
	if err != nil {
		return fmt.Errorf("join group %s: %w", c.sub.Group, err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { c.watch(ctx, recycle) })
	c.generations(ctx, group)
	err = c.leave(group, leash)
	recycle(nil)
	wg.Wait()
	if err == nil && parent.Err() == nil {
		err = context.Cause(ctx)
	}
	return err
}

func (c *consumer) groupConfig(l *leash) kafka.ConsumerGroupConfig {
	cfg := kafka.ConsumerGroupConfig{
		ID:                     c.bus.cfg.TopicPrefix + c.sub.Group,
		Brokers:                c.bus.brokers,
		Dialer:                 c.bus.net.dialer(l),
		Topics:                 []string{c.topic()},
		HeartbeatInterval:      heartbeat,
		SessionTimeout:         max(sessionTimeout, c.sub.DrainTimeout+closeGrace), // heartbeats stop when a drain begins
		RebalanceTimeout:       c.sub.DrainTimeout + closeGrace,
		JoinGroupBackoff:       joinBackoff,
		WatchPartitionChanges:  true,
		PartitionWatchInterval: partitionWatch,
		StartOffset:            kafka.FirstOffset,
		ErrorLogger:            kafkaLog(c.log, "group"),
	}
	if c.sub.FromEnd {
		cfg.StartOffset = kafka.LastOffset
	}
	return cfg
}

// generations takes part in one generation of the group after the other. kafka-go backs off between failed joins.
func (c *consumer) generations(ctx context.Context, group *kafka.ConsumerGroup) {
	failures := 0
	for {
		gen, err := group.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			failures = 0
			gen.Start(func(ended context.Context) { c.generation(ctx, ended, gen) })
		case errors.Is(err, kafka.RebalanceInProgress):
		default:
			if failures++; failures == 1 || failures%20 == 0 {
				c.log.Warn("cannot join the group, trying again", "failures", failures, "err", err)
			}
		}
	}
}

// leave closes the group: running handlers finish, offsets are acknowledged, the broker is told. It is bounded: after
// DrainTimeout the handlers' contexts end, and a little later the connections are cut.
func (c *consumer) leave(group *kafka.ConsumerGroup, l *leash) error {
	closed := make(chan error, 1)
	go func() { closed <- group.Close() }()
	first := closeGrace // enough when nothing is in flight: it may be waiting to join
	if c.assigned.Load() != nil {
		first += c.sub.DrainTimeout
	}
	for _, wait := range []time.Duration{first, closeGrace} {
		timer := time.NewTimer(wait)
		select {
		case err := <-closed:
			timer.Stop()
			return err
		case <-timer.C:
			l.close()
		}
	}
	return fmt.Errorf("stop stage %s: %w", c.sub.Stage, ErrDrain)
}

// generation consumes the partitions of one generation; kafka-go waits for it before it joins the next.
func (c *consumer) generation(ctx, ended context.Context, gen *kafka.Generation) {
	intake, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(ended, stop)()
	assigned := gen.Assignments[c.topic()]
	ids := make([]int, len(assigned))
	for i, a := range assigned {
		ids[i] = a.ID
	}
	c.assigned.Store(&ids)
	defer c.assigned.Store(nil)
	c.alive()
	c.log.Info("partitions assigned", "generation", gen.ID, "partitions", ids)
	g := &generation{c: c, gen: gen, intake: intake, stop: stop}
	if starts, ok := g.starts(assigned); ok && len(starts) > 0 {
		g.run(starts)
	}
	<-intake.Done()
}

// generation is the work of one consumer between two rebalances.
type generation struct {
	c   *consumer
	gen *kafka.Generation
	// intake ends when no more messages are to be taken: at a stop, at a rebalance, or when a commit fails.
	intake context.Context
	stop   context.CancelFunc
}

// start is where reading a partition begins.
type start struct {
	partition int
	offset    int64
}

// run reads and handles until intake ends and everything in flight has finished.
func (g *generation) run(starts []start) {
	leash := newLeash()
	dialer := g.c.bus.net.dialer(leash)
	var readers, workers sync.WaitGroup
	feeds, rooms := g.feeds(starts)
	for i, s := range starts {
		readers.Go(func() { g.read(dialer, s, rooms[s.partition], feeds[i%len(feeds)]) })
	}
	for _, feed := range feeds {
		workers.Go(func() {
			defer g.stop() // a worker ends only with its generation
			if g.c.sub.Handle != nil {
				g.batches(feed)
			} else {
				newLanes(g, feed, rooms).run()
			}
		})
	}
	<-g.intake.Done()
	leash.close()
	readers.Wait()
	workers.Wait()
}

// feeds are the channels from readers to workers: a few partitions share a batch worker; single messages of all
// partitions go through one dispatcher, with a bounded room for each partition. The channels have no buffer: the
// readers' own queues are the buffer.
func (g *generation) feeds(starts []start) ([]chan kafka.Message, map[int]room) {
	n, rooms := min(g.c.sub.Workers, len(starts)), map[int]room{}
	if g.c.sub.HandleEach != nil {
		n = 1
		for _, s := range starts {
			rooms[s.partition] = make(room, g.c.sub.MaxPending)
		}
	}
	feeds := make([]chan kafka.Message, n)
	for i := range feeds {
		feeds[i] = make(chan kafka.Message)
	}
	return feeds, rooms
}

// commit acknowledges everything before the given offset of each partition. When it fails the generation ends, and
// what was not acknowledged comes again.
func (g *generation) commit(next map[int]int64) bool {
	if len(next) == 0 {
		return true
	}
	err := g.gen.CommitOffsets(map[string]map[int]int64{g.c.topic(): next})
	if err != nil {
		g.c.log.Warn("offsets not acknowledged, their messages come again", "generation", g.gen.ID, "err", err)
		g.stop()
		return false
	}
	g.c.alive()
	g.c.metrics.lastDone.Set(float64(g.c.bus.deps.Now().UnixMilli()) / 1000)
	return true
}
