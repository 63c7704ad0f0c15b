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
type ledger struct {
	articles []article.Article
	topics   map[string]string
}

func (l *ledger) Volumes(_ context.Context, from, to time.Time) (Volumes, error) {
	v := Volumes{Topics: map[string]int{}}
	for i := range l.articles {
		if a := &l.articles[i]; !a.FirstSeen.Before(from) && a.FirstSeen.Before(to) {
			v.Articles++
			for _, topic := range a.Verdict.Topics {
				v.Topics[topic]++
			}
		}
	}
	return v, nil
}

func (l *ledger) TopicName(id, _ string) string { return l.topics[id] }

// TestIntegrationReplay lives through sixty days of real arrivals with the clock in hand: one mail a day, each read back
// and held against what came in. With -render the mails are written to a folder, to be read by eye.
func TestIntegrationReplay(t *testing.T) {
	first, err := time.ParseInLocation(time.DateOnly, replayFrom, time.FixedZone("ICT", 7*3600))
	if err != nil {
		t.Fatal(err)
	}
	items := streamed(t, first, first.AddDate(0, 0, replayDays))
	books := &ledger{topics: map[string]string{}}
	rules, err := classifier.Load(os.DirFS("../../configs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range rules.Topics() {
		books.topics[topic.ID] = topic.Name.VI
	}
	w := newWorld(t, func(c *Config, d *Deps) {
		c.SMTP.Host, c.Link = "mail.haidang.test", "https://desk.haidang.test"
		c.Lists = []List{{Name: "ban-chi-dao", Language: "vi", To: []string{"lead@haidang.test"}}}
		d.Archive = books
	})
	o := &outbox{}
	w.delivery = o
	list := w.cfg.Lists[0]
	w.now = first.Add(6*time.Hour + 45*time.Minute)
	if err := w.skip(t.Context(), w.Due(list), list); err != nil { // the list begins with the replay
		t.Fatal(err)
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
			w.draft(t.Context(), list)
			w.serve(t.Context(), list, w.Due(list))
			w.serve(t.Context(), list, w.Due(list)) // a second look, or process, mails nobody
		}
		w.holds(Date(first.AddDate(0, 0, day).Format(time.DateOnly)), list, books)
	}
	if want := replayDays - 1; len(o.sent) != want || len(slices.Compact(slices.Clone(o.sent))) != want {
		t.Errorf("%d mails of %d dates, want one for each of %d mornings", len(o.sent), len(slices.Compact(slices.Clone(o.sent))), want)
	}
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
	volumes, _ := books.Volumes(w.t.Context(), from, to)
	if want := "Tất cả các chủ đề: " + grouped(volumes.Articles, ".") + " bài"; !strings.Contains(d.Text, want) {
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
	if *renderTo != "" {
		for extension, text := range map[string]string{".txt": d.Text, ".html": d.Standalone()} {
			if err := os.WriteFile(filepath.Join(*renderTo, "replay-"+string(date)+extension), []byte(text), 0o644); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}
