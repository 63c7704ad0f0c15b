package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"haidang/alerting"
	"haidang/crawler"
	"haidang/internal/bus"
	"haidang/internal/demo"
	"haidang/internal/settings"
)

// Demo pace: still polite, one request at a time for each outlet, but quick enough to watch.
const (
	demoDelay   = 100 * time.Millisecond
	demoPoll    = 2 * time.Second
	demoTimeout = 3 * time.Minute
	demoTick    = 200 * time.Millisecond
)

// DemoOptions say how to run the demonstration.
type DemoOptions struct {
	Options
	Once  bool      // process everything, print the ledger, stop
	Out   io.Writer // for people
	Begun time.Time // when the process began; what is told is counted from there
}

// Demo serves the three bundled outlets on loopback, crawls them for real and shows the desk. With Once it stops when
// every article is through and returns an error when the books do not balance.
func Demo(ctx context.Context, opts DemoOptions) error {
	site, err := demo.New(opts.Now)
	if err != nil {
		return err
	}
	if err := site.Start(ctx); err != nil {
		return err
	}
	err = runDemo(ctx, opts, site)
	return errors.Join(err, site.Close())
}

func runDemo(ctx context.Context, opts DemoOptions, site *demo.Site) error {
	opts.Roles = AllRoles()
	if err := configureDemo(&opts.Options, site); err != nil {
		return err
	}
	a, err := New(ctx, opts.Options)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.Run(ctx) })
	group.Go(func() error {
		d := &demonstration{app: a, site: site, out: opts.Out, start: opts.Begun, once: opts.Once}
		err := d.show(ctx)
		if opts.Once || ctx.Err() != nil {
			cancel()
			return err
		}
		if err != nil { // the desk is what was asked for: it stays
			fmt.Fprintln(opts.Out, "haidang:", err)
		}
		return nil
	})
	err = group.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil // stopped by its user: that is how a demonstration ends
	}
	return errors.Join(err, a.Close())
}

// configureDemo points the crawler at the bundled outlets and at nothing else.
func configureDemo(opts *Options, site *demo.Site) error {
	cfg := &opts.Config
	cfg.Crawler.Sources, cfg.Crawler.AllowAddresses = nil, nil
	for _, s := range site.Sources() {
		feed, err := url.Parse(s.FeedURL)
		if err != nil {
			return err
		}
		cfg.Crawler.AllowAddresses = append(cfg.Crawler.AllowAddresses, feed.Host)
		cfg.Crawler.Sources = append(cfg.Crawler.Sources, crawler.Source{
			ID: s.ID, Name: s.Name, Country: s.Country, Language: s.Language, Tier: 2, Kind: "press", Timezone: s.Timezone,
			Feeds: []string{s.FeedURL},
		})
	}
	cfg.Crawler.Delay, cfg.Crawler.PollMin = settings.Duration(demoDelay), settings.Duration(demoPoll)
	cfg.Crawler.PollMax = settings.Duration(demoPoll)
	if cfg.Bus.Mode == bus.External && cfg.Bus.TopicPrefix == "" {
		cfg.Bus.TopicPrefix = fmt.Sprintf("demo-%d.", opts.Now().UnixMilli()) // what an earlier demo left is not ours
	}
	return cfg.Validate()
}

// demonstration watches the pipeline work and tells what it sees.
type demonstration struct {
	app   *App
	site  *demo.Site
	out   io.Writer
	start time.Time
	once  bool
}

func (d *demonstration) show(ctx context.Context) error {
	fmt.Fprintf(d.out, "Hải Đăng demo · three fictional outlets on loopback, crawled for real\n\n  desk    http://%s/\n  search  http://%s/search\n  data    %s\n\n",
		d.app.Addr(), d.app.Addr(), d.app.opts.DataDir)
	ctx, cancel := context.WithTimeout(ctx, demoTimeout)
	defer cancel()
	if err := d.awaitFirstAlert(ctx); err != nil {
		return err
	}
	if err := d.awaitAll(ctx); err != nil {
		return err
	}
	books, err := d.balance(ctx)
	if err != nil {
		return err
	}
	books.print(d.out)
	if err := d.writeDigest(ctx); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "\nEverything through after %.1f s.\n", d.elapsed().Seconds())
	if !d.once {
		fmt.Fprintf(d.out, "The desk stays at http://%s/ — Ctrl-C ends the demo.\n", d.app.Addr())
	}
	return books.err()
}

func (d *demonstration) elapsed() time.Duration { return d.app.opts.Now().Sub(d.start) }

func (d *demonstration) awaitFirstAlert(ctx context.Context) error {
	return d.until(ctx, "the first alert", func() (bool, error) {
		stories, err := d.app.desk.Stories(ctx, alerting.Filter{Limit: 1})
		if err != nil || len(stories) == 0 {
			return false, err
		}
		fmt.Fprintf(d.out, "First alert after %.1f s: %s (%s)\n", d.elapsed().Seconds(), stories[0].Statement("vi"), stories[0].FirstOutlet)
		return true, nil
	})
}

// awaitAll waits until every outlet has been polled twice, which brings out the edited article, and every stage is idle.
func (d *demonstration) awaitAll(ctx context.Context) error {
	idle := 0
	return d.until(ctx, "all articles", func() (bool, error) {
		done, err := d.settled(ctx)
		if err != nil || !done {
			idle = 0
			return false, err
		}
		idle++
		return idle >= 3, nil
	})
}

func (d *demonstration) settled(ctx context.Context) (bool, error) {
	for _, s := range d.site.Sources() {
		if d.polls(s) < 3 { // after the third, the links of the second have been published
			return false, nil
		}
	}
	for _, g := range append([]string{crawlGroup}, d.app.groups()...) {
		lag, err := d.app.bus.Lag(ctx, g, topicOf(g))
		if err != nil || lag.Total > 0 {
			return false, err
		}
	}
	counts, err := d.app.desk.Counts(ctx)
	return counts.DeliveriesPending == 0, err
}

// polls counts how often an outlet's feed was asked for.
func (d *demonstration) polls(s demo.Source) int {
	n := 0
	for _, r := range d.site.Requests() {
		if r.Outlet == s.ID && strings.HasSuffix(s.FeedURL, r.Path) {
			n++
		}
	}
	return n
}

// until asks again and again, and names what it waited for when the time is up.
func (d *demonstration) until(ctx context.Context, what string, done func() (bool, error)) error {
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		if err := pause(ctx, demoTick); err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("demo: waited %v in vain for %s", demoTimeout, what)
			}
			return err
		}
	}
}
