package alerting

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
)

// TestReceiverInTroubleIsLeftAloneAndShown: an outage of an hour with ten messages waiting costs few attempts, is told on
// the desk, and loses nothing.
func TestReceiverInTroubleIsLeftAloneAndShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		down.Store(true)
		h := &hook{answer: func(int) (int, error) {
			if down.Load() {
				return 0, errors.New("no route to host")
			}
			return http.StatusOK, nil
		}}
		d := newTestDesk(t, withHook(h, func(c *Config) { c.Flood.Most = 0 }))
		stop := d.running()
		defer func() { stop() }()
		for i := range 10 {
			d.handle(about(fmt.Sprintf("claim-%d", i), fmt.Sprintf("a%d", i), "Báo Bến Cảng", 0, tellingA))
		}
		pass(time.Hour)
		asked := len(h.requests)
		if asked > 25 {
			t.Errorf("%d attempts in an hour on a receiver that is down, want few", asked)
		}
		troubles, err := d.Troubles(t.Context())
		if err != nil || len(troubles) != 1 {
			t.Fatalf("troubles %+v, %v; want the one receiver", troubles, err)
		}
		if v := troubles[0]; v.Receiver != "room" || v.Failures != asked || v.Waiting != 10 || v.RestUntil.IsZero() || !strings.Contains(v.LastError, "no route to host") || time.Since(v.Since) < 59*time.Minute {
			t.Errorf("trouble %+v after %d attempts", v, asked)
		}
		down.Store(false)
		pass(longRest + 2*idle)
		if troubles, err = d.Troubles(t.Context()); err != nil || len(troubles) != 0 {
			t.Errorf("troubles %+v, %v after it came back; want none", troubles, err)
		}
		pass(15 * time.Minute) // the pauses of the messages themselves
		if sent, err := d.Deliveries(t.Context(), DeliverySent, 100); err != nil || len(sent) != 10 {
			t.Errorf("%d sent (%v), want all ten", len(sent), err)
		}
	})
}

// TestWhatWaitsTooLongIsGivenUpOnTheDesk, and can be sent again from there, or let go.
func TestWhatWaitsTooLongIsGivenUpOnTheDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		down.Store(true)
		h := &hook{answer: func(int) (int, error) {
			if down.Load() {
				return http.StatusBadGateway, nil
			}
			return http.StatusOK, nil
		}}
		d := newTestDesk(t, withHook(h, func(c *Config) {
			c.Retry.Attempts, c.Retry.Expire, c.Retry.Max = 1000, settings.Duration(2*time.Hour), settings.Duration(time.Minute)
		}))
		stop := d.running()
		defer func() { stop() }()
		d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA), about("bank", "a2", "Báo Bến Cảng", 0, tellingB))
		pass(2*time.Hour + time.Minute)
		failed, err := d.Deliveries(t.Context(), DeliveryFailed, 10)
		if err != nil || len(failed) != 2 || !strings.Contains(failed[0].LastError, "away for too long") || !strings.Contains(failed[0].LastError, "502") {
			t.Fatalf("failed %+v, %v; want both, with the reason", failed, err)
		}
		if got := strings.Count(d.kinds(), string(KindDeliveryFailed)); got != 2 {
			t.Errorf("%d events say so, want 2", got)
		}
		down.Store(false)
		if n, err := d.Settle(t.Context(), "lan", Redeliver, []string{failed[0].ID, "nothing"}); n != 1 || err != nil {
			t.Fatalf("Settle = %d, %v; want one", n, err)
		}
		if n, err := d.Settle(t.Context(), "lan", LetGo, []string{failed[1].ID}); n != 1 || err != nil {
			t.Fatalf("Settle = %d, %v; want one", n, err)
		}
		pass(10 * time.Second)
		states := map[DeliveryState]int{}
		all, err := d.deliveries(t.Context(), "1 = 1")
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			states[v.State]++
		}
		if states[DeliverySent] != 1 || states[DeliverySkipped] != 1 || d.counts().DeliveriesFailed != 0 {
			t.Errorf("states %v, want one sent and one let go", states)
		}
		trail, err := d.Audit(t.Context(), "", 0, 10)
		if err != nil || len(trail) != 2 || trail[0].Action != Redeliver || trail[1].Action != LetGo || trail[0].Actor != "lan" {
			t.Errorf("trail %+v, %v", trail, err)
		}
		var refusal *Refusal
		if _, err := d.Settle(t.Context(), "lan", Close, nil); !errors.As(err, &refusal) {
			t.Errorf("Settle with another action = %v, want a refusal", err)
		}
	})
}

// TestOneAddressInTroubleKeepsTheMailFromNobody: each address has its own row; one that is refused for good is not tried again.
func TestOneAddressInTroubleKeepsTheMailFromNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // the rows are sent side by side
		var mails []Mail
		tries := map[string]int{}
		d, _ := mailDesk(t, func(c *Config) {
			c.Emails[0].To = []string{"desk@haidang.test", "full@haidang.test", "gone@haidang.test"}
		})
		d.mail = func(_ context.Context, m Mail) error {
			mu.Lock()
			defer mu.Unlock()
			tries[m.To]++
			switch {
			case strings.HasPrefix(m.To, "gone"):
				return fmt.Errorf("550 no such user: %w", ErrRefused)
			case strings.HasPrefix(m.To, "full") && tries[m.To] < 3:
				return errors.New("452 mailbox full")
			}
			mails = append(mails, m)
			return nil
		}
		d.handle(rumour("dam", tellingA, article.Critical))
		d.during(time.Minute)
		if len(mails) != 2 || mails[0].To != "desk@haidang.test" || mails[1].To != "full@haidang.test" || mails[0].ID == mails[1].ID {
			t.Errorf("mails %+v, want one to each who can be reached", mails)
		}
		failed, err := d.Deliveries(t.Context(), DeliveryFailed, 10)
		if err != nil || len(failed) != 1 || failed[0].Receiver != "desk gone@haidang.test" || failed[0].Attempts != 1 {
			t.Errorf("failed %+v, %v; want the address that is gone, after one attempt", failed, err)
		}
		if troubles, err := d.Troubles(t.Context()); err != nil || len(troubles) != 0 {
			t.Errorf("troubles %+v, %v; want none: the server answers", troubles, err)
		}
	})
}
