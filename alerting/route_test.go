package alerting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
)

// tree is the configuration of a ministry's desk.
func tree(c *Config) {
	c.Webhooks = []Webhook{{Name: "room", URL: "https://bot.example.vn/a", Secret: "0123456789abcdef"}}
	c.Emails = []Email{
		{Name: "desk", To: []string{"desk@haidang.test"}},
		{Name: "health", To: []string{"yte@haidang.test"}, Language: "en"},
		{Name: "press", To: []string{"press@haidang.test"}},
	}
	c.Route = Route{
		Receivers: []string{"desk"}, GroupWait: settings.Duration(30 * time.Second), GroupInterval: settings.Duration(5 * time.Minute), RepeatInterval: settings.Duration(4 * time.Hour),
		Routes: []Route{
			{Name: "urgent", Match: Match{Severity: []article.Severity{article.Critical}}, Receivers: []string{"room"}, Continue: true},
			{Name: "health", Match: Match{Field: []string{"health"}}, Receivers: []string{"health"}, Routes: []Route{
				{Name: "abroad", Match: Match{Language: []string{"en"}}, Receivers: []string{"press", "health"}, GroupWait: settings.Duration(time.Minute)},
			}},
			{Name: "hue", Match: Match{Place: []string{"hue"}, Tier: []int{1}}, Receivers: []string{"press"}},
		},
	}
}

func TestRoutesAreWalkedLikeATree(t *testing.T) {
	cfg := DefaultConfig()
	tree(&cfg)
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		facts Facts
		want  string
	}{
		{"nothing matches", Facts{Severity: article.High, Field: "other"}, "desk by default wait 30s"},
		{"one route", Facts{Severity: article.High, Field: "health", Languages: []string{"vi"}}, "health by health wait 30s"},
		{"the deepest route, with its own wait", Facts{Severity: article.High, Field: "health", Languages: []string{"vi", "en"}}, "press by abroad wait 1m0s,health by abroad wait 1m0s"},
		{"goes on", Facts{Severity: article.Critical, Field: "health"}, "room by urgent wait 30s,health by health wait 30s"},
		{"every list must hold", Facts{Severity: article.High, Places: []string{"hue"}, Tier: 2}, "desk by default wait 30s"},
		{"place and tier", Facts{Severity: article.High, Places: []string{"da-nang", "hue"}, Tier: 1}, "press by hue wait 30s"},
		{"only the route that goes on", Facts{Severity: article.Critical}, "room by urgent wait 30s"},
	} {
		targets, steps := cfg.RouteTest(tt.facts)
		var got []string
		for _, target := range targets {
			got = append(got, fmt.Sprintf("%s by %s wait %s", target.Receiver, target.Route, target.Wait))
		}
		if s := strings.Join(got, ","); s != tt.want {
			t.Errorf("%s: told %q, want %q (steps %+v)", tt.name, s, tt.want, steps)
		}
		if len(steps) < 2 || !steps[0].Taken {
			t.Errorf("%s: steps %+v do not begin with the root", tt.name, steps)
		}
	}
	drawn := cfg.DrawRoutes()
	for _, want := range []string{"default → desk, wait 30s, interval 5m, repeat 4h\n", "├─ urgent [severity=critical] → room, and goes on\n", "│  └─ abroad [language=en] → press, health, wait 1m\n", "└─ hue [place=hue tier=1] → press\n"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("the drawing lacks %q:\n%s", want, drawn)
		}
	}
}

func TestMistakesInRoutesAreNamed(t *testing.T) {
	cfg := DefaultConfig()
	tree(&cfg)
	cfg.Route.Match = Match{Field: []string{"health"}}
	cfg.Route.Routes[0].Receivers = []string{"rom"}
	cfg.Route.Routes[1].Match.Severity = []article.Severity{"loud"}
	cfg.Route.Routes[2].Receivers = nil
	cfg.Emails[0].To = []string{"desk@haidang.test\r\nBcc: x@y.vn"}
	cfg.Emails[1].Name = "room"
	cfg.Inhibit = []Inhibition{{When: Match{Field: []string{"health"}}, Same: []string{"colour"}}}
	cfg.Flood = Flood{Most: 3, Per: 0}
	cfg.Link = "desk.example.vn"
	err := cfg.Validate()
	if err == nil {
		t.Fatal("all of it is accepted")
	}
	for _, want := range []string{
		"alerting.route.match: the root is for every story", `alerting.route.routes[0].receivers: there is no receiver "rom"`,
		`alerting.route.routes[1].match: severity "loud"`, "alerting.route.routes[2]: tells nobody", "alerting.emails[0].to[0]:", `alerting.emails[1].name: "room" is taken`,
		"alerting.inhibit[0]: when and mute must both say something", `alerting.inhibit[0].same: "colour"`, "alerting.flood:", "alerting.link:",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the refusal lacks %q:\n%v", want, err)
		}
	}
}

func TestMatchIsReadAsItIsWritten(t *testing.T) {
	for _, words := range []string{"severity=critical,high field=health", "topic=dams place=hue,da-nang language=en tier=1,2 claim=dam-burst", ""} {
		m, err := ParseMatch(strings.Fields(words))
		if err != nil || m.String() != words {
			t.Errorf("ParseMatch(%q) = %q, %v", words, m, err)
		}
	}
	for _, words := range []string{"severity", "severity=", "field=a,,b", "colour=red", "severity=loud", "tier=x", "tier=9"} {
		if m, err := ParseMatch([]string{words}); err == nil {
			t.Errorf("ParseMatch(%q) = %q, want a refusal", words, m)
		}
	}
}

// posted are the mails that a desk sent, with when.
type posted struct {
	mu    sync.Mutex // several senders are at work
	mails []Mail
	at    []time.Time
	fail  error
}

// mailDesk is a desk whose clock is synctest's, with somebody to take its mail.
func mailDesk(t *testing.T, change func(*Config), more ...func(*Deps)) (*testDesk, *posted) {
	p := &posted{}
	d := newTestDesk(t, func(c *Config, deps *Deps) {
		tree(c)
		c.Webhooks, c.Route.Routes = nil, c.Route.Routes[1:]
		c.Link = "https://desk.haidang.test/"
		if change != nil {
			change(c)
		}
		deps.Publisher, deps.Now = nil, time.Now
		deps.Mail = func(_ context.Context, m Mail) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.fail != nil {
				return p.fail
			}
			p.mails, p.at = append(p.mails, m), append(p.at, time.Now())
			return nil
		}
		for _, f := range more {
			f(deps)
		}
	})
	return d, p
}

// during runs the desk for some time.
func (d *testDesk) during(length time.Duration) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	if err := d.Run(ctx); err != nil {
		d.t.Fatal(err)
	}
}

// rumour is an article of a claim, seen now.
func rumour(claim, text string, severity article.Severity, change ...func(*article.Article)) article.Article {
	a := about(claim, claim+"-"+fmt.Sprint(len(text)), "Báo "+claim, 0, text, change...)
	a.FirstSeen, a.Published = time.Now(), time.Now()
	a.Verdict.Severity, a.Verdict.Claims[0].Severity, a.Verdict.Claims[0].Pattern = severity, severity, true
	a.Title = "Tin " + claim
	a.Revise()
	return a
}

func TestMailsOfAGroupGoOutTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, nil)
		began := time.Now()
		d.handle(rumour("dam", tellingA, article.High), rumour("fuel", tellingB, article.High))
		d.during(2 * time.Minute)
		if len(p.mails) != 1 || !strings.HasPrefix(p.mails[0].Subject, "2 tin cần kiểm chứng: Tin ") || p.at[0].Sub(began) < 30*time.Second || p.at[0].Sub(began) > 35*time.Second {
			t.Fatalf("mails %+v at %v, want one of two claims after 30 s", p.mails, p.at)
		}
		d.handle(rumour("bank", tellingC, article.Critical))
		d.during(10 * time.Second)
		if len(p.mails) != 2 || !strings.HasPrefix(p.mails[1].Subject, "[Khẩn cấp] Cần kiểm chứng: Tin bank") {
			t.Fatalf("%d mails, want the critical one at once, by itself", len(p.mails))
		}
		d.handle(rumour("note", tellingA+" tiền", article.High))
		d.during(10 * time.Minute)
		if len(p.mails) != 3 || p.at[2].Sub(p.at[0]) < 5*time.Minute {
			t.Errorf("%d mails, the last %s after the first; want it after the interval of 5 minutes", len(p.mails), p.at[len(p.at)-1].Sub(p.at[0]))
		}
		for _, m := range p.mails {
			if !strings.Contains(m.Text, "https://desk.haidang.test/stories/") || !strings.Contains(m.Text, "“Tin”, 70/100") || !strings.Contains(m.Text, "chưa có phản hồi") || !strings.Contains(m.HTML, "<bdi>") {
				t.Errorf("the mail does not say why it rang, what is known and where to look:\n%s", m.Text)
			}
		}
	})
}

func TestWhatNobodyTakesIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, func(c *Config) { c.Route.RepeatInterval = settings.Duration(2 * time.Minute) })
		d.handle(rumour("dam", tellingA, article.High), rumour("fuel", tellingB, article.Critical))
		d.during(time.Minute)
		taken := d.stories()[0]
		if _, err := d.Act(t.Context(), Command{Action: Review, Actor: "lan", Stories: []Ref{{ID: taken.ID}}}); err != nil {
			t.Fatal(err)
		}
		d.during(15 * time.Minute)
		var again []string
		for _, m := range p.mails[2:] {
			again = append(again, m.Subject)
		}
		if len(again) != maxRepeats || slices.ContainsFunc(again, func(s string) bool {
			return !strings.Contains(s, "Vẫn chưa ai nhận") || strings.Contains(s, taken.FirstTitle)
		}) {
			t.Errorf("repeated %q, want %d times the one that nobody took", again, maxRepeats)
		}
		if c := d.counts(); c.DeliveriesPending != 0 {
			t.Errorf("%d messages still wait", c.DeliveriesPending)
		}
	})
}

func TestFloodIsHeldBackAndSentTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, func(c *Config) { c.Flood = Flood{Most: 3, Per: settings.Duration(10 * time.Minute)} })
		for n := range 8 {
			d.handle(rumour(fmt.Sprintf("c%d", n), fmt.Sprintf("%s lần %d", tellingA, n), article.High))
		}
		d.handle(rumour("bank", tellingC, article.Critical))
		if c := d.counts(); c.DeliveriesHeld != 5 {
			t.Errorf("%d held back, want 5", c.DeliveriesHeld)
		}
		d.during(time.Minute)
		if len(p.mails) != 2 {
			t.Errorf("%d mails in the first minute, want the critical one and one of three claims", len(p.mails))
		}
		d.during(11 * time.Minute)
		last := p.mails[len(p.mails)-1]
		if c := d.counts(); len(p.mails) != 3 || !strings.HasPrefix(last.Subject, "5 tin") || c.DeliveriesHeld != 0 {
			t.Errorf("%d mails, the last %q, %d held back; want the five together", len(p.mails), last.Subject, c.DeliveriesHeld)
		}
	})
}

func TestInhibitionMutesTheSmallerStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, func(c *Config) {
			c.Inhibit = []Inhibition{{When: Match{Severity: []article.Severity{article.Critical}}, Mute: Match{Severity: []article.Severity{article.High}}, Same: []string{"place"}}}
		})
		d.handle(rumour("dam", tellingA, article.Critical))
		d.handle(rumour("road", tellingB, article.High)) // the same place
		d.handle(rumour("fuel", tellingC, article.High, func(a *article.Article) { a.Verdict.Places = []string{"ca-mau"} }))
		d.during(time.Minute)
		var subjects []string
		for _, m := range p.mails {
			subjects = append(subjects, m.Subject)
		}
		if got := strings.Join(subjects, "|"); len(p.mails) != 2 || strings.Contains(got, "road") {
			t.Errorf("mailed %q, want the critical one and the one elsewhere", got)
		}
		dam := d.stories()[slices.IndexFunc(d.stories(), func(s Story) bool { return s.ClaimID == "dam" })]
		if _, err := d.Act(t.Context(), Command{Action: Close, Outcome: ConfirmedFalse, Actor: "lan", Stories: []Ref{{ID: dam.ID}}}); err != nil {
			t.Fatal(err)
		}
		<-time.After(inhibited)
		d.during(2 * time.Minute)
		if last := p.mails[len(p.mails)-1].Subject; !strings.Contains(last, "Tin road") {
			t.Errorf("the last mail is %q, want the muted story once nothing mutes it", last)
		}
	})
}

func TestQuietHoursLetOnlyCriticalThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, func(c *Config) { c.Roster.Quiet = Hours{From: "06:00", To: "08:00"} }) // it is 07:00 in Hà Nội
		d.handle(rumour("dam", tellingA, article.High), rumour("fuel", tellingB, article.Critical))
		d.during(time.Minute)
		<-time.After(57 * time.Minute)
		if len(p.mails) != 1 || !strings.Contains(p.mails[0].Subject, "fuel") {
			t.Fatalf("%d mails in the quiet hours, want the critical one", len(p.mails))
		}
		d.during(4 * time.Minute)
		if len(p.mails) != 2 || p.at[1].In(time.FixedZone("", 7*3600)).Format("15:04") != "08:00" {
			t.Errorf("%d mails, the last at %v; want the other at eight", len(p.mails), p.at[len(p.at)-1])
		}
	})
}

func TestRosterIsCalledByMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, func(c *Config) {
			c.People = []Person{{ID: "lan", Name: "Lan", Email: "lan@haidang.test"}, {ID: "thu", Name: "Thu", Email: "thu@haidang.test", Lead: true}}
			c.Roster.Chain = []string{"lan", "thu"}
		})
		d.handle(rumour("dam", tellingA, article.Critical))
		d.during(6 * time.Minute)
		d.handle() // nothing new
		d.during(6 * time.Minute)
		var to []string
		for _, m := range p.mails {
			to = append(to, m.To)
		}
		if got := strings.Join(to, " "); got != "desk@haidang.test lan@haidang.test thu@haidang.test" || !strings.Contains(p.mails[1].Subject, "Gọi người trực") {
			t.Errorf("mailed %q, want the desk, then one after the other of the roster", got)
		}
	})
}

// TestHostileStoryMakesAHarmlessMail: what an outlet wrote cannot become a header, markup or a wall of letters.
func TestHostileStoryMakesAHarmlessMail(t *testing.T) {
	evil := "Đập vỡ\r\nBcc: all@x.vn\r\n\r\n<script>alert(1)</script>\u202e\x00\x1b[2J 😀" + strings.Repeat(" rất dài", 2000)
	box := mailbox{teller{link: "https://desk.haidang.test"}, "a@b.vn", nil}
	s := Story{ID: "a/../b", Severity: "loud\r\nX: y", Pattern: true, FirstTitle: evil, StatementVI: evil, AnswerOutlet: evil, AnsweredAt: start}
	m := box.write("id", []Notification{{Change: KindOpened, Story: s, Article: Alert{Outlet: evil, Title: evil, Snippets: []Snippet{{Text: "vỡ đập", Marks: []Mark{{Start: 0, End: 99}, {Start: -1, End: 2}, {Start: 0, End: 4}}}}}}})
	for what, got := range map[string]string{"subject": m.Subject, "text": m.Text, "page": m.HTML} {
		if strings.ContainsAny(got, "\r\x00\x1b\u202e") || strings.Contains(got, "<script>") && what == "page" || what == "subject" && strings.Contains(got, "\n") {
			t.Errorf("the %s holds what an outlet put there: %q", what, got)
		}
	}
	if len([]rune(m.Subject)) > longTitle+1 || len(m.HTML) > 8<<10 {
		t.Errorf("subject of %d letters, page of %d bytes", len([]rune(m.Subject)), len(m.HTML))
	}
}

func TestMailThatFailsIsTriedAgainAndThenShownOnTheDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, func(c *Config) { c.Retry.Attempts = 6 })
		p.fail = errors.New("451 greylisted, come back later")
		d.handle(rumour("dam", tellingA, article.Critical))
		d.during(10 * time.Second)
		p.fail = nil
		d.during(time.Minute)
		if len(p.mails) != 1 {
			t.Errorf("%d mails after greylisting, want one", len(p.mails))
		}
		p.fail = errors.New("550 no such user")
		d.handle(rumour("fuel", tellingB, article.Critical))
		d.during(5 * time.Minute)
		if c := d.counts(); len(p.mails) != 1 || c.DeliveriesFailed != 1 || !strings.Contains(d.kinds(), string(KindDeliveryFailed)) {
			t.Errorf("%d mails, %d failed, events %s; want the failure on the desk", len(p.mails), c.DeliveriesFailed, d.kinds())
		}
	})
}

// TestRowsOfRemovedReceiversEnd: what waits for a receiver that was taken from the configuration waits for nobody.
func TestRowsOfRemovedReceiversEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := mailDesk(t, nil)
		d.handle(rumour("dam", tellingA, article.High))
		cfg := DefaultConfig()
		without, err := New(cfg, Deps{DB: d.db, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := without.Run(ctx); err != nil {
			t.Fatal(err)
		}
		waiting, err := d.Deliveries(t.Context(), DeliverySkipped, 10)
		if err != nil || len(waiting) != 1 || !strings.Contains(waiting[0].LastError, "not in the configuration") {
			t.Errorf("deliveries %+v, %v; want the row ended, and it said", waiting, err)
		}
	})
}
