package crawler

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/article"
)

// reasons are all the label values that an outcome can have.
func reasons() []Reason {
	return []Reason{
		ReasonNotFeed, ReasonTooDeep, ReasonTooLarge, ReasonEmpty, ReasonNotHTML, ReasonListing, ReasonNoArticle,
		ReasonErrorPage, ReasonScriptOnly, ReasonRobots, ReasonRobotsDown, ReasonForbidden, ReasonRedirects, ReasonGone,
		ReasonRefused, ReasonThrottled, ReasonServerError, ReasonUnreachable, ReasonTimeout, ReasonHostDown, ReasonTrap, ReasonInvalidURL,
		ReasonRepeat, ReasonOutside, ReasonFeedOnly, ReasonPostponed, ReasonBrokerFailed, ReasonStateFailed,
	}
}

const outcomeOK = "ok"

func label(r Reason) string {
	if r == ReasonNone {
		return outcomeOK
	}
	return string(r)
}

type metrics struct {
	fetches     *prometheus.CounterVec   // kind, outcome
	fetchTime   *prometheus.HistogramVec // kind
	fetchBytes  *prometheus.CounterVec   // kind
	items       *prometheus.CounterVec   // outcome
	pages       *prometheus.CounterVec   // outcome
	extractTime prometheus.Histogram
	inFlight    prometheus.Gauge
	lastSuccess prometheus.Gauge
	articleAge  prometheus.Histogram
	failing     prometheus.Gauge
	daily       prometheus.Gauge
	quiet       *prometheus.GaugeVec   // source
	missed      *prometheus.GaugeVec   // source
	states      *prometheus.GaugeVec   // state
	retries     *prometheus.CounterVec // outcome
	waiting     prometheus.Gauge
	websub      *prometheus.CounterVec // outcome
	revisits    *prometheus.CounterVec // outcome
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		fetches:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_crawler_fetches_total", Help: "Requests made, by kind and outcome."}, []string{"kind", "outcome"}),
		fetchTime:   prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "haidang_crawler_fetch_duration_seconds", Help: "Time of a fetch with its redirects and the wait for the host's turn.", Buckets: prometheus.ExponentialBuckets(0.005, 2.5, 12)}, []string{"kind"}),
		fetchBytes:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_crawler_fetched_bytes_total", Help: "Bytes of bodies, unpacked."}, []string{"kind"}),
		items:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_crawler_items_total", Help: "Feed items seen, by outcome: new, edited, repeat, trap or invalid_url."}, []string{"outcome"}),
		pages:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_crawler_pages_total", Help: "Links handled, by outcome: ok, feed_only, repeat, postponed, or why there was no article."}, []string{"outcome"}),
		extractTime: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "haidang_crawler_extract_duration_seconds", Help: "Time to extract one page.", Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 10)}),
		inFlight:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_crawler_in_flight", Help: "Links being handled."}),
		lastSuccess: prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_crawler_last_success_timestamp_seconds", Help: "When an article was last published, as a Unix time."}),
		articleAge:  prometheus.NewHistogram(prometheus.HistogramOpts{Name: "haidang_crawler_article_age_seconds", Help: "Age of a live article when it is published to the bus.", Buckets: prometheus.ExponentialBuckets(1, 4, 10)}),
		failing:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_crawler_feeds_failing", Help: "Feeds whose last poll failed."}),
		daily:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_crawler_feeds_daily", Help: "Feeds that failed so often that they are asked once a day."}),
		quiet:       prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "haidang_crawler_source_quiet", Help: "1 while a source is silent for longer than its own rhythm explains."}, []string{"source"}),
		missed:      prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "haidang_crawler_source_missed_items", Help: "Items that the sitemaps of a source had and its feeds did not show, since the state began."}, []string{"source"}),
		states:      prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "haidang_crawler_sources", Help: "Sources, by state: new, ok, failing or quiet."}, []string{"state"}),
		retries:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_crawler_retries_total", Help: "Pages that failed for a while, by outcome: scheduled (a next try was arranged), recovered (read after all) or given_up."}, []string{"outcome"}),
		waiting:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_crawler_pages_waiting", Help: "Pages that failed for now and will be tried again."}),
		revisits:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_crawler_revisits_total", Help: "Flagged articles whose pages were read again, by outcome: same, changed or unread."}, []string{"outcome"}),
		websub:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_crawler_websub_total", Help: "Dealings with WebSub hubs, by outcome: asked, failed, verified, denied, pushed, unsigned (a call without our signature) or unknown."}, []string{"outcome"}),
	}
	for _, kind := range []string{"feed", "page", "robots", "sitemap"} {
		m.fetchTime.WithLabelValues(kind)
		m.fetchBytes.WithLabelValues(kind)
		for _, r := range append(reasons(), ReasonNone) {
			m.fetches.WithLabelValues(kind, label(r))
		}
	}
	for _, r := range append(reasons(), ReasonNone) {
		m.pages.WithLabelValues(label(r))
	}
	for _, outcome := range []string{itemNew, itemEdited, string(ReasonRepeat), string(ReasonInvalidURL), string(ReasonTrap)} {
		m.items.WithLabelValues(outcome)
	}
	for _, outcome := range []string{retryScheduled, retryRecovered, retryGivenUp} {
		m.retries.WithLabelValues(outcome)
	}
	for _, s := range States() {
		m.states.WithLabelValues(string(s))
	}
	for _, outcome := range []string{"same", "changed", "unread"} {
		m.revisits.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"asked", "failed", "verified", "denied", "pushed", "unsigned", "unknown"} {
		m.websub.WithLabelValues(outcome)
	}
	if reg != nil {
		reg.MustRegister(m.fetches, m.fetchTime, m.fetchBytes, m.items, m.pages, m.extractTime, m.inFlight, m.lastSuccess, m.articleAge, m.failing, m.daily, m.quiet, m.missed, m.states, m.retries, m.waiting, m.websub, m.revisits)
	}
	return m
}

const (
	itemNew    = "new"
	itemEdited = "edited"

	retryScheduled = "scheduled"
	retryRecovered = "recovered"
	retryGivenUp   = "given_up"
)

// published counts one article that the broker has acknowledged.
func (m *metrics) published(doc article.Article, now time.Time) {
	if doc.FeedOnly {
		m.pages.WithLabelValues(string(ReasonFeedOnly)).Inc()
	} else {
		m.pages.WithLabelValues(outcomeOK).Inc()
	}
	m.lastSuccess.Set(float64(now.Unix()))
	if doc.Origin == article.Live && !doc.Published.IsZero() {
		m.articleAge.Observe(max(0, now.Sub(doc.Published).Seconds()))
	}
}

func (m *metrics) fetched(kind string, err error, took time.Duration, bytes int) {
	m.fetches.WithLabelValues(kind, label(ReasonOf(err))).Inc()
	m.fetchTime.WithLabelValues(kind).Observe(took.Seconds())
	m.fetchBytes.WithLabelValues(kind).Add(float64(bytes))
}

// follow makes the series of a source, so that they exist from the start.
func (m *metrics) follow(source string) {
	m.quiet.WithLabelValues(source)
	m.missed.WithLabelValues(source)
}

// sources measures how the sources are.
func (m *metrics) sources(health []SourceHealth) {
	states, failing, slow := map[State]int{}, 0, 0
	for _, h := range health {
		states[h.State]++
		quiet := 0.0
		if h.State == StateQuiet {
			quiet = 1
		}
		m.quiet.WithLabelValues(h.ID).Set(quiet)
		m.missed.WithLabelValues(h.ID).Set(float64(h.Missed))
		for _, f := range h.Feeds {
			if f.Failures > 0 {
				failing++
			}
			if f.Daily {
				slow++
			}
		}
	}
	for _, s := range States() {
		m.states.WithLabelValues(string(s)).Set(float64(states[s]))
	}
	m.failing.Set(float64(failing))
	m.daily.Set(float64(slow))
}
