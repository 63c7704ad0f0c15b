package digest

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"haidang/internal/settings"
)

func (w *world) send(list string) (Reason, error) {
	w.t.Helper()
	l, err := w.List(list)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.Send(context.Background(), sunday, l)
}

func (w *world) mustSend(list string, want Reason) {
	w.t.Helper()
	if got, err := w.send(list); got != want || (want == ReasonSent || want == ReasonBefore) != (err == nil) {
		w.t.Fatalf("Send(%s) = %s, %v; want %s", list, got, err, want)
	}
}

// addresses returns who has a mail, in order.
func addresses(mails []received) string {
	var out []string
	for _, m := range mails {
		out = append(out, strings.TrimSuffix(m.to, "@haidang.test"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestMailArrivesWhole(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	w := newWorld(t, through(m))
	w.day()
	w.mustSend("ban-chi-dao", ReasonSent)
	if got := addresses(m.got()); got != "lead member" {
		t.Fatalf("mailed %q, want lead and member", got)
	}
	e := w.build("ban-chi-dao")
	var ids []string
	for _, got := range m.got() {
		p := parseMail(t, got.raw)
		if p.subject != e.Subject || !slices.Equal(p.types, []string{"text/plain", "text/html"}) {
			t.Errorf("subject %q, parts %q; want %q, text and HTML", p.subject, p.types, e.Subject)
		}
		if unix(p.text) != e.Text || unix(p.html) != e.HTML {
			t.Errorf("the parts are not what was built:\n%s", p.text)
		}
		to, err := p.header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != got.to {
			t.Errorf("To = %v (%v), want %s alone", to, err, got.to)
		}
		from, err := mail.ParseAddress(p.header.Get("From"))
		if err != nil || from.Name != "Hải Đăng" || from.Address != "haidang@haidang.test" {
			t.Errorf("From = %v (%v)", from, err)
		}
		if date, err := p.header.Date(); err != nil || !date.Equal(morning) {
			t.Errorf("Date = %v (%v), want %v", date, err, morning)
		}
		for line := range strings.SplitSeq(string(got.raw), "\n") {
			if len(line) > 998 {
				t.Errorf("a line has %d bytes, more than SMTP allows", len(line))
			}
		}
		ids = append(ids, p.header.Get("Message-ID"))
	}
	if ids[0] != ids[1] || !strings.HasPrefix(ids[0], "<digest-2026-11-22-") || !strings.HasSuffix(ids[0], "@haidang.test>") {
		t.Errorf("Message-IDs = %q, want one, made of the date", ids)
	}
}

func unix(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func TestOnceForEachDateAndList(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	w := newWorld(t, through(m))
	w.mustSend("ban-chi-dao", ReasonSent)
	w.mustSend("ban-chi-dao", ReasonBefore)
	w.mustSend("partners", ReasonSent)
	w.mustSend("partners", ReasonBefore)
	if got := addresses(m.got()); got != "lead member member1" {
		t.Errorf("mailed %q, want everybody once", got)
	}
	a, b := parseMail(t, m.got()[0].raw), parseMail(t, m.got()[2].raw)
	if a.header.Get("Message-ID") == b.header.Get("Message-ID") {
		t.Error("two lists share a Message-ID")
	}
}

func TestTemporaryRefusalsAreTriedAgainForThoseAlone(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, come back later"}
	m.rcpt = func(to string) error {
		if strings.HasPrefix(to, "lead@") {
			return busy
		}
		return nil
	}
	w := newWorld(t, through(m))
	w.mustSend("ban-chi-dao", ReasonRetry)
	m.set(func(m *mailServer) { m.rcpt = nil })
	w.now = w.now.Add(time.Hour)
	w.mustSend("ban-chi-dao", ReasonSent)
	if got := addresses(m.got()); got != "lead member" {
		t.Errorf("mailed %q, want each once", got)
	}
}

func TestAddressRefusedForGoodHoldsUpNobody(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	asked := 0
	m.rcpt = func(to string) error {
		if strings.HasPrefix(to, "lead@") {
			asked++
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}
	w := newWorld(t, through(m))
	got, err := w.send("ban-chi-dao")
	if got != ReasonFailed || err == nil || !strings.Contains(err.Error(), "no such user") || !strings.Contains(err.Error(), "lead@") {
		t.Fatalf("Send = %s, %v; want failed, with the address and the server's words", got, err)
	}
	w.mustSend("ban-chi-dao", ReasonFailed)
	if got := addresses(m.got()); got != "member" || asked != 1 {
		t.Errorf("mailed %q, asked for lead %d times; want member, once", got, asked)
	}
}

func TestMailRefusedAfterDataIsTriedAgain(t *testing.T) {
	for _, code := range []int{452, 554} {
		m := startServer(t, TLSNone, nil)
		m.data = func(_ string, n int) error {
			if n <= 2 {
				return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 3, 0}, Message: "not now"}
			}
			return nil
		}
		w := newWorld(t, through(m))
		w.mustSend("ban-chi-dao", ReasonRetry)
		w.mustSend("ban-chi-dao", ReasonSent)
		if got := addresses(m.got()); got != "lead member" {
			t.Errorf("%d: mailed %q, want each once", code, got)
		}
	}
}

func TestDropAfterDataRepeatsTheSameMail(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	m.data = func(_ string, n int) error {
		if n == 1 {
			return errDrop
		}
		return nil
	}
	w := newWorld(t, through(m))
	w.mustSend("ban-chi-dao", ReasonRetry)
	w.now = w.now.Add(time.Hour)
	w.tell(telling{claim: "dam", outlet: "A", title: "tin sau", ago: 2 * time.Hour, text: long("a")}) // must not change the mail
	w.mustSend("ban-chi-dao", ReasonSent)
	copies := map[string][]string{}
	for _, got := range m.got() {
		copies[got.to] = append(copies[got.to], string(got.raw))
	}
	for to, raws := range copies {
		for _, raw := range raws[1:] {
			if stripReceived(raw) != stripReceived(raws[0]) {
				t.Errorf("%s has two different mails:\n%s\n---\n%s", to, raws[0], raw)
			}
		}
	}
	if len(copies) != 2 || len(m.got()) != 3 {
		t.Errorf("%d mails to %d people, want 3 to 2: the one whose answer was lost comes twice", len(m.got()), len(copies))
	}
}

func stripReceived(raw string) string { return raw[strings.Index(raw, "Auto-Submitted"):] }

func TestCrashBetweenSendingAndMarking(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	w := newWorld(t, through(m))
	ctx, kill := context.WithCancel(context.Background())
	m.data = func(string, int) error { kill(); return nil } // the process dies as the server says yes
	l, err := w.List("ban-chi-dao")
	if err != nil {
		t.Fatal(err)
	}
	if reason, err := w.Send(ctx, sunday, l); err == nil {
		t.Fatalf("Send = %s, want it to stop", reason)
	}
	m.set(func(m *mailServer) { m.data = nil })
	if got, err := w.Digest.send(context.Background(), sunday, l, false); got != ReasonNothing || err != nil {
		t.Errorf("right after: %s, %v; want it to wait for the lease", got, err)
	}
	w.now = w.now.Add(leaseFor + time.Second)
	if got, err := w.Digest.send(context.Background(), sunday, l, false); got != ReasonSent || err != nil {
		t.Errorf("after the lease: %s, %v; want sent", got, err)
	}
	if got := addresses(m.got()); got != "lead member" {
		t.Errorf("mailed %q, want each once: what was accepted had been noted", got)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	w := newWorld(t, through(m), func(c *Config, _ *Deps) { c.SMTP.Port = 1 })
	got, err := w.send("partners")
	if got != ReasonRetry || err == nil || !strings.Contains(err.Error(), "mail server 127.0.0.1:1") {
		t.Errorf("Send = %s, %v; want another try and the server's name", got, err)
	}
}

func TestNoServerAndNotYet(t *testing.T) {
	w := newWorld(t)
	if got, err := w.send("partners"); got != ReasonNoMail || !errors.Is(err, ErrNoServer) {
		t.Errorf("without a server: %s, %v", got, err)
	}
	w = newWorld(t, through(startServer(t, TLSNone, nil)))
	w.now = morning.Add(-time.Hour)
	if got, err := w.send("partners"); got != ReasonNotYet || err == nil {
		t.Errorf("before the cut-off: %s, %v", got, err)
	}
}

func TestTLSAndSignIn(t *testing.T) {
	server, client := selfSigned(t)
	for _, mode := range []string{TLSStart, TLSImplicit} {
		for _, password := range []string{"right", "wrong"} {
			t.Run(mode+" "+password, func(t *testing.T) {
				m := startServer(t, mode, server)
				m.user, m.password = "haidang", "right"
				w := newWorld(t, through(m), func(c *Config, deps *Deps) {
					c.SMTP.TLS, c.SMTP.User, c.SMTP.Password = mode, "haidang", settings.Secret(password)
					deps.TLS = client
				})
				got, err := w.send("partners")
				if password == "right" && (got != ReasonSent || err != nil) {
					t.Errorf("Send = %s, %v; want sent", got, err)
				}
				if password == "wrong" && (got != ReasonRetry || err == nil || strings.Contains(err.Error(), password)) {
					t.Errorf("Send = %s, %v; want another try, and the password nowhere", got, err)
				}
			})
		}
	}
	t.Run("no STARTTLS offered", func(t *testing.T) {
		m := startServer(t, TLSNone, nil)
		w := newWorld(t, through(m), func(c *Config, _ *Deps) { c.SMTP.TLS = TLSStart })
		if got, err := w.send("partners"); got != ReasonRetry || err == nil || len(m.got()) != 0 {
			t.Errorf("Send = %s, %v with %d mails; want nothing sent in the clear", got, err, len(m.got()))
		}
	})
	t.Run("certificate not trusted", func(t *testing.T) {
		m := startServer(t, TLSStart, server)
		w := newWorld(t, through(m), func(c *Config, _ *Deps) { c.SMTP.TLS = TLSStart })
		if got, err := w.send("partners"); got != ReasonRetry || err == nil || len(m.got()) != 0 {
			t.Errorf("Send = %s, %v with %d mails; want nothing sent", got, err, len(m.got()))
		}
	})
}

func TestHostileTitleAddsNoHeader(t *testing.T) {
	statements["evil"] = [2]string{"x\r\nBcc: all@example.vn\r\n\r\n.\r\nMAIL FROM:<a@b>", "x"}
	defer delete(statements, "evil")
	m := startServer(t, TLSNone, nil)
	w := newWorld(t, through(m))
	w.tell(telling{claim: "evil", outlet: "A\r\nBcc: b@example.vn", title: ".\r\n.\r\nQUIT\r\n", ago: 2 * time.Hour, text: long("x")})
	w.mustSend("partners", ReasonSent)
	w.mustSend("ban-chi-dao", ReasonSent)
	if len(m.got()) != 3 {
		t.Fatalf("%d mails, want 3", len(m.got()))
	}
	want := []string{
		"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Precedence", "Subject", "To",
		"X-Auto-Response-Suppress", "X-Mailer",
	}
	for _, got := range m.got() {
		var names []string
		for name, values := range parseMail(t, got.raw).header {
			if names = append(names, name); len(values) != 1 {
				t.Errorf("header %s stands %d times", name, len(values))
			}
		}
		if slices.Sort(names); !slices.Equal(names, want) {
			t.Errorf("headers = %q, want %q", names, want)
		}
	}
}
