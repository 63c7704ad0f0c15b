//go:build integration

package app

import (
	"bytes"
	"io"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"haidang/alerting/digest"
	"haidang/crawler"
	"haidang/internal/bus"
)

// setting is what scripts/with-servers.sh tells the tests.
func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run `make integration`", name)
	}
	return value
}

// TestIntegrationDemoOnKafka is the demo on a real Apache Kafka: the same books must balance.
func TestIntegrationDemoOnKafka(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	opts := demoOptions(t, dir, &out)
	opts.Config.Bus.Mode, opts.Config.Bus.RetentionBytes = bus.External, 0
	opts.Config.Bus.Brokers = []string{setting(t, "HAIDANG_TEST_KAFKA")}
	if err := Demo(t.Context(), opts); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
}

// TestIntegrationServeAloneShowsTheSources: the state of the sources is in SQL, and so on the pages of a process that does
// not crawl.
func TestIntegrationServeAloneShowsTheSources(t *testing.T) {
	opts := quietOptions(t)
	opts.Config.Bus.Mode, opts.Config.Bus.RetentionBytes = bus.External, 0
	opts.Config.Bus.Brokers = []string{setting(t, "HAIDANG_TEST_KAFKA")}
	opts.Config.Bus.TopicPrefix = "serve-alone-" + strconv.FormatInt(time.Now().UnixNano(), 36) + "."
	opts.Config.Crawler.Sources = []crawler.Source{{ID: "bai-boi", Name: "Báo Bãi Bồi", Feeds: []string{"http://baiboi.test/rss"}}}
	opts.Roles = []Role{Serve}
	a := start(t, opts)
	if _, err := a.db.Exec(t.Context(), `INSERT INTO crawl_feeds (url, source, created_at, last_poll, failures, reason, moved_to)
VALUES ('http://baiboi.test/rss', 'bai-boi', 1, 2, 3, 'timeout', 'http://moi.test/rss')`); err != nil {
		t.Fatal(err)
	}
	page := get(t, "http://"+a.Addr()+"/sources")
	if !strings.Contains(page, "Báo Bãi Bồi") || !strings.Contains(page, crawler.ReasonTimeout.Words("vi")) || !strings.Contains(page, "http://moi.test/rss") {
		t.Errorf("the sources are not on the page:\n%s", page)
	}
}

// TestIntegrationDigestOfTheDemosDay sends the demo's stories through a real mail server and reads the mail it delivered.
func TestIntegrationDigestOfTheDemosDay(t *testing.T) {
	dir, server := t.TempDir(), setting(t, "HAIDANG_TEST_SMTP")
	var out bytes.Buffer
	opts := demoOptions(t, dir, &out)
	if err := Demo(t.Context(), opts); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	address, err := os.ReadFile(filepath.Join(server, "address"))
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(strings.TrimSpace(string(address)))
	if err != nil {
		t.Fatal(err)
	}
	cfg := &opts.Config.Digest
	cfg.SMTP.Host, cfg.SMTP.TLS = host, digest.TLSNone
	if cfg.SMTP.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	const list = "demo"
	inbox := filepath.Join(server, "mail", "member1", "new")
	earlier := len(mailsIn(t, inbox))
	cfg.Lists = []digest.List{{Name: list, Language: "vi", To: []string{"member1@haidang.test"}}}
	opts.Now = func() time.Time { return time.Now().Add(24 * time.Hour) } // the morning after
	for range 2 {                                                         // once for its date and list, however often it is asked for
		said, err := Digest(t.Context(), opts.Options, DigestRequest{List: list, Send: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(said)
	}
	var mails [][]byte
	waitFor(t, "the mail arrives", func() bool {
		mails = mailsIn(t, inbox)
		return len(mails) > earlier
	})
	if len(mails) != earlier+1 {
		t.Fatalf("%d mails arrived, want one", len(mails)-earlier)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(mails[len(mails)-1]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || !strings.Contains(subject, "Hải Đăng") {
		t.Errorf("subject %q, %v", subject, err)
	}
	if body, err := io.ReadAll(msg.Body); err != nil || len(body) > 60<<10 || !bytes.Contains(body, []byte("text/html")) {
		t.Errorf("the mail has %d bytes, %v; want an HTML part and at most 60 KB", len(body), err)
	}
}

// mailsIn reads the mails of a maildir, oldest first: their names begin with the time.
func mailsIn(t *testing.T, folder string) [][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}
