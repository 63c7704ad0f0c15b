//go:build integration

package app

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/configs"
	"haidang/internal/article"
	"haidang/internal/filters"
	"haidang/internal/store/storetest"
)

var update = flag.Bool("update", false, "rewrite testdata/story_stats.txt")

const sharedData = "../../../shared/data"

// TestIntegrationStoryQuality measures which articles become one story, on real news, and holds it to the golden file.
//
// Events: articles all said to carry one and the same pattern, which is the hardest case: only the words, the places, the names and
// the figures tell them apart. Which of them tell of one event was read by eye (testdata/story_events.txt); only pairs within
// the window of a story could be together, and the recall is of these. Pairs: copies of real news by the share
// of common sequences of five words, each pair with a claim of its own.
func TestIntegrationStoryQuality(t *testing.T) {
	if _, err := os.Stat(sharedData); err != nil {
		t.Skipf("there is no %s", sharedData)
	}
	var out strings.Builder
	events(t, &out)
	copies(t, &out)
	const golden = "testdata/story_stats.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("the numbers have moved; if they are better, run with -update and say why:\n%s", out.String())
	}
}

// labelled is one document of an event.
type labelled struct {
	Cluster   string `json:"cluster"`
	Doc       string `json:"doc"`
	Title     string `json:"title"`
	Summary   string `json:"summary"`
	Content   string `json:"content"`
	Source    string `json:"source"`
	Link      string `json:"link"`
	Published string `json:"published_date"`
	at        time.Time
	event     string   // as read by eye
	groups    []string // the searches that found it
	story     string
}

func (l *labelled) name() string { return strings.TrimPrefix(l.Cluster, "Cluster_") + "/" + l.Doc }

// events groups the labelled events and writes how well that went.
func events(t *testing.T, out *strings.Builder) {
	t.Helper()
	docs := articlesOfEvents(t)
	cfg, err := configs.Load("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	rules, err := filters.LoadRules(cfg.Classifier, cfg.RulesFS())
	if err != nil {
		t.Fatal(err)
	}
	desk := newDesk(t)
	var batch []article.Article
	for i, d := range docs {
		a := article.Article{
			ID: "event-" + strconv.Itoa(i), URL: d.Link, Outlet: d.Source, Language: "vi", Title: d.Title, Lead: d.Summary, Text: d.Content,
			Published: d.at, FirstSeen: d.at, Origin: article.Live,
		}
		a.Revise()
		verdict := rules.Classify(&a)
		carry(&a, "pattern", true, verdict.Places)
		batch = append(batch, a)
	}
	slices.SortStableFunc(batch, func(a, b article.Article) int { return a.FirstSeen.Compare(b.FirstSeen) })
	take(t, desk, batch)
	for id, alert := range alertsOf(t, desk) {
		i, err := strconv.Atoi(strings.TrimPrefix(id, "event-"))
		if err != nil {
			t.Fatal(err)
		}
		docs[i].story = alert.StoryID
	}
	report(out, docs)
}

// articlesOfEvents reads the articles among the labelled documents, one of each address, with the event that each tells of.
func articlesOfEvents(t *testing.T) []*labelled {
	t.Helper()
	events, pages := eventsByEye(t)
	// Those without a date were found on the day that the collection was made.
	found := time.Date(2024, 2, 18, 12, 0, 0, 0, time.UTC)
	byLink := map[string]*labelled{}
	var out []*labelled
	for _, d := range readLines[labelled](t, "near-duplicates/events.jsonl.gz") {
		if pages[d.name()] {
			continue
		}
		known := byLink[d.Link]
		if known == nil {
			known = &d
			d.at, d.event = dateOf(d.Published, found), events[d.name()]
			byLink[d.Link], out = known, append(out, known)
		}
		known.groups = append(known.groups, d.Cluster)
	}
	return out
}

// eventsByEye reads testdata/story_events.txt: the event of each document that shares it with another, and what is no article.
func eventsByEye(t *testing.T) (events map[string]string, pages map[string]bool) {
	t.Helper()
	b, err := os.ReadFile("testdata/story_events.txt")
	if err != nil {
		t.Fatal(err)
	}
	events, pages = map[string]string{}, map[string]bool{}
	for line := range strings.Lines(string(b)) {
		name, docs, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for doc := range strings.FieldsSeq(docs) {
			if name == "pages" {
				pages[doc] = true
			} else {
				events[doc] = name
			}
		}
	}
	return events, pages
}

// report writes how many pairs are together that should be, and names the others.
func report(out *strings.Builder, docs []*labelled) {
	var together, right, wanted, within, searched, apart int
	wrong := map[bool][]string{}
	for i := range docs {
		for _, a := range docs[:i] {
			b := docs[i]
			same, one, near := a.event != "" && a.event == b.event, a.story == b.story, a.at.Sub(b.at).Abs() <= alerting.DefaultConfig().Window.Std()
			together += btoi(one)
			right += btoi(one && same)
			wanted += btoi(same && near)
			within += btoi(same && near && one)
			if one != same && (one || near) {
				wrong[one] = append(wrong[one], a.name()+" + "+b.name())
			}
			if near && slices.ContainsFunc(a.groups, func(g string) bool { return slices.Contains(b.groups, g) }) {
				searched++
				apart += btoi(!same)
			}
		}
	}
	fmt.Fprintf(out, "events: %d articles; pairs in one story: %d, of one event %d (precision %.3f)\n", len(docs), together, right, ratio(right, together))
	fmt.Fprintf(out, "pairs of one event within the window: %d, in one story %d (recall %.3f)\n", wanted, within, ratio(within, wanted))
	fmt.Fprintf(out, "pairs found by one search within the window: %d, of other events than each other %d\n", searched, apart)
	for _, one := range []bool{true, false} {
		fmt.Fprintln(out, map[bool]string{true: "in one story and of two events, as group/document:", false: "of one event and in two stories:"}[one])
		slices.Sort(wrong[one])
		for _, pair := range wrong[one] {
			fmt.Fprintln(out, "  "+pair)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// nearPair is a pair of articles by the share of five-word sequences that they have in common.
type nearPair struct {
	A       string  `json:"a"`
	B       string  `json:"b"`
	Jaccard float64 `json:"jaccard5"`
}

type newsItem struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	Body    string `json:"body"`
}

// copies takes each pair in under a claim of its own, and writes which are found to be copies, by their likeness. Of the many
// pairs below 0.4 every sixth is taken.
func copies(t *testing.T, out *strings.Builder) {
	t.Helper()
	news := map[string]newsItem{}
	for _, name := range []string{"baomoi-2017", "dantri-vnexpress-vtv-2016", "tuoitre-2024-11"} {
		for _, n := range readLines[newsItem](t, "news/"+name+".jsonl.gz") {
			news[n.ID] = n
		}
	}
	desk := newDesk(t)
	at := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	var batch []article.Article
	band := map[string]int{} // by story claim
	for i, p := range readLines[nearPair](t, "near-duplicates/pairs.jsonl.gz") {
		a, aKnown := news[p.A]
		b, bKnown := news[p.B]
		if !aKnown || !bKnown || p.Jaccard < 0.4 && i%6 != 0 { // some news is kept aside
			continue
		}
		claim := "pair-" + strconv.Itoa(i)
		band[claim] = min(int(p.Jaccard*10), 9)
		for half, n := range []newsItem{a, b} {
			a := article.Article{
				ID: fmt.Sprintf("%s/%d", claim, half), URL: "https://example.vn/" + strconv.Itoa(i), Outlet: "Báo " + strconv.Itoa(half), Language: "vi", Title: n.Title, Lead: n.Summary, Text: n.Body,
				Published: at, FirstSeen: at.Add(time.Duration(half) * time.Hour), Origin: article.Live,
			}
			a.Revise()
			carry(&a, claim, true, []string{claim + strconv.Itoa(half)})
			batch = append(batch, a)
		}
	}
	take(t, desk, batch)
	var all, copied, one [10]int
	alerts := alertsOf(t, desk)
	for claim, b := range band {
		first, second := alerts[claim+"/0"], alerts[claim+"/1"]
		all[b]++
		copied[b] += btoi(first.CopyOf != "" || second.CopyOf != "")
		one[b] += btoi(first.StoryID == second.StoryID)
	}
	fmt.Fprintf(out, "pairs found to be copies, by Jaccard over five-word sequences; in brackets, those in one story for any reason\n")
	for b := range 10 {
		fmt.Fprintf(out, "  %.1f to %.1f: %d of %d (%d)\n", float64(b)/10, float64(b+1)/10, copied[b], all[b], one[b])
	}
	for _, from := range []int{5, 6} {
		found, truth, right := 0, 0, 0
		for b := range 10 {
			if found += copied[b]; b >= from {
				truth, right = truth+all[b], right+copied[b]
			}
		}
		fmt.Fprintf(out, "from 0.%d: recall %.3f, precision %.3f\n", from, ratio(right, truth), ratio(right, found))
	}
}

func newDesk(t *testing.T) *alerting.Desk {
	t.Helper()
	d, err := alerting.New(alerting.DefaultConfig(), alerting.Deps{DB: storetest.Open(t, t.TempDir())})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// carry gives an article the verdict that it carries a claim.
func carry(a *article.Article, claim string, pattern bool, places []string) {
	a.Verdict = &article.Verdict{Rings: true, AboutVietnam: true, Score: 80, Severity: article.Normal, Places: places, Claims: []article.ClaimMatch{{
		ID: claim, Version: 1, Stance: article.Carries, Score: 80, Rings: true, Pattern: pattern, Field: "other", Severity: article.Normal, StatementVI: "Điều này", StatementEN: "This",
	}}}
}

func take(t *testing.T, d *alerting.Desk, batch []article.Article) {
	t.Helper()
	for chunk := range slices.Chunk(batch, 200) {
		if err := d.Handle(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
}

// alertsOf returns what became of each article.
func alertsOf(t *testing.T, d *alerting.Desk) map[string]alerting.Alert {
	t.Helper()
	out := map[string]alerting.Alert{}
	for offset := 0; ; offset += 1000 {
		stories, err := d.Stories(t.Context(), alerting.Filter{Quiet: true, Limit: 1000, Offset: offset})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range stories {
			detail, err := d.Story(t.Context(), s.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range detail.Alerts {
				out[a.ArticleID] = a
			}
		}
		if len(stories) < 1000 {
			return out
		}
	}
}

// dateOf reads "Chủ nhật, 18/2/2024, 19:00 (GMT+7)".
func dateOf(s string, otherwise time.Time) time.Time {
	if _, after, ok := strings.Cut(s, ", "); ok {
		if at, err := time.Parse("2/1/2006, 15:04 (GMT+7)", after); err == nil {
			return at.Add(-7 * time.Hour)
		}
	}
	return otherwise
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func readLines[T any](t *testing.T, name string) (out []T) {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedData, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(z); dec.More(); {
		var v T
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}
