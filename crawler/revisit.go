package crawler

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"haidang/internal/article"
)

// revisitAfter is when a flagged article's page is read again, counted from the flag: at once, to keep it as evidence, and
// then to see it edited.
var revisitAfter = [...]time.Duration{0, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// Watch has the pages of flagged live articles read again at once and at 10 minutes, 1, 6 and 24 hours: each page is kept as
// evidence, and changed words come as a revision of the article. Watching one again changes nothing. What only the feed told has no page that can be compared.
func (c *Crawler) Watch(ctx context.Context, docs []article.Article) error {
	for i := range docs {
		doc := &docs[i]
		if doc.Verdict == nil || !doc.Verdict.Rings || doc.Origin != article.Live || doc.FeedOnly || checkAddress(doc.URL) != nil {
			continue
		}
		if err := c.watch(ctx, doc); err != nil {
			return err
		}
	}
	return nil
}

func (c *Crawler) watch(ctx context.Context, doc *article.Article) error {
	u, err := url.Parse(doc.URL)
	if err != nil {
		return stateError("keep the link", err)
	}
	link, err := json.Marshal(Link{
		Schema: LinkSchema, URL: doc.URL, CanonicalURL: doc.CanonicalURL, ArticleID: doc.ID, Host: u.Hostname(), Source: c.sourceNamed(doc.Outlet),
		Item:      Item{Title: doc.Title, Summary: doc.Lead, Published: doc.Published, PublishedFrom: doc.PublishedFrom},
		FirstSeen: doc.FirstSeen, Origin: doc.Origin,
	})
	if err != nil {
		return stateError("keep the link", err)
	}
	now := c.deps.Now()
	_, err = c.state.db.Exec(ctx, `INSERT INTO crawl_revisits (article_id, link, revision, flagged_at, step, next_at) VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`,
		doc.ID, string(link), doc.Revision, millis(now), millis(now.Add(revisitAfter[0])))
	return stateError("note the flagged article", err)
}

// sourceNamed is the ID of the source with an outlet's name, or the name where there is none.
func (c *Crawler) sourceNamed(outlet string) string {
	for id, src := range c.sources {
		if src.Name == outlet {
			return id
		}
	}
	return outlet
}

// publishRevisits publishes the links of flagged articles whose time has come.
func (c *Crawler) publishRevisits(ctx context.Context) error {
	now := c.deps.Now()
	rows, err := c.state.db.Query(ctx, "SELECT article_id, link, flagged_at, step FROM crawl_revisits WHERE next_at > 0 AND next_at <= ? ORDER BY next_at LIMIT ?", millis(now), retryBatch)
	if err != nil {
		return stateError("look up flagged articles", err)
	}
	type due struct {
		id, link      string
		flagged, step int64
	}
	var found []due
	for rows.Next() {
		var d due
		if err := rows.Scan(&d.id, &d.link, &d.flagged, &d.step); err != nil {
			return stateError("look up flagged articles", errors.Join(err, rows.Close()))
		}
		found = append(found, d)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return stateError("look up flagged articles", err)
	}
	for _, d := range found {
		var l Link
		if err := json.Unmarshal([]byte(d.link), &l); err != nil {
			c.log.Error("the link of a flagged article cannot be read", "article", d.id, "err", err)
		} else {
			l.Revisit = int(d.step) + 1
			if err := c.deps.Publisher.PublishLinks(ctx, []Link{l}); err != nil {
				return &Error{Reason: ReasonBrokerFailed, Temporary: true, Err: fmt.Errorf("publish the link of a flagged article: %w", err)}
			}
		}
		if err := c.nextRevisit(ctx, d.id, fromMillis(d.flagged), int(d.step)+1, now); err != nil {
			return err
		}
	}
	return nil
}

// nextRevisit arranges the next reading that is not past already: a process that slept does not read a page four times.
func (c *Crawler) nextRevisit(ctx context.Context, id string, flagged time.Time, step int, now time.Time) error {
	for step < len(revisitAfter) && !flagged.Add(revisitAfter[step]).After(now) {
		step++
	}
	var next time.Time
	if step < len(revisitAfter) {
		next = flagged.Add(revisitAfter[step])
	}
	_, err := c.state.db.Exec(ctx, "UPDATE crawl_revisits SET step = ?, next_at = ? WHERE article_id = ?", step, millis(next), id)
	return stateError("arrange the next reading", err)
}

// revisit reads a flagged article's page again and publishes it if its words have changed. A page that cannot be read now
// is read at its next time.
func (c *Crawler) revisit(ctx context.Context, l Link) error {
	var revision string
	err := c.state.db.QueryRow(ctx, "SELECT revision FROM crawl_revisits WHERE article_id = ?", l.ArticleID).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // forgotten since
	}
	if err != nil {
		return stateError("look up the flagged article", err)
	}
	leave, err := c.ready(ctx, l)
	if err != nil {
		return err
	}
	defer leave()
	res, err := c.page(ctx, l)
	if err == nil {
		if err := c.keep(ctx, l.ArticleID, res); err != nil {
			return err
		}
	}
	var doc article.Article
	if err == nil {
		doc, err = c.extracted(l, res)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		c.metrics.revisits.WithLabelValues("unread").Inc()
		c.log.Info("flagged article not read again", "url", l.URL, "source", l.Source, "reason", ReasonOf(err), "err", err)
		return nil
	}
	doc.ID, doc.CanonicalURL = l.ArticleID, l.CanonicalURL
	doc.Published, doc.PublishedFrom = l.Item.Published, l.Item.PublishedFrom
	doc.Revise()
	if doc.Revision == revision {
		c.metrics.revisits.WithLabelValues("same").Inc()
		return nil
	}
	if err := c.deps.Publisher.PublishArticle(ctx, doc); err != nil {
		return &Error{Reason: ReasonBrokerFailed, Temporary: true, Err: fmt.Errorf("publish article %s: %w", doc.ID, err)}
	}
	c.metrics.revisits.WithLabelValues("changed").Inc()
	c.log.Info("a flagged article was changed by its outlet", "url", l.URL, "source", l.Source, "after", revisitAfter[min(max(l.Revisit, 1), len(revisitAfter))-1])
	for _, query := range []string{"UPDATE crawl_revisits SET revision = ? WHERE article_id = ?", "UPDATE crawl_pages SET revision = ? WHERE final_id = ?"} {
		if _, err := c.state.db.Exec(ctx, query, doc.Revision, l.ArticleID); err != nil {
			return stateError("note the new wording", err)
		}
	}
	return nil
}
