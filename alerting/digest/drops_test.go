package digest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"haidang/internal/settings"
)

// scripted is a mail server that takes every mail, and that can be told to end the conversation, or to answer otherwise, at
// one command.
type scripted struct {
	t    *testing.T
	port int

	mu    sync.Mutex
	at    string // the command: greeting, EHLO, MAIL, RCPT, DATA, body, "." or QUIT; empty: none
	say   string // what it then says; empty: it ends the conversation
	only  string // it does so only for this address
	mails map[string][]string
}

func startScripted(t *testing.T) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{t: t, port: l.Addr().(*net.TCPAddr).Port, mails: map[string][]string{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(20 * time.Second))
				_ = s.talk(bufio.NewReader(c), c) // a lost client is what these tests are about
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return s
}

var errScript = errors.New("the script ends here")

// step is one command: it misbehaves here or gives the usual answer.
func (s *scripted) step(w io.Writer, command, to, answer string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == command && (s.only == "" || s.only == to) {
		if s.say == "" {
			return errScript
		}
		answer = s.say
	}
	_, err := fmt.Fprint(w, answer+"\r\n")
	return err
}

func (s *scripted) talk(r *bufio.Reader, w io.Writer) error {
	if err := s.step(w, "greeting", "", "220 localhost ready"); err != nil {
		return err
	}
	var to string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO":
			err = s.step(w, verb, "", "250-localhost\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
		case "RCPT":
			to, _, _ = strings.Cut(strings.TrimPrefix(rest, "TO:<"), ">")
			err = s.step(w, verb, to, "250 ok")
		case "DATA":
			if err = s.step(w, verb, to, "354 go on"); err == nil {
				err = s.body(r, w, to)
			}
		case "QUIT":
			if err = s.step(w, verb, "", "221 bye"); err == nil {
				return nil
			}
		default:
			err = s.step(w, verb, to, "250 ok")
		}
		if err != nil {
			return err
		}
	}
}

// body takes a mail; where the script ends within it, it is not taken, and where it ends after it, it is.
func (s *scripted) body(r *bufio.Reader, w io.Writer, to string) error {
	s.mu.Lock()
	refused, cut := strings.HasPrefix(s.say, "4") || strings.HasPrefix(s.say, "5"), s.at == "body"
	refused = refused && (s.at == "DATA" || s.at == ".") && (s.only == "" || s.only == to)
	noData := refused && s.at == "DATA"
	s.mu.Unlock()
	if noData {
		return nil
	}
	var mail strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if cut && mail.Len() > 2000 {
			return errScript
		}
		if line == ".\r\n" {
			break
		}
		mail.WriteString(line)
	}
	if !refused {
		s.mu.Lock()
		s.mails[to] = append(s.mails[to], mail.String())
		s.mu.Unlock()
	}
	return s.step(w, ".", to, "250 taken")
}

func (s *scripted) script(at, say, only string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.say, s.only = at, say, only
}

func (s *scripted) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for to, mails := range s.mails {
		out[to] = len(mails)
	}
	return out
}

func (s *scripted) use(c *Config, _ *Deps) {
	c.SMTP = SMTP{Host: "127.0.0.1", Port: s.port, TLS: TLSNone, Timeout: settings.Duration(5 * time.Second)}
}

// TestServerThatDropsAtEachCommand: whatever the moment, everybody has the mail in the end, and nobody has two unless the
// server had taken it before it went away; then both are the same.
func TestServerThatDropsAtEachCommand(t *testing.T) {
	for _, at := range []string{"greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", ".", "QUIT"} {
		t.Run(at, func(t *testing.T) {
			s := startScripted(t)
			w := newWorld(t, s.use)
			w.day()
			s.script(at, "", "")
			first, err := w.send("ban-chi-dao")
			if at == "QUIT" {
				if first != ReasonSent {
					t.Errorf("a lost goodbye = %s, %v; want sent: every mail was taken", first, err)
				}
			} else if first != ReasonRetry || err == nil {
				t.Errorf("Send = %s, %v; want another try", first, err)
			}
			s.script("", "", "")
			w.now = w.now.Add(time.Hour)
			l, _ := w.List("ban-chi-dao")
			if got, err := w.Digest.send(t.Context(), sunday, l, false); at != "QUIT" && (got != ReasonSent || err != nil) {
				t.Errorf("an hour later: %s, %v; want sent", got, err)
			}
			counts, twice := s.counts(), 0
			for _, to := range []string{"lead@haidang.test", "member@haidang.test"} {
				switch mails := s.mails[to]; {
				case counts[to] == 0:
					t.Errorf("%s has no mail", to)
				case counts[to] > 1:
					twice++
					if a, b := parseMail(t, []byte(mails[0])), parseMail(t, []byte(mails[1])); !reflect.DeepEqual(a.content(), b.content()) {
						t.Errorf("%s has two different mails", to)
					}
				}
			}
			if want := map[bool]int{true: 1}[at == "."]; twice > want {
				t.Errorf("%d people were mailed twice, want %d: %v", twice, want, counts)
			}
		})
	}
}

// TestRefusalsOfOneAddress: greylisting and a full mailbox are tried again, an address that does not exist is not, and
// nobody else waits for either.
func TestRefusalsOfOneAddress(t *testing.T) {
	for _, tt := range []struct {
		name, at, say string
		first, then   Reason
	}{
		{"greylisted", "RCPT", "450 4.2.0 greylisted, try again later", ReasonRetry, ReasonSent},
		{"mailbox full for now", "RCPT", "452 4.2.2 mailbox full", ReasonRetry, ReasonSent},
		{"mailbox full, said for good", "RCPT", "552 5.2.2 mailbox full", ReasonRetry, ReasonSent},
		{"mailbox full, by its enhanced code", "RCPT", "550 5.2.2 over quota", ReasonRetry, ReasonSent},
		{"no such user", "RCPT", "550 5.1.1 no such user", ReasonFailed, ReasonFailed},
		{"refused before the text", "DATA", "451 4.3.0 try again", ReasonRetry, ReasonSent},
		{"refused after the text", ".", "554 5.6.0 looks like spam", ReasonRetry, ReasonSent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := startScripted(t)
			w := newWorld(t, s.use)
			s.script(tt.at, tt.say, "lead@haidang.test")
			if got, err := w.send("ban-chi-dao"); got != tt.first || err == nil || !strings.Contains(err.Error(), "lead@haidang.test") {
				t.Errorf("Send = %s, %v; want %s and the address", got, err, tt.first)
			}
			if n := s.counts()["member@haidang.test"]; n != 1 {
				t.Errorf("the other one has %d mails, want one at once", n)
			}
			s.script("", "", "")
			w.now = w.now.Add(time.Hour)
			l, _ := w.List("ban-chi-dao")
			if got, _ := w.Digest.send(t.Context(), sunday, l, false); got != tt.then {
				t.Errorf("an hour later: %s, want %s", got, tt.then)
			}
			counts := s.counts()
			if want := map[Reason]int{ReasonSent: 1}[tt.then]; counts["lead@haidang.test"] != want || counts["member@haidang.test"] != 1 {
				t.Errorf("mails %v; want %d and 1", counts, want)
			}
		})
	}
}
