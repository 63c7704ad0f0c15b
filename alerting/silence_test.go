package alerting

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haidang/internal/article"
)

// refusedAs checks that an error is a refusal of a kind, by somebody.
func refusedAs(t *testing.T, err error, code, by string) {
	t.Helper()
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Code != code || refusal.By != by {
		t.Errorf("error %v, want a refusal %q by %q", err, code, by)
	}
}

func TestSilencesThatMakeNoSense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := mailDesk(t, nil)
		dam, hour := Match{Claim: []string{"dam"}}, time.Now().Add(time.Hour)
		for _, tt := range []struct {
			name, code string
			silence    Silence
		}{
			{"everything", refuseBlind, Silence{Author: "lan", Reason: "x", EndsAt: hour}},
			{"for ever", refuseSilenceEnd, Silence{Match: dam, Author: "lan", Reason: "x", EndsAt: time.Now().Add(8 * 24 * time.Hour)}},
			{"far away", refuseSilenceEnd, Silence{Match: dam, Author: "lan", Reason: "x", StartsAt: time.Now().Add(8 * 24 * time.Hour), EndsAt: time.Now().Add(9 * 24 * time.Hour)}},
			{"backwards", refuseSilenceEnd, Silence{Match: dam, Author: "lan", Reason: "x", StartsAt: time.Now().Add(2 * time.Hour), EndsAt: hour}},
			{"over", refuseSilenceEnd, Silence{Match: dam, Author: "lan", Reason: "x", EndsAt: time.Now()}},
			{"nobody", refuseActor, Silence{Match: dam, Reason: "x", EndsAt: hour}},
			{"no reason", refuseNote, Silence{Match: dam, Author: "lan", Reason: " \x00", EndsAt: hour}},
			{"a broken name", refuseBlind, Silence{Match: Match{Outlet: []string{"a\xff"}}, Author: "lan", Reason: "x", EndsAt: hour}},
		} {
			_, err := d.AddSilence(t.Context(), tt.silence)
			t.Log(tt.name)
			refusedAs(t, err, tt.code, "")
		}
		if _, err := d.AddSilence(t.Context(), Silence{Match: dam, Author: "lan", Reason: "x", EndsAt: hour}); err != nil {
			t.Fatal(err)
		}
		_, err := d.AddSilence(t.Context(), Silence{Match: dam, Author: "minh", Reason: "y", EndsAt: hour})
		refusedAs(t, err, refuseSilenced, "lan")
	})
}

func TestSilenceHoldsBackAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, nil)
		s, err := d.AddSilence(t.Context(), Silence{Match: Match{Claim: []string{"dam"}}, Author: "lan", Reason: "diễn tập", EndsAt: time.Now().Add(2 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		d.handle(rumour("dam", tellingA, article.Critical), rumour("fuel", tellingB, article.Critical))
		d.during(time.Minute)
		if len(p.mails) != 1 || !strings.Contains(p.mails[0].Subject, "fuel") {
			t.Fatalf("%d mails, want only the claim that is not silenced", len(p.mails))
		}
		i := slices.IndexFunc(d.stories(), func(s Story) bool { return s.ClaimID == "dam" })
		if got := d.stories()[i]; got.State != StateSuppressed || got.SuppressedBy != "silence:"+s.ID {
			t.Errorf("state %s by %q, want suppressed by the silence", got.State, got.SuppressedBy)
		}
		if list, err := d.Silences(t.Context(), time.Now()); err != nil || len(list) != 1 || list[0].Holds != 1 || list[0].Reason != "diễn tập" || list[0].Match.String() != "claim=dam" {
			t.Errorf("Silences = %+v, %v", list, err)
		}
		if err := d.EndSilence(t.Context(), s.ID, "minh"); err != nil {
			t.Fatal(err)
		}
		refusedAs(t, d.EndSilence(t.Context(), s.ID, "thu"), refuseSilenceOver, "minh")
		if list, err := d.Silences(t.Context(), time.Now().Add(-time.Hour)); err != nil || len(list) != 1 || list[0].EndedBy != "minh" {
			t.Errorf("Silences = %+v, %v; want the ended one, by minh", list, err)
		}
		d.during(10 * time.Second)
		if last := p.mails[len(p.mails)-1]; len(p.mails) != 2 || !strings.Contains(last.Subject, "Hết thời gian giữ lại: Tin dam") {
			t.Errorf("%d mails after the silence, the last %q; want it told now", len(p.mails), last.Subject)
		}
		if got := d.stories()[i]; got.State != StateNew {
			t.Errorf("state %s after the silence, want new", got.State)
		}
	})
}

func TestASilenceToComeAboutAnOutlet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, nil)
		m := Match{Outlet: []string{"Báo Thử"}}
		from := func(outlet string) func(*article.Article) {
			return func(a *article.Article) { a.Outlet = outlet }
		}
		d.handle(rumour("early", tellingA, article.Critical, from("Báo Thử")))
		_, err := d.AddSilence(t.Context(), Silence{
			Match: m, Author: "lan", Reason: "báo thử hệ thống", StoryID: d.stories()[0].ID, StartsAt: time.Now().Add(time.Hour), EndsAt: time.Now().Add(2 * time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		d.handle(rumour("before", tellingA, article.Critical, from("Báo Thử")))
		d.during(time.Hour)
		d.handle(rumour("during", tellingB, article.Critical, from("Báo Thử")), rumour("other", tellingC, article.Critical, from("Báo Khác")))
		d.during(time.Minute)
		states := map[string]State{}
		for _, s := range d.stories() { // what the desk lists
			states[s.ClaimID] = s.State
		}
		if states["before"] != StateNew || states["during"] != StateSuppressed || states["other"] != StateNew {
			t.Errorf("states %v, want only the one that rang during it held back, and all listed", states)
		}
		if slices.ContainsFunc(p.mails, func(m Mail) bool { return strings.Contains(m.Subject, "during") }) {
			t.Error("somebody was told of a silenced story")
		}
		would, err := d.WouldHold(t.Context(), m, time.Now().Add(-24*time.Hour))
		if err != nil || len(would) != 3 {
			t.Errorf("WouldHold = %d stories, %v; want the three of the outlet", len(would), err)
		}
		trail, err := d.Audit(t.Context(), "", 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(trail, func(e AuditEntry) bool { return e.Action == BeginSilence })
		if i < 0 || trail[i].Actor != "lan" || trail[i].Note != "báo thử hệ thống" || trail[i].StoryID == "" || !strings.Contains(string(trail[i].Detail), "outlet=Báo Thử") {
			t.Errorf("the audit trail does not tell of the silence: %+v", trail)
		}
		if _, err := d.VerifyAudit(t.Context()); err != nil {
			t.Errorf("the trail does not hold: %v", err)
		}
	})
}
