//go:build integration

package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"haidang/alerting"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/saved"
	"haidang/internal/store"
)

// watch runs in every page before anything of ours: it hears of everything that markup which came alive could do.
const watch = `window.heard = [];
for (const f of ["alert", "confirm", "prompt", "print", "open"]) window[f] = (...a) => { heard.push(f + "(" + a.join() + ")"); };
addEventListener("securitypolicyviolation", (e) => heard.push("csp " + e.violatedDirective + " " + e.blockedURI + " " + e.sample), true);`

// browser is one tab of a real Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	events []string // what must not happen: dialogs, uncaught errors, refusals in the console
}

// newBrowser starts Chromium with a profile of its own.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	b := &browser{t: t}
	var cancel context.CancelFunc
	b.ctx, cancel = context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewExecAllocator(b.ctx,
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("headless", "new"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	if err := chromedp.Listen(b.ctx, b.hear); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	if _, err := chromedp.Call(b.ctx, devpage.AddScriptToEvaluateOnNewDocument, devpage.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
		t.Fatal(err)
	}
	return b
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium on this machine: apt-get install chromium, or leave out -tags integration")
	return ""
}

func (b *browser) hear(event any) {
	var what string
	switch e := event.(type) {
	case *devpage.EventJavascriptDialogOpening:
		what = "dialog " + e.Message
	case *runtime.EventExceptionThrown:
		what = "exception " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceSecurity || strings.Contains(e.Entry.Text, "Content Security Policy") {
			what = "console " + e.Entry.Text
		}
	}
	if what != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.events = append(b.events, what)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) open(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate(address), chromedp.WaitReady("footer"))
}

// eval returns the value of an expression.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// await waits until an expression is true, on this page or the one that it turns into.
func (b *browser) await(expression string) {
	b.t.Helper()
	const patience = time.Minute
	for start := time.Now(); ; {
		_, err := chromedp.Run(b.ctx, chromedp.Poll[bool]("document.body && ("+expression+")", chromedp.WithPollingTimeout(patience)))
		if err == nil {
			return
		}
		if time.Since(start) > patience || b.ctx.Err() != nil { // an error before that is a page that was left
			b.t.Fatalf("waited for %s: %v; the page says %q", expression, err, eval[string](b, "document.body.innerText"))
		}
	}
}

// screen sets the size of the window and what the visitor prefers.
func (b *browser) screen(width int64, scheme, motion string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 812))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
	}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// silent fails the test when anything came alive that should be text.
func (b *browser) silent(where string) {
	b.t.Helper()
	if heard := eval[[]string](b, "window.heard"); len(heard) > 0 {
		b.t.Errorf("%s: came alive: %q", where, heard)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) > 0 {
		b.t.Errorf("%s: the browser complains: %q", where, b.events)
		b.events = nil
	}
}

// site is the pages over a real desk on SQLite, which can be stopped and started on one port.
type site struct {
	t       *testing.T
	dir     string
	addr    string
	db      *store.DB
	desk    *alerting.Desk
	archive *paperArchive
	stop    func()
}

func newBrowserSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), addr: "127.0.0.1:0", archive: &paperArchive{}}
	s.openDesk()
	s.start()
	t.Cleanup(func() {
		s.stop()
		s.closeDesk()
	})
	return s
}

func (s *site) url(path string) string { return "http://" + s.addr + path }

func (s *site) openDesk() {
	s.t.Helper()
	var err error
	if s.db, err = store.Open(context.Background(), store.Config{Driver: "sqlite", Path: filepath.Join(s.dir, "state.db")}); err != nil {
		s.t.Fatal(err)
	}
	if s.desk, err = alerting.New(alerting.DefaultConfig(), alerting.Deps{DB: s.db}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) closeDesk() {
	if err := s.db.Close(); err != nil {
		s.t.Error(err)
	}
}

func (s *site) start() {
	s.t.Helper()
	deps := Deps{Archive: s.archive, Desk: s.desk, Silences: s.desk, Sources: s.archive.sources, Saved: saved.New(saved.Deps{DB: s.db}), Coverage: fakeCoverage{}, Version: "test", Now: time.Now}
	addReports(s.t, &deps, s.db, s.desk)
	pages, err := New(DefaultConfig(), deps)
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	server := &http.Server{Handler: pages.Handler(), BaseContext: func(net.Listener) context.Context { return ctx }}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) }) // it ends with ErrServerClosed
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := server.Close(); err != nil {
			s.t.Error(err)
		}
		serving.Wait()
	})
}

// handle gives articles to the desk and to the archive.
func (s *site) handle(articles ...article.Article) {
	s.t.Helper()
	if err := s.desk.Handle(s.t.Context(), articles); err != nil {
		s.t.Fatal(err)
	}
	s.archive.add(articles)
}

// story is the address of a claim's story.
func (s *site) story(claim string) string {
	s.t.Helper()
	stories, err := s.desk.Stories(s.t.Context(), alerting.Filter{ClaimID: claim, Quiet: true})
	if err != nil || len(stories) == 0 {
		s.t.Fatalf("story of claim %q: %d found, %v", claim, len(stories), err)
	}
	return s.url("/stories/" + stories[0].ID)
}

// paperArchive finds every article for every query that is well formed, with its whole title marked.
type paperArchive struct {
	mu       sync.Mutex
	articles []article.Article
}

func (p *paperArchive) add(a []article.Article) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.articles = append(p.articles, a...)
}

func (p *paperArchive) Count(context.Context) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.articles), nil
}

func (p *paperArchive) Suggest(context.Context, string) (string, error) { return "", nil }

func (p *paperArchive) History(context.Context, string) ([]article.Article, error) { return nil, nil }

func (p *paperArchive) Get(context.Context, string) (article.Article, error) {
	return article.Article{}, index.ErrNotFound
}

func (p *paperArchive) Search(_ context.Context, r index.Request) (index.Result, error) {
	if _, err := query.Parse(r.Query); err != nil {
		return index.Result{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out := index.Result{
		Total: len(p.articles), Next: r.Query, Counted: 1, Loose: true, Whole: 1, DidYouMean: "y", Synonyms: [][]string{{"x", strings.Repeat("y", 60)}},
		Partial: []string{"the search took too long"}, SearchedBack: now,
		Facets:    []index.Facet{{Name: "outlet", Values: []index.FacetValue{{Value: "x", Label: strings.Repeat("Báo", 40), Count: 12345}, {Value: "y", Count: 2}}, More: 3}},
		Histogram: &index.Histogram{By: "published", Unit: "month", Bars: []index.Bar{{From: now.AddDate(0, -1, 0), Count: 3}, {From: now, Count: 9}}},
	}
	if r.Sort == index.ByPublished { // a preview reads all pages
		out.Next = ""
	}
	for _, a := range slices.Backward(p.articles[max(0, len(p.articles)-50):]) {
		out.Hits = append(out.Hits, index.Hit{
			Copies:  []index.Copy{{ID: "c", Outlet: a.Outlet, Title: a.Title, URL: a.URL, FirstSeen: now}},
			Article: a, Highlights: []index.Highlight{{Field: article.Title, Start: 0, End: len(a.Title)}, {Field: article.Text, Start: 0, End: len(a.Text)}},
			Snippet: index.Snippet{Field: article.Text, End: len(a.Text)},
		})
	}
	return out, nil
}

// sources are the outlets of the articles, all in trouble.
func (p *paperArchive) sources(context.Context) ([]crawler.SourceHealth, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []crawler.SourceHealth
	for _, a := range p.articles {
		out = append(out, crawler.SourceHealth{Name: a.Outlet, State: crawler.StateFailing, Failures: 2, LastError: fmt.Sprintf("fetch feed %s", a.URL)})
	}
	return out, nil
}
