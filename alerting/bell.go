package alerting

import "sync"

// bell wakes whoever waits for new events. A waiter that is busy is not waited for: its channel holds one wake-up,
// and more of them would say nothing more.
type bell struct {
	mu      sync.Mutex
	waiters map[chan struct{}]struct{}
}

// Subscribe returns a channel that receives something soon after new events were stored by this process, and a
// function to stop. Read [Desk.Events] after each wake-up, and once before the first.
func (d *Desk) Subscribe() (wake <-chan struct{}, cancel func()) { return d.bell.subscribe() }

func (b *bell) subscribe() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiters == nil {
		b.waiters = map[chan struct{}]struct{}{}
	}
	b.waiters[ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.waiters, ch)
	}
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.waiters {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
