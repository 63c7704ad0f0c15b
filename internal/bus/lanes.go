package bus

import (
	"context"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

// commitEvery is how long finished single messages wait to be acknowledged together.
const commitEvery = 200 * time.Millisecond

// lanes dispatches single messages: one lane for each key, MaxInFlight handlers at once over all lanes. One goroutine
// (run) owns all of the state; handlers run in their own and report back.
type lanes struct {
	g    *generation
	feed <-chan kafka.Message
	// slots has room for one token per running handler. A handler that waits for its next attempt gives its token back.
	slots   chan struct{}
	rooms   map[int]room
	results chan result
	running sync.WaitGroup

	windows map[int]*window    // by partition
	waiting map[string][]*item // by key: what comes after the message at work
	ready   []*item            // next in their lanes, waiting for a slot
	dirty   map[int]int64      // offsets to acknowledge
	flush   <-chan time.Time   // when to acknowledge them
}

// item is one message on its way.
type item struct {
	msg  Message
	done bool
}

// result is what became of an item: not ok means that the generation ended first.
type result struct {
	item *item
	ok   bool
}

// room has MaxPending places for the messages of one partition. A reader takes a place for each message, and the place
// is free again when the message's offset can be acknowledged: so one slow message holds back only so much, and only
// so much comes again after a crash. A nil room has no limit.
type room chan struct{}

func (r room) enter(ctx context.Context) bool {
	if r == nil {
		return true
	}
	select {
	case r <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// window are the messages of a partition from the first unfinished one on, in order.
type window struct{ items []*item }

func newLanes(g *generation, feed <-chan kafka.Message, rooms map[int]room) *lanes {
	return &lanes{
		g: g, feed: feed, rooms: rooms,
		slots:   make(chan struct{}, g.c.sub.MaxInFlight),
		results: make(chan result),
		windows: map[int]*window{},
		waiting: map[string][]*item{},
		dirty:   map[int]int64{},
	}
}

// run takes messages until intake ends, then waits for the running ones and acknowledges what is done.
func (l *lanes) run() {
	for l.g.intake.Err() == nil {
		var slots chan struct{}
		if len(l.ready) > 0 {
			slots = l.slots
		}
		select {
		case m := <-l.feed:
			l.take(fromKafka(l.g.c.bus.cfg.TopicPrefix, m))
		case slots <- struct{}{}:
			it := l.ready[0]
			l.ready = l.ready[1:]
			l.running.Go(func() { l.work(it) })
		case r := <-l.results:
			l.finish(r)
		case <-l.flush:
			l.acknowledge()
		case <-l.g.intake.Done():
		}
	}
	l.drain()
}

// drain collects the results of handlers that were running when intake ended.
func (l *lanes) drain() {
	ended := make(chan struct{})
	go func() {
		l.running.Wait()
		close(ended)
	}()
	for {
		select {
		case r := <-l.results:
			l.finish(r)
		case <-ended:
			l.acknowledge()
			return
		}
	}
}

// take puts a message into its window and its lane. A message without a key has a lane of its own.
func (l *lanes) take(m Message) {
	it := &item{msg: m}
	w := l.windows[m.Partition]
	if w == nil {
		w = &window{}
		l.windows[m.Partition] = w
	}
	w.items = append(w.items, it)
	if key := string(m.Key); key != "" {
		if queue, busy := l.waiting[key]; busy {
			l.waiting[key] = append(queue, it)
			return
		}
		l.waiting[key] = nil
	}
	l.ready = append(l.ready, it)
}

// work handles a message in a goroutine of its own.
func (l *lanes) work(it *item) {
	held := true
	wait := func(d time.Duration) bool {
		<-l.slots
		held = false
		if !pause(l.g.intake, d) {
			return false
		}
		select {
		case l.slots <- struct{}{}:
			held = true
			return true
		case <-l.g.intake.Done():
			return false
		}
	}
	err := l.g.settle(it.msg, 0, wait, func(ctx context.Context) error { return l.g.c.sub.HandleEach(ctx, it.msg) })
	if held {
		<-l.slots
	}
	l.results <- result{it, err == nil}
}

// finish opens the lane for the next message of the key and moves the window on.
func (l *lanes) finish(r result) {
	it := r.item
	it.done = r.ok
	if key := string(it.msg.Key); key != "" {
		if queue := l.waiting[key]; len(queue) > 0 {
			l.ready = append(l.ready, queue[0])
			l.waiting[key] = queue[1:]
		} else {
			delete(l.waiting, key)
		}
	}
	it.msg.Value, it.msg.Headers = nil, nil // it may wait long for those before it
	w := l.windows[it.msg.Partition]
	for len(w.items) > 0 && w.items[0].done {
		l.dirty[it.msg.Partition] = w.items[0].msg.Offset + 1
		w.items = w.items[1:]
		<-l.rooms[it.msg.Partition]
	}
	if len(l.dirty) > 0 && l.flush == nil {
		l.flush = time.After(commitEvery)
	}
}

// acknowledge commits the lowest unfinished offset of each partition that has moved.
func (l *lanes) acknowledge() {
	l.flush = nil
	l.g.commit(l.dirty)
	l.dirty = map[int]int64{}
}
