package digest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"haidang/alerting"
	"haidang/internal/article"
	"haidang/internal/settings"
	"haidang/internal/store/storetest"
)

// mailingDesk is a desk that mails two people, through a server, and tries again at once.
func mailingDesk(t *testing.T, host string, port int) *alerting.Desk {
	t.Helper()
	db := storetest.Open(t, t.TempDir())
	cfg := DefaultConfig()
	cfg.SMTP = SMTP{Host: host, Port: port, TLS: TLSNone, Timeout: settings.Duration(2 * time.Second)}
	cfg.Lists[0].To = []string{"lead@haidang.test"}
	cfg.From = "Hải Đăng <haidang@haidang.test>"
	mailer, err := New(cfg, Deps{DB: db, Stories: noStories{}, Health: &healthy{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	desk := alerting.DefaultConfig()
	desk.Emails = []alerting.Email{{Name: "desk", To: []string{"an@haidang.test", "binh@haidang.test"}}}
	desk.Route.RepeatInterval = 0
	desk.Retry.First, desk.Retry.Max = settings.Duration(time.Millisecond), settings.Duration(5*time.Millisecond)
	d, err := alerting.New(desk, alerting.Deps{DB: db, Mail: mailer.Mail})
	if err != nil {
		t.Fatal(err)
	}
	a := telling{claim: "dam", outlet: "Báo", title: "Đập vỡ\r\nBcc: x@y.vn", text: long("đập nứt"), severity: article.Critical}.article(time.Now())
	if err := d.Handle(t.Context(), []article.Article{a}); err != nil {
		t.Fatal(err)
	}
	return d
}

type noStories struct{ Stories }

// until runs the desk until no notification waits.
func until(t *testing.T, d *alerting.Desk) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() { _ = d.Run(ctx) })
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		c, err := d.Counts(t.Context())
		if err != nil {
			t.Error(err)
		}
		if err != nil || c.DeliveriesPending == 0 || ctx.Err() != nil {
			break
		}
	}
	stop()
	wg.Wait()
}

// TestAlertMailOutlastsADropAtEachCommand: the server hangs up instead of answering a command, once; everybody has the mail
// in the end, always under one Message-ID.
func TestAlertMailOutlastsADropAtEachCommand(t *testing.T) {
	for _, command := range []string{"", "EHLO", "MAIL", "RCPT", "DATA", "."} {
		t.Run("at "+command, func(t *testing.T) {
			t.Parallel() // each waits for its retries
			host, port, got := droppingServer(t, command)
			until(t, mailingDesk(t, host, port))
			ids := map[string][]string{}
			for _, m := range got() {
				p := parseMail(t, m.raw)
				if p.header.Get("Bcc") != "" || !strings.Contains(p.subject, "Khẩn cấp") {
					t.Errorf("header %v", p.header)
				}
				if id := p.header.Get("Message-ID"); !slices.Contains(ids[m.to], id) {
					ids[m.to] = append(ids[m.to], id)
				}
			}
			if len(ids["an@haidang.test"]) != 1 || len(ids["binh@haidang.test"]) != 1 {
				t.Errorf("message IDs by address %v, want one each", ids)
			}
		})
	}
}

// droppingServer speaks as little SMTP as go-mail needs, and hangs up at the first of one command: "" is the greeting, "."
// the end of the data, which it has taken by then.
func droppingServer(t *testing.T, at string) (host string, port int, got func() []received) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var mails []received
	dropped := false
	drop := func(command string) bool {
		mu.Lock()
		defer mu.Unlock()
		if dropped || command != at {
			return false
		}
		dropped = true
		return true
	}
	serve := func(c net.Conn) {
		defer func() { _ = c.Close() }()
		say := func(line string) { _, _ = fmt.Fprintf(c, "%s\r\n", line) }
		if drop("") {
			return
		}
		say("220 localhost ESMTP")
		in, to := bufio.NewReader(c), ""
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			command := strings.ToUpper(strings.Fields(line + " x")[0])
			if drop(command) {
				return
			}
			switch command {
			case "RCPT":
				to = strings.Trim(strings.TrimSpace(line[strings.Index(line, ":")+1:]), "<>")
				say("250 ok")
			case "DATA":
				say("354 go on")
				var raw strings.Builder
				for {
					if line, err = in.ReadString('\n'); err != nil || line == ".\r\n" {
						break
					}
					raw.WriteString(line)
				}
				mu.Lock()
				mails = append(mails, received{to, []byte(raw.String())})
				mu.Unlock()
				if drop(".") {
					return
				}
				say("250 taken")
			case "QUIT":
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { serve(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	address := l.Addr().(*net.TCPAddr)
	return "127.0.0.1", address.Port, func() []received {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(mails)
	}
}

// TestAlertMailAgainstRefusals: greylisting and a full mailbox are waited out, an address that is gone is given up at once and
// shown on the desk; each keeps the mail from nobody else, and nobody is mailed twice.
func TestAlertMailAgainstRefusals(t *testing.T) {
	for _, tt := range []struct {
		name    string
		refusal *smtp.SMTPError
		times   int // how often binh is refused
		want    string
		failed  int
	}{
		{"greylisting", &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back later"}, 1, "an binh", 0},
		{"a full mailbox", &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}, 1, "an binh", 0},
		{"nobody of that name", &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}, 1, "an", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // each waits for its retries
			m := startServer(t, TLSNone, nil)
			refused := 0
			m.rcpt = func(to string) error {
				if strings.HasPrefix(to, "binh") && refused < tt.times {
					refused++
					return tt.refusal
				}
				return nil
			}
			d := mailingDesk(t, m.host, m.port)
			until(t, d)
			if got := addresses(m.got()); got != tt.want {
				t.Errorf("mailed %q, want %q", got, tt.want)
			}
			c, err := d.Counts(t.Context())
			if err != nil || c.DeliveriesFailed != tt.failed {
				t.Errorf("%d failed (%v), want %d", c.DeliveriesFailed, err, tt.failed)
			}
		})
	}
}
