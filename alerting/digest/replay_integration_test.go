//go:build integration

package digest

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/classifier"
	"haidang/internal/article"
	"haidang/internal/coverage"
)

// The days that are replayed: the storm season of 2025, of the three outlets of stream/items.
const (
	replayFrom = "2025-10-01"
	replayDays = 60
)

// streamed reads the items that were first seen in a period, in the order of their arrival.
func streamed(t *testing.T, from, to time.Time) []article.Article {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../shared/data/stream/items.jsonl.gz"))
	if err != nil {
		t.Skipf("the shared data is not here: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	var out []article.Article
	for lines.Scan() {
		var item struct {
			Title, Summary, Link, Source string
			FirstCommit                  time.Time `json:"first_commit"`
		}
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			t.Fatal(err)
		}
		if item.FirstCommit.Before(from) || !item.FirstCommit.Before(to) {
			continue
		}
		a := article.Article{
			ID: article.ID(item.Link), URL: item.Link, Outlet: item.Source, OutletCountry: "VN", Language: "vi", Title: item.Title, Lead: item.Summary,
			FirstSeen: item.FirstCommit, Published: item.FirstCommit, Origin: article.Live, FeedOnly: true,
		}
		a.Revise()
		out = append(out, a)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(out, func(a, b article.Article) int { return a.FirstSeen.Compare(b.FirstSeen) })
	return out
}

// ledger counts the articles of the replay by itself, so that the mails can be held against it.
type ledger struct{ articles []article.Article }

// Tally implements coverage.Source.
func (l *ledger) Tally(_ context.Context, ask coverage.Ask) (coverage.Tally, error) {
	out := coverage.Tally{Articles: make([]int, ask.Cells()), Copies: make([]int, ask.Cells()), By: map[coverage.Dimension]map[string][]int{}, Names: map[string]string{}}
	for _, a := range l.between(ask.From, ask.To) {
		cell := int(a.FirstSeen.Sub(ask.From) / ask.Cell)
		out.Articles[cell]++
		out.Names[a.Outlet] = a.Outlet
		for _, d := range ask.By {
			for _, id := range map[coverage.Dimension][]string{coverage.Topic: a.Verdict.Topics, coverage.Place: a.Verdict.Places, coverage.Outlet: {a.Outlet}, coverage.Language: {a.Language}}[d] {
				if out.By[d] == nil {
					out.By[d] = map[string][]int{}
				}
				if out.By[d][id] == nil {
					out.By[d][id] = make([]int, ask.Cells())
				}
				out.By[d][id][cell]++
			}
		}
	}
	return out, nil
}

// between are the articles that came in from one moment on and before another; they lie in the order of their arrival.
func (l *ledger) between(from, to time.Time) []article.Article {
	at := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(l.articles, t, func(a article.Article, t time.Time) int { return a.FirstSeen.Compare(t) })
		return i
	}
	return l.articles[at(from):at(to)]
}

// TestIntegrationReplay lives through sixty days of real arrivals with the clock in hand: one mail a day, each read back
// and held against what came in. With -render the mails are written to a folder, to be read by eye.
func TestIntegrationReplay(t *testing.T) {
	first, err := time.ParseInLocation(time.DateOnly, replayFrom, time.FixedZone("ICT", 7*3600))
	if err != nil {
		t.Fatal(err)
	}
	items := streamed(t, first, first.AddDate(0, 0, replayDays))
	books := &ledger{}
	rules, err := classifier.Load(os.DirFS("../../configs"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config, d *Deps) {
		c.SMTP.Host, c.Link = "mail.haidang.test", "https://desk.haidang.test"
		c.Lists = []List{
			{Name: "ban-chi-dao", Language: "vi", To: []string{"lead@haidang.test"}},
			{Name: "tuan", Edition: Weekly, Language: "vi", To: []string{"week@haidang.test"}},
			{Name: "monthly", Edition: Monthly, Language: "en", To: []string{"month@haidang.test"}},
		}
		d.Coverage = coverage.New(books, coverage.Deps{Now: d.Now, Name: func(d coverage.Dimension, id, language string) string {
			if d == coverage.Place {
				return rules.PlaceName(id, language)
			}
			return rules.TopicName(id, language)
		}})
	})
	o := &outbox{}
	w.delivery = o
	list := w.cfg.Lists[0]
	w.now = first.Add(6*time.Hour + 45*time.Minute)
	for _, l := range w.cfg.Lists { // the lists begin with the replay
		if err := w.skip(t.Context(), w.Due(l), l); err != nil {
			t.Fatal(err)
		}
	}
	rest := items
	for day := 1; day < replayDays; day++ {
		for _, clock := range []time.Duration{6*time.Hour + 30*time.Minute, 6*time.Hour + 45*time.Minute} {
			until := first.AddDate(0, 0, day).Add(clock)
			for len(rest) > 0 && rest[0].FirstSeen.Before(until) {
				a := rest[0]
				rest = rest[1:]
				verdict := rules.Classify(&a)
				a.Verdict, w.now = &verdict, a.FirstSeen
				books.articles = append(books.articles, a)
				if err := w.desk.Handle(t.Context(), []article.Article{a}); err != nil {
					t.Fatal(err)
				}
			}
			w.now = until
			w.health.LastArticle = books.articles[len(books.articles)-1].FirstSeen
			for _, l := range w.cfg.Lists {
				w.draft(t.Context(), l)
				w.serve(t.Context(), l, w.Due(l))
				w.serve(t.Context(), l, w.Due(l)) // a second look, or process, mails nobody
			}
		}
		w.holds(Date(first.AddDate(0, 0, day).Format(time.DateOnly)), list, books)
	}
	last := first.AddDate(0, 0, replayDays-1)
	want := 0
	for _, l := range w.cfg.Lists {
		want += len(l.mornings(replayFrom, Date(last.Format(time.DateOnly))))
	}
	sent := slices.Sorted(slices.Values(o.sent))
	if len(sent) != want || len(slices.Compact(slices.Clone(sent))) != want {
		t.Errorf("%d mails, %d different ones, want one for each list and morning: %d", len(sent), len(slices.Compact(slices.Clone(sent))), want)
	}
	w.keepEditions(replayFrom, Date(last.Format(time.DateOnly)))
	stories, err := w.desk.Stories(t.Context(), alerting.Filter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d items, %d stories rang, %d mails", len(items), len(stories), len(o.sent))
}

var storyLink = regexp.MustCompile(`/stories/([0-9a-f]+)`)

// holds reads the mail of a date back and holds its numbers against the books.
func (w *world) holds(date Date, list List, books *ledger) {
	w.t.Helper()
	d, err := w.Draft(w.t.Context(), date, list)
	if err != nil {
		w.t.Fatal(err)
	}
	from, to, err := w.window(date, list)
	if err != nil {
		w.t.Fatal(err)
	}
	top, _, _ := strings.Cut(d.Text, "== Thay đổi")
	if n := strings.Count(top, "Phản hồi: "); n > maxTop {
		w.t.Errorf("%s has %d stories at its top, want at most %d", date, n, maxTop)
	}
	told := map[string]int{}
	for _, m := range storyLink.FindAllStringSubmatch(d.Text, -1) {
		if told[m[1]]++; told[m[1]] > 1 {
			w.t.Errorf("%s tells the story %s more than once:\n%s", date, m[1], d.Text)
		}
	}
	if want := "Tất cả các chủ đề: " + grouped(len(books.between(from, to)), ".") + " bài"; !strings.Contains(d.Text, want) {
		w.t.Errorf("%s lacks %q:\n%s", date, want, d.Text)
	}
	var fresh, carrying int
	for query, n := range map[string]*int{
		`SELECT COUNT(*) FROM stories WHERE rang_at >= ? AND rang_at < ?`:                                                                             &fresh,
		`SELECT COUNT(*) FROM alerts a JOIN stories s ON s.id = a.story_id WHERE a.role = 'carries' AND s.rang_at > 0 AND a.seen >= ? AND a.seen < ?`: &carrying,
	} {
		if err := w.db.QueryRow(w.t.Context(), query, from.UnixMilli(), to.UnixMilli()).Scan(n); err != nil {
			w.t.Fatal(err)
		}
	}
	if want := fmt.Sprintf("%d tin cần kiểm chứng", fresh); fresh > 0 && !strings.Contains(d.Subject, want) {
		w.t.Errorf("the subject of %s is %q, want %q in it", date, d.Subject, want)
	}
	if want := fmt.Sprintf("%d bài mang tin cần kiểm chứng", carrying); carrying > 0 && !strings.Contains(d.Text, want) {
		w.t.Errorf("%s lacks %q:\n%s", date, want, d.Text)
	}
	w.keep(d)
}

// keep writes a mail into the folder of -render.
func (w *world) keep(d Draft) {
	w.t.Helper()
	if *renderTo == "" {
		return
	}
	for extension, text := range map[string]string{".txt": d.Text, ".html": d.Standalone()} {
		if err := os.WriteFile(filepath.Join(*renderTo, "replay-"+d.List.Name+"-"+string(d.Date)+extension), []byte(text), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
}

// keepEditions reads the weekly and monthly mails back.
func (w *world) keepEditions(from, until Date) {
	w.t.Helper()
	for _, l := range w.cfg.Lists[1:] {
		for _, date := range l.mornings(from, until) {
			d, err := w.Draft(w.t.Context(), date, l)
			if err != nil || d.State != string(stateSent) || len(d.HTML)+len(d.Chart)*4/3 > 60<<10 {
				w.t.Errorf("the %s mail of %s: %s, %d bytes, %v; want it sent and under 60 KB", l.edition(), date, d.State, len(d.HTML)+len(d.Chart)*4/3, err)
			}
			w.keep(d)
		}
	}
}
