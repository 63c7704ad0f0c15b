package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"haidang/alerting"
	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/bus"
	"haidang/internal/demo"
	"haidang/internal/filters"
)

// ledger compares what the outlets published with what came out at the end.
type ledger struct {
	stages   []stageCount
	alerts   []alertLine
	problems []string
}

type stageCount struct {
	stage string
	count int
	note  string
}

type alertLine struct {
	claim, outlet, title string
	stance               article.Stance
	score                int
}

// balance looks every published page up and every ring back.
func (d *demonstration) balance(ctx context.Context) (*ledger, error) {
	books := &ledger{}
	rang, err := books.addAlerts(ctx, d.app.desk)
	if err != nil {
		return nil, err
	}
	books.checkManners(d.site.Requests())
	var published, refused int
	for _, e := range d.site.Expectations() {
		published++
		if e.Kind == demo.Listing {
			refused++
			continue
		}
		if err := d.compare(ctx, books, e, rang); err != nil {
			return nil, err
		}
	}
	count, err := d.app.archive.Count(ctx)
	if err != nil {
		return nil, err
	}
	if count != published-refused {
		books.problem("the archive holds %d articles, %d were published and %d refused", count, published, refused)
	}
	return books, books.addStages(ctx, d.app, published, refused, count)
}

// compare looks one page up: found, whole or as its feed gave it, and ringing exactly when it should.
func (d *demonstration) compare(ctx context.Context, books *ledger, e demo.Expectation, rang map[string]bool) error {
	canonical, err := article.Canonicalize(e.URL)
	if err != nil {
		return err
	}
	id := article.ID(canonical)
	doc, err := d.app.archive.Get(ctx, id)
	switch {
	case errors.Is(err, index.ErrNotFound):
		books.problem("lost: %s %q", e.URL, e.Title)
		return nil
	case err != nil:
		return err
	}
	forbidden := e.Kind == demo.Disallowed
	if forbidden && d.asked(e) {
		books.problem("%s is forbidden by robots.txt and was asked for", e.URL)
	}
	if doc.FeedOnly != forbidden {
		books.problem("%q: told from the feed alone is %t, want %t", e.Title, doc.FeedOnly, forbidden)
	}
	for _, word := range demo.Leaks() {
		if strings.Contains(doc.Title+doc.Lead+doc.Text, word) {
			books.problem("%q holds %q, which is not of the article", e.Title, word)
		}
	}
	if e.Rings && !rang[id] {
		books.problem("should ring and does not: %q (%s, %s)", e.Title, e.Kind, e.Claim)
	}
	if !e.Rings && rang[id] {
		books.problem("rings and should not: %q (%s)", e.Title, e.Kind)
	}
	return nil
}

// checkManners reads the outlets' own record: one request at a time for each host.
func (l *ledger) checkManners(requests []demo.Request) {
	for _, r := range requests {
		if r.Overlap > 0 {
			l.problem("outlet %s was asked for %s while it was still answering", r.Outlet, r.Path)
		}
	}
}

func (d *demonstration) asked(e demo.Expectation) bool {
	for _, r := range d.site.Requests() {
		if r.Outlet == e.Outlet && r.Path == e.Path {
			return true
		}
	}
	return false
}

func (l *ledger) problem(format string, args ...any) {
	l.problems = append(l.problems, fmt.Sprintf(format, args...))
}

// addAlerts lists the articles that rang and returns their IDs.
func (l *ledger) addAlerts(ctx context.Context, desk *alerting.Desk) (map[string]bool, error) {
	stories, err := desk.Stories(ctx, alerting.Filter{Limit: 1000})
	if err != nil {
		return nil, err
	}
	rang := map[string]bool{}
	for _, s := range stories {
		detail, err := desk.Story(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		for _, al := range detail.Alerts {
			l.alerts = append(l.alerts, alertLine{claim: s.ClaimID, outlet: al.Outlet, title: al.Title, stance: al.Stance, score: al.Score})
			if al.Role == alerting.RoleCarries {
				rang[al.ArticleID] = true
			}
		}
	}
	return rang, nil
}

func (l *ledger) addStages(ctx context.Context, a *App, published, refused, archived int) error {
	counts, err := a.desk.Counts(ctx)
	if err != nil {
		return err
	}
	links, err := a.bus.Lag(ctx, crawlGroup, bus.Links)
	if err != nil {
		return err
	}
	articles, err := a.bus.Lag(ctx, classifyGroup, bus.Articles)
	if err != nil {
		return err
	}
	verdicts, err := a.bus.Lag(ctx, alertGroup, bus.Verdicts)
	if err != nil {
		return err
	}
	dead, err := a.bus.Lag(ctx, crawlGroup, bus.Dead)
	if err != nil {
		return err
	}
	if n := written(dead); n > refused {
		l.problem("%d messages went to dead, %d were refused", n, refused)
	}
	l.stages = []stageCount{
		{"published", published, "pages that the feeds name"},
		{"links", written(links), "fetched; an edited page counts twice"},
		{"refused", refused, "a page without an article"},
		{"articles", written(articles), "extracted; one is as its feed gave it, since robots.txt forbids the page"},
		{"verdicts", written(verdicts), "classified"},
		{"archive", archived, "found, each exactly once"},
		{"alerts", counts.Alerts, fmt.Sprintf("articles that carry a claim, in %d stories, %d of them answered; %d answers", counts.Stories, counts.Stories-counts.Unanswered, counts.Answers)},
	}
	return nil
}

// written is how many messages a topic has ever held.
func written(r bus.LagReport) int {
	var n int64
	for _, p := range r.Partitions {
		n += p.Last
	}
	return int(n)
}

func (l *ledger) print(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprint(table, "\nSTAGE\tCOUNT\t\n")
	for _, s := range l.stages {
		fmt.Fprintf(table, "%s\t%d\t%s\n", s.stage, s.count, s.note)
	}
	fmt.Fprint(table, "\nCLAIM\tSTANCE\tSCORE\tOUTLET\tTITLE\n")
	for _, al := range l.alerts {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", al.claim, al.stance, al.score, al.outlet, shorten(al.title, 70))
	}
	_ = table.Flush() // to the terminal; the error that matters comes from err
	for _, p := range l.problems {
		fmt.Fprintf(w, "PROBLEM: %s\n", p)
	}
}

// err is not nil when anything was lost or rang wrongly.
func (l *ledger) err() error {
	if len(l.problems) == 0 {
		return nil
	}
	return fmt.Errorf("the books do not balance: %s", strings.Join(l.problems, "; "))
}

// shorten makes a title fit a table: nothing that an outlet could play tricks on a terminal with, and cut between letters.
func shorten(s string, runes int) string {
	r := []rune(filters.Plain(s))
	if len(r) <= runes {
		return string(r)
	}
	return string(r[:runes-1]) + "…"
}
