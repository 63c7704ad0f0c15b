//go:build integration

package digest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"haidang/internal/settings"
)

// postfix is a real mail server that scripts/smtp.sh started.
type postfix struct {
	host  string
	port  int
	mail  string // folder of the maildirs
	roots *x509.CertPool
}

// startPostfix uses the server that runs for this repository, or starts one and stops it after the test.
func startPostfix(t *testing.T) postfix {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	script, dir := filepath.Join(root, "scripts", "smtp.sh"), filepath.Join(root, ".cache", "smtp")
	if exec.Command(script, "status", dir).Run() != nil {
		dir = t.TempDir()
		t.Cleanup(func() {
			if out, err := exec.Command(script, "stop", dir).CombinedOutput(); err != nil {
				t.Errorf("%s stop: %v\n%s", script, err, out)
			}
		})
	}
	out, err := exec.Command(script, "start", dir).Output()
	if err != nil {
		t.Fatalf("%s start: %v", script, err)
	}
	host, port, err := net.SplitHostPort(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	p := postfix{host: host, mail: filepath.Join(dir, "mail"), roots: x509.NewCertPool()}
	if p.port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	if !p.roots.AppendCertsFromPEM([]byte(readFile(t, filepath.Join(dir, "cert.pem")))) {
		t.Fatal("the server's certificate cannot be read")
	}
	return p
}

// delivered waits for a mail with a Message-ID to lie in a mailbox, and returns every one that does.
func (p postfix) delivered(t *testing.T, mailbox, messageID string, atLeast int) []parsed {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var out []parsed
		names, err := filepath.Glob(filepath.Join(p.mail, mailbox, "new", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if m := parseMail(t, raw); m.header.Get("Message-ID") == "<"+messageID+">" {
				out = append(out, m)
			}
		}
		if len(out) >= atLeast {
			return out
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d mails in %s after 30 s, want %d", len(out), mailbox, atLeast)
		case <-tick.C:
		}
	}
}

func TestIntegrationMailThroughPostfix(t *testing.T) {
	p := startPostfix(t)
	signing, record := signed(t, rsaKey(t, weakest))
	for _, mode := range []string{TLSNone, TLSStart} {
		t.Run(mode, func(t *testing.T) {
			list := "it-" + mode + "-" + strconv.FormatInt(time.Now().UnixNano(), 36) // a mailbox may hold earlier runs
			w := newWorld(t, func(c *Config, deps *Deps) {
				c.SMTP = SMTP{Host: p.host, Port: p.port, TLS: mode, Timeout: settings.Duration(20 * time.Second), DKIM: signing}
				c.Lists = []List{{Name: list, Language: "vi", To: []string{"Trưởng ban <lead@haidang.test>", "member@haidang.test", "nobody@haidang.test"}}}
				deps.TLS = &tls.Config{RootCAs: p.roots, ServerName: p.host}
			})
			w.day()
			got, err := w.send(list)
			if got != ReasonFailed || err == nil || !strings.Contains(err.Error(), "nobody@haidang.test") {
				t.Fatalf("Send = %s, %v; want everybody served but nobody@", got, err)
			}
			if got, _ = w.send(list); got != ReasonFailed {
				t.Errorf("Send again = %s, want failed and nobody mailed", got)
			}
			e := w.build(list)
			for _, mailbox := range []string{"lead", "member"} {
				mails := p.delivered(t, mailbox, e.MessageID, 1)
				m := mails[0]
				if len(mails) != 1 || m.subject != e.Subject || unix(m.text) != e.Text || unix(m.html) != e.HTML {
					t.Errorf("%s has %d mails; subject %q; want one, as it was built:\n%s", mailbox, len(mails), m.subject, m.text)
				}
				if err := verify(t, m.raw, record); err != nil {
					t.Errorf("the signature did not survive the way to %s: %v\n%s", mailbox, err, m.raw)
				}
				if to, err := m.header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != mailbox+"@haidang.test" {
					t.Errorf("To = %v (%v), want %s alone", to, err, mailbox)
				}
			}
		})
	}
}
