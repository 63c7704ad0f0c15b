//go:build integration

package digest

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"haidang/internal/settings"
)

// TestIntegrationReceivedMailInABrowser sends mails of every kind through Postfix, reads them again as a mail program does,
// and opens what came out in Chromium, on a phone and on a desk, by day and by night. With -render the pictures are kept.
func TestIntegrationReceivedMailInABrowser(t *testing.T) {
	p := startPostfix(t)
	run := strconv.FormatInt(time.Now().UnixNano(), 36) // a mailbox may hold earlier runs
	w := newWorld(t, func(c *Config, deps *Deps) {
		c.SMTP = SMTP{Host: p.host, Port: p.port, TLS: TLSStart, Timeout: settings.Duration(20 * time.Second)}
		c.Link = "https://desk.haidang.test"
		c.Lists = []List{
			{Name: "it-day-" + run, Language: "vi", To: []string{"lead@haidang.test"}},
			{Name: "it-en-" + run, Language: "en", To: []string{"member@haidang.test"}},
			{Name: "it-empty-" + run, Language: "vi", Fields: []string{"scam-links"}, To: []string{"member1@haidang.test"}},
			{Name: "it-week-" + run, Edition: Weekly, Language: "vi", To: []string{"member2@haidang.test"}},
		}
		deps.TLS, deps.Coverage = &tls.Config{RootCAs: p.roots, ServerName: p.host}, &library{}
	})
	w.day()
	w.tell(telling{claim: "flu", outlet: strings.Repeat("Báo\u202edài ", 40), title: strings.Repeat("Tiêu😀đề\u202ekhông\u200bdứt", 600), ago: 3 * time.Hour, text: long("cúm")})
	w.health.Failing = []FailingSource{{Name: "Báo " + strings.Repeat("x", 200), Since: morning.Add(-50 * time.Hour), Reason: Sentence{"không trả lời", "does not answer"}}}
	w.health.Waiting, w.health.Behind = 4200, time.Hour
	b := newTab(t)
	for i, date := range []Date{sunday, sunday, sunday, "2026-11-23"} {
		list := w.cfg.Lists[i]
		if date != sunday {
			w.now = morning.Add(24 * time.Hour) // Monday
		}
		if reason, err := w.Send(t.Context(), date, list); reason != ReasonSent || err != nil {
			t.Fatalf("%s: %s, %v", list.Name, reason, err)
		}
		mailbox, _, _ := strings.Cut(list.To[0], "@")
		m := p.delivered(t, mailbox, w.messageID(date, list), 1)[0]
		page := strings.ReplaceAll(m.html, "cid:"+chartID, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(m.chart))
		kind := strings.Split(list.Name, "-")[1]
		b.looksWell(kind, page)
		if len(m.chart) > 0 && kind == "day" {
			b.looksWell("no-picture", strings.ReplaceAll(m.html, "cid:"+chartID, "data:image/png;base64,")) // a mail program that shows none
		}
	}
}

// tab is one tab of a real Chromium, which shows one mail.
type tab struct {
	t    *testing.T
	ctx  context.Context
	mail string
	url  string
}

func newTab(t *testing.T) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no Chromium on this machine: apt-get install chromium, or leave out -tags integration")
	}
	b := &tab{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(b.mail)) // the tab may be gone
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Flag("headless", "new"),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("hide-scrollbars", true))
	t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return b
}

// small lists texts below 14 pixels.
const small = `(() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const size = parseFloat(getComputedStyle(walk.currentNode.parentElement).fontSize);
    if (walk.currentNode.data.trim() && size < 14) found.push(size + " " + walk.currentNode.data.trim().slice(0, 30));
  }
  return found;
})()`

// looksWell opens a mail on a phone and on a desk, by day and by night.
func (b *tab) looksWell(name, mail string) {
	b.t.Helper()
	b.mail = mail
	faint, err := os.ReadFile(filepath.Join("..", "..", "internal", "web", "testdata", "faint.js"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, width := range []int64{375, 1200} {
		for _, scheme := range []string{"light", "dark"} {
			where := fmt.Sprintf("%s, %d px, %s", name, width, scheme)
			_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			if err != nil {
				b.t.Fatal(err)
			}
			if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(b.url), chromedp.WaitReady("h2")); err != nil {
				b.t.Fatalf("%s: %v", where, err)
			}
			if over := value[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				b.t.Errorf("%s: scrolls %d px sideways", where, over)
			}
			for what, script := range map[string]string{"too little contrast": string(faint), "too small": small} {
				if found := value[[]string](b, script); len(found) > 0 {
					b.t.Errorf("%s: %s: %q", where, what, found)
				}
			}
			if value[string](b, `getComputedStyle(document.querySelector(".sheet")).backgroundColor`) == "rgb(255, 255, 255)" != (scheme == "light") {
				b.t.Errorf("%s: the sheet is not %s", where, scheme)
			}
			b.picture(fmt.Sprintf("mail-%s-%d-%s.png", name, width, scheme), width)
		}
	}
}

// picture keeps a picture of the whole mail in the folder of -render.
func (b *tab) picture(name string, width int64) {
	b.t.Helper()
	if *renderTo == "" {
		return
	}
	height := value[int](b, `document.documentElement.scrollHeight`)
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, int64(height))); err != nil {
		b.t.Fatal(err)
	}
	shot, err := chromedp.Call(b.ctx, devpage.CaptureScreenshot, devpage.CaptureScreenshotParams{})
	if err == nil {
		err = os.WriteFile(filepath.Join(*renderTo, name), shot.Data, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// value returns the value of an expression on the page.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}
