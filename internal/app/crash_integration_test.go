//go:build integration

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"haidang/alerting"
	"haidang/alerting/digest"
	"haidang/configs"
	"haidang/internal/article"
	"haidang/internal/bus"
	"haidang/internal/settings"
	"haidang/internal/store"
	"haidang/internal/store/storetest"
)

var (
	kills   = flag.Int("kills", 5, "how often TestIntegrationAlertProcessesKilledAtRandom kills a process")
	ringing = flag.Int("ringing", 500, "how many articles ring meanwhile")
)

// processSetup is what an alert process of the test is told, through its environment.
type processSetup struct {
	Kafka, Prefix, Hook string
	DSN                 string
	SMTP                int
}

const processVariable = "HAIDANG_TEST_ALERT_PROCESS"

// options are those of one process with the alert role on Kafka and PostgreSQL, with a webhook and twelve morning mails.
func (p processSetup) options(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	cfg, err := configs.Load("", dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Web.Listen = "127.0.0.1:0"
	cfg.Bus.Mode, cfg.Bus.RetentionBytes, cfg.Bus.Brokers, cfg.Bus.TopicPrefix, cfg.Bus.Partitions = bus.External, 0, []string{p.Kafka}, p.Prefix, 4
	cfg.Store = store.Config{Driver: "postgres", DSN: settings.Secret(p.DSN)}
	cfg.Alerting.Webhooks = []alerting.Webhook{{Name: "room", URL: p.Hook, Secret: settings.Secret(strings.Repeat("k", 32))}}
	cfg.Alerting.Route.RepeatInterval, cfg.Alerting.Retry.Timeout = 0, settings.Duration(2*time.Second)
	cfg.WebhookAllow = []string{"127.0.0.0/8"}
	cfg.Digest.SMTP = digest.SMTP{Host: "127.0.0.1", Port: p.SMTP, TLS: digest.TLSNone, Timeout: settings.Duration(5 * time.Second)}
	cfg.Digest.From = "haidang@haidang.test"
	cfg.Digest.Lists = nil
	for i := range lists {
		cfg.Digest.Lists = append(cfg.Digest.Lists, digest.List{Name: fmt.Sprintf("list-%d", i), Language: "vi", To: []string{fmt.Sprintf("member%d@haidang.test", i)}})
	}
	return Options{Config: cfg, DataDir: dir, Roles: []Role{Alert}, Now: time.Now, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}
}

const lists = 4

// TestIntegrationAlertProcess is no test but the process that the next one starts, and kills.
func TestIntegrationAlertProcess(t *testing.T) {
	told := os.Getenv(processVariable)
	if told == "" {
		t.Skip("it is started by TestIntegrationAlertProcessesKilledAtRandom")
	}
	var setup processSetup
	if err := json.Unmarshal([]byte(told), &setup); err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), setup.options(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Error(a.Run(t.Context()))
}

// edges are those who hear: a webhook, the alerts topic and a mail server. Each remembers how often it heard of what.
type edges struct {
	mu           sync.Mutex
	calls        int
	hook, topic  map[string]int // by key
	mails        map[string]int // by address and Message-ID
	hookRefusals int
}

func (e *edges) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.calls++; e.calls%20 == 0 {
		e.hookRefusals++
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	e.hook[r.Header.Get(alerting.HeaderIdempotencyKey)]++
}

func (e *edges) heard(_ context.Context, batch []bus.Message) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, m := range batch {
		var n alerting.Notification
		if err := json.Unmarshal(m.Value, &n); err != nil {
			return bus.Permanent(err)
		}
		e.topic[n.Key]++
	}
	return nil
}

// postman is a session of the mail server.
type postman struct {
	edges *edges
	to    string
}

func (p *postman) Reset()                                    {}
func (p *postman) Logout() error                             { return nil }
func (p *postman) Mail(string, *smtp.MailOptions) error      { return nil }
func (p *postman) Rcpt(to string, _ *smtp.RcptOptions) error { p.to = to; return nil }
func (e *edges) NewSession(*smtp.Conn) (smtp.Session, error) { return &postman{edges: e}, nil }
func (p *postman) Data(r io.Reader) error {
	msg, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, msg.Body); err != nil {
		return err
	}
	p.edges.mu.Lock()
	defer p.edges.mu.Unlock()
	p.edges.mails[p.to+" "+msg.Header.Get("Message-ID")]++
	return nil
}

// TestIntegrationAlertProcessesKilledAtRandom: two processes with the alert role share Kafka and PostgreSQL; one of them is
// killed again and again while articles ring. Every story exists once, every notification arrives at least once and is one
// to whoever remembers its key, no morning mail is there under two IDs and none is missing.
//
// The whole of it: -kills 50 -ringing 5000; docs/quality.md has what that showed.
func TestIntegrationAlertProcessesKilledAtRandom(t *testing.T) {
	ctx := t.Context()
	heard := &edges{hook: map[string]int{}, topic: map[string]int{}, mails: map[string]int{}}
	hook := httptest.NewServer(heard)
	defer hook.Close()
	dir := t.TempDir()
	state, db := storetest.Config(t, dir), storetest.Open(t, dir)
	setup := processSetup{
		Kafka: setting(t, "HAIDANG_TEST_KAFKA"), Prefix: "crash-" + strconv.FormatInt(time.Now().UnixNano(), 36) + ".",
		Hook: hook.URL, SMTP: heard.mailServer(t), DSN: state.DSN.Reveal(),
	}
	opts := setup.options(t)
	b, err := bus.Open(ctx, opts.Config.Bus, bus.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	listening, stopListening := context.WithCancel(ctx)
	var listener sync.WaitGroup
	listener.Go(func() {
		_ = b.Run(listening, bus.Subscription{Topic: bus.Alerts, Group: "listener", Stage: "listen", Handle: heard.heard})
	})
	defer func() { stopListening(); listener.Wait() }()
	seedDigests(t, db)

	stories := *ringing / 2
	processes := [2]*process{setup.start(t), setup.start(t)}
	for n := range *kills {
		publishRinging(t, b, stories*n / *kills, stories*(n+1) / *kills)
		_ = pause(ctx, time.Second+rand.N(8*time.Second))
		victim := rand.IntN(2)
		processes[victim].kill(t)
		processes[victim] = setup.start(t)
	}
	began := time.Now()
	waitLong(t, "everything to be told", func() string {
		// What ten minutes would do: the lease of a mail whose sender died runs out.
		change(t, db, `UPDATE digests SET next_at = 1 WHERE state = 'pending'`)
		left := number(t, db, `SELECT COUNT(*) FROM outbox WHERE state = 'pending'`) + int64(stories) - number(t, db, `SELECT COUNT(*) FROM stories WHERE articles = 2`)
		mails := int64(3*lists) - number(t, db, `SELECT COUNT(*) FROM digests WHERE state = 'sent' AND message_id <> 'seed'`)
		topic := stories - heard.topics()
		if left+mails+int64(topic) == 0 {
			return ""
		}
		return fmt.Sprintf("%d stories or deliveries, %d mails, %d on the topic", left, mails, topic)
	})
	for _, p := range processes {
		p.kill(t)
	}
	t.Logf("%d kills, %d ringing articles; all told %s after the last kill", *kills, *ringing, time.Since(began).Round(time.Second))
	heard.check(t, stories)
	for what, want := range map[string]int64{
		`SELECT COUNT(*) FROM stories`:                                                              int64(stories),
		`SELECT COUNT(*) FROM stories WHERE articles = 2 AND rang_at > 0`:                           int64(stories),
		`SELECT COUNT(*) FROM alerts`:                                                               int64(2 * stories),
		`SELECT COUNT(*) FROM events WHERE kind = 'opened' AND rings = 1`:                           int64(stories),
		`SELECT COUNT(DISTINCT story_id) FROM events WHERE kind = 'opened'`:                         int64(stories),
		`SELECT COUNT(*) FROM outbox`:                                                               int64(2 * stories),
		`SELECT COUNT(*) FROM outbox WHERE state = 'sent'`:                                          int64(2 * stories),
		`SELECT COUNT(*) FROM digests WHERE state = 'sent' AND message_id <> 'seed'`:                3 * lists,
		`SELECT COUNT(*) FROM (SELECT date, list FROM digests GROUP BY date, list) AS each_of_them`: 4 * lists,
		`SELECT value - (SELECT COUNT(*) FROM events) FROM sequences WHERE name = 'events'`:         0,
	} {
		if got := number(t, db, what); got != want {
			t.Errorf("%s = %d, want %d", what, got, want)
		}
	}
}

// check looks at what the edges heard, and tells how much of it twice.
func (e *edges) check(t *testing.T, stories int) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	twice := func(heard map[string]int) (n int) {
		for _, times := range heard {
			if times > 1 {
				n++
			}
		}
		return n
	}
	t.Logf("webhook: %d keys, %d of them heard more than once, %d refusals; topic: %d, %d; mails: %d, %d",
		len(e.hook), twice(e.hook), e.hookRefusals, len(e.topic), twice(e.topic), len(e.mails), twice(e.mails))
	if len(e.hook) != stories || len(e.topic) != stories || len(e.mails) != 3*lists {
		t.Errorf("%d keys at the webhook and %d on the topic, want %d; %d mails, want %d", len(e.hook), len(e.topic), stories, len(e.mails), 3*lists)
	}
}

func (e *edges) topics() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.topic)
}

// mailServer starts the mail server and returns its port.
func (e *edges) mailServer(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(e)
	s.Domain = "localhost"
	var served sync.WaitGroup
	served.Go(func() { _ = s.Serve(l) })
	t.Cleanup(func() { _ = l.Close(); _ = s.Close(); served.Wait() })
	return l.Addr().(*net.TCPAddr).Port
}

// process is one alert process.
type process struct {
	cmd *exec.Cmd
	out bytes.Buffer
}

func (p processSetup) start(t *testing.T) *process {
	t.Helper()
	told, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	out := &process{cmd: exec.Command(os.Args[0], "-test.run=^TestIntegrationAlertProcess$")}
	out.cmd.Env = append(os.Environ(), processVariable+"="+string(told))
	out.cmd.Stdout, out.cmd.Stderr = &out.out, &out.out
	if err := out.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.cmd.Process.Kill() }) // it is dead already, where all went well
	return out
}

// kill kills it as a power cut would. One that had ended before has something to tell; but a broker that is overtaxed may
// turn a process away at its start, which is then started again by whoever watches over it.
func (p *process) kill(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Kill()
	switch err := p.cmd.Wait(); {
	case err != nil && err.Error() == "signal: killed":
	case strings.Contains(p.out.String(), "Broker Not Available"):
		t.Log("a process was turned away by the broker at its start")
	default:
		t.Errorf("a process ended by itself: %v\n%s", err, p.out.String())
	}
}

// seedDigests makes every list one that had its last mail four mornings ago: three are owed.
func seedDigests(t *testing.T, db *store.DB) {
	t.Helper()
	zone := time.FixedZone("ICT", 7*3600)
	due := time.Now().In(zone)
	if due.Hour()*60+due.Minute() < 6*60+45 {
		due = due.AddDate(0, 0, -1)
	}
	for i := range lists {
		change(t, db, `INSERT INTO digests (date, list, state, message_id, subject, html, plain, chart, attempts, next_at, last_error, created_at, sent_at)
			VALUES (?, ?, 'sent', 'seed', '', '', '', '', 1, 0, '', 0, 0)`, due.AddDate(0, 0, -3).Format(time.DateOnly), fmt.Sprintf("list-%d", i))
	}
}

// publishRinging publishes two live articles, in words of their own, of each of some claims.
func publishRinging(t *testing.T, b *bus.Bus, from, to int) {
	t.Helper()
	var out []bus.Message
	for n := from; n < to; n++ {
		for half := range 2 {
			now := time.Now()
			a := article.Article{
				ID: fmt.Sprintf("a-%d-%d", n, half), URL: fmt.Sprintf("https://bao%d.example/%d", half, n), Outlet: fmt.Sprintf("Báo %d", half), Language: "vi",
				Title: fmt.Sprintf("Tin số %d", n), Text: strings.Repeat(fmt.Sprintf("Chuyện %d kể lần %d. ", n, half), 9), Published: now, FirstSeen: now, Origin: article.Live,
			}
			a.Verdict = &article.Verdict{Rings: true, AboutVietnam: true, Score: 80, Severity: article.Critical, Claims: []article.ClaimMatch{{
				ID: fmt.Sprintf("claim-%d", n), Version: 1, Stance: article.Carries, Score: 80, Rings: true, Field: "health", Severity: article.Critical,
				StatementVI: fmt.Sprintf("Điều %d", n), StatementEN: fmt.Sprintf("Claim %d", n), Verdict: "undetermined",
			}}}
			a.Revise()
			m, err := encodeArticle(bus.Verdicts, &a)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, m)
		}
	}
	if err := b.Publish(t.Context(), out...); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, db *store.DB, query string) (n int64) {
	t.Helper()
	if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func change(t *testing.T, db *store.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// waitLong waits until nothing is left to do; left says what is.
func waitLong(t *testing.T, what string, left func() string) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for {
		said := left()
		if said == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s: left are %s", what, said)
		}
		_ = pause(t.Context(), 500*time.Millisecond)
	}
}
