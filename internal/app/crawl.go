package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"haidang/crawler"
)

// CrawlOptions say which past of which outlet to crawl. Progress may be nil.
type CrawlOptions struct {
	Options
	URL      string    // home page of the outlet, or one of its sitemaps
	Since    time.Time // pages published before it are left out
	Told     io.Writer // where sitemaps are told that could not be read
	Progress func(CrawlReport)
}

// CrawlReport is what a crawl of the past has done so far.
type CrawlReport struct {
	Walk      crawler.WalkReport
	Articles  int                    // pages read and sent on
	Known     int                    // pages handled before, by the feeds or by an earlier run
	Refused   map[crawler.Reason]int // pages that are no article, or could not be read
	Postponed int                    // pages that are tried again while haidang runs
	UnderWay  int                    // pages asked for and not done
	Waiting   int64                  // articles not yet through every stage
	Archived  int                    // articles in the archive
	Elapsed   time.Duration          // of this run
}

const (
	// crawlWindow is how many links of the past are on the bus at a time: what a feed shows meanwhile is behind so many.
	crawlWindow = 4
	crawlBatch  = 100
	crawlLook   = 50 * time.Millisecond
	// crawlPatience is how long no page at all may be done before the crawl gives up: nobody reads the links.
	crawlPatience = 15 * time.Minute
)

// CrawlPast reads what an outlet published since a day, by its sitemaps, as backfill, which never rings. The pages are asked for
// by the process that runs on this data folder, in turn with those of its feeds, or by stages of our own. It returns when
// every article is through. Interrupted and run again, it goes on where it was.
func CrawlPast(ctx context.Context, opts CrawlOptions) (CrawlReport, error) {
	opts.Fetch = true
	pipe, err := openPipeline(ctx, opts.Options)
	if err != nil {
		return CrawlReport{}, err
	}
	p := &past{opts: opts, pipe: pipe, start: time.Now(), asked: map[string]time.Time{}, outside: map[string]bool{}, moved: time.Now()}
	p.report.Refused = map[crawler.Reason]int{}
	err = p.run(ctx)
	if ctx.Err() != nil {
		err = ErrInterrupted
	}
	p.report.Elapsed = time.Since(p.start)
	return p.report, errors.Join(err, pipe.close())
}

// past is one crawl of the past.
type past struct {
	opts    CrawlOptions
	pipe    *pipeline
	start   time.Time
	report  CrawlReport
	mark    pastMark
	batch   []crawler.Link
	asked   map[string]time.Time // links under way by article ID: when they were last tried before
	outside map[string]bool      // read in this run and not wanted: a page stands in more than one sitemap
	moved   time.Time            // when a page was last done
}

func (p *past) run(ctx context.Context) error {
	var err error
	if p.mark, err = loadPastMark(p.opts.DataDir, p.opts.URL, p.opts.Since); err != nil {
		return err
	}
	p.report.Walk, err = p.pipe.crawler.Walk(ctx, p.opts.URL, crawler.Walk{
		Since:    p.opts.Since,
		Page:     func(l crawler.Link) error { return p.page(ctx, l) },
		Skip:     p.mark.has,
		Finished: func(s crawler.SitemapPart) error { return p.finished(ctx, s) },
		Failed: func(address string, err error) {
			fmt.Fprintf(p.opts.Told, "%s: %s (%v)\n", address, crawler.ReasonOf(err).Words("en"), err)
		},
	})
	if err != nil {
		return err
	}
	if err := p.pipe.settle(ctx, 0, func(waiting int64) { p.report.Waiting = waiting; p.progress() }); err != nil {
		return err
	}
	if p.report.Archived, err = p.pipe.count(ctx); err != nil {
		return err
	}
	if p.report.Walk.Failed > 0 {
		return fmt.Errorf("%d sitemaps could not be read; run the same command again to try them once more", p.report.Walk.Failed)
	}
	return p.mark.remove()
}

// page collects pages, so that what is known already is looked up many at a time.
func (p *past) page(ctx context.Context, l crawler.Link) error {
	p.report.Walk.Pages++
	if p.batch = append(p.batch, l); len(p.batch) < crawlBatch {
		return nil
	}
	return p.flush(ctx)
}

// flush asks for the pages collected, but for those that were handled before.
func (p *past) flush(ctx context.Context) error {
	known, err := p.outcomes(ctx, p.batch)
	if err != nil {
		return err
	}
	for _, l := range p.batch {
		before, ok := known[l.ArticleID]
		if ok && (before.Reason != crawler.ReasonOutside || p.outside[l.ArticleID]) {
			p.report.Known++
			continue
		}
		if err := p.ask(ctx, l, before.At); err != nil {
			return err
		}
	}
	p.batch = p.batch[:0]
	return ctx.Err()
}

func (p *past) outcomes(ctx context.Context, links []crawler.Link) (map[string]crawler.Outcome, error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = l.ArticleID
	}
	return p.pipe.crawler.Outcomes(ctx, ids)
}

// ask puts one link onto the bus, when there is room.
func (p *past) ask(ctx context.Context, l crawler.Link, before time.Time) error {
	if err := p.drain(ctx, crawlWindow-1); err != nil {
		return err
	}
	if len(p.asked) == 0 {
		p.moved = time.Now()
	}
	p.asked[l.ArticleID] = before
	return p.pipe.patiently(ctx, func() error { return publisher{p.pipe.bus}.PublishLinks(ctx, []crawler.Link{l}) })
}

// drain waits until at most so many pages are under way.
func (p *past) drain(ctx context.Context, most int) error {
	for {
		if err := p.collect(ctx); err != nil {
			return err
		}
		if len(p.asked) <= most {
			return nil
		}
		if err := p.pipe.failed(); err != nil {
			return err
		}
		if time.Since(p.moved) > crawlPatience {
			return fmt.Errorf("no page was done for %v: does a haidang with the role crawl run?", crawlPatience)
		}
		if err := pause(ctx, crawlLook); err != nil {
			return err
		}
	}
}

// collect counts the pages that are done.
func (p *past) collect(ctx context.Context) error {
	ids := make([]string, 0, len(p.asked))
	for id := range p.asked {
		ids = append(ids, id)
	}
	done, err := p.pipe.crawler.Outcomes(ctx, ids)
	if err != nil {
		return err
	}
	for id, o := range done {
		if o.At.Equal(p.asked[id]) {
			continue // not tried again yet
		}
		delete(p.asked, id)
		if o.Reason == crawler.ReasonOutside {
			p.outside[id] = true
		}
		p.moved = time.Now()
		switch {
		case o.Waiting:
			p.report.Postponed++
		case o.Reason != crawler.ReasonNone:
			p.report.Refused[o.Reason]++
		default:
			p.report.Articles++
		}
	}
	p.report.UnderWay = len(p.asked)
	p.progress()
	return nil
}

// finished notes a sitemap all of whose pages are done.
func (p *past) finished(ctx context.Context, s crawler.SitemapPart) error {
	if err := p.flush(ctx); err != nil {
		return err
	}
	if err := p.drain(ctx, 0); err != nil {
		return err
	}
	return p.mark.add(s)
}

func (p *past) progress() {
	p.report.Elapsed = time.Since(p.start)
	if p.opts.Progress != nil {
		p.opts.Progress(p.report)
	}
}

// pastMark remembers which sitemaps a crawl has gone through, until it is complete. It is only an economy: pages that were
// read are known to the crawler.
type pastMark struct {
	path     string
	URL      string               `json:"url"`
	Since    time.Time            `json:"since"`
	Sitemaps map[string]time.Time `json:"sitemaps"` // when they had changed
}

func loadPastMark(dataDir, address string, since time.Time) (pastMark, error) {
	sum := sha256.Sum256([]byte(address + "\n" + since.UTC().Format(time.RFC3339)))
	m := pastMark{path: filepath.Join(dataDir, "import", "crawl-"+hex.EncodeToString(sum[:8])+".json"), URL: address, Since: since, Sitemaps: map[string]time.Time{}}
	data, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, fmt.Errorf("checkpoint: %w", err)
	}
	if json.Unmarshal(data, &m) != nil || m.Sitemaps == nil {
		m.Sitemaps = map[string]time.Time{} // begin anew
	}
	return m, nil
}

func (m pastMark) has(s crawler.SitemapPart) bool {
	changed, ok := m.Sitemaps[s.URL]
	return ok && changed.Equal(s.Modified)
}

func (m pastMark) add(s crawler.SitemapPart) error {
	m.Sitemaps[s.URL] = s.Modified
	return saveMark(m.path, m)
}

func (m pastMark) remove() error {
	if err := os.Remove(m.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}
