package index

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the numbers of one archive.
type metrics struct {
	articles    *prometheus.CounterVec
	failed      prometheus.Counter
	putSeconds  prometheus.Histogram
	lastSuccess prometheus.Gauge
	held        prometheus.Gauge
	shards      prometheus.Gauge
	aside       prometheus.Gauge
	damaged     prometheus.Gauge
	searches    *prometheus.CounterVec
	searchTime  *prometheus.HistogramVec
	verified    prometheus.Counter
	merges      *prometheus.CounterVec
	mergedAway  prometheus.Counter
	mergeTime   prometheus.Histogram
}

// searchOutcome is how a search ended.
type searchOutcome string

const (
	searchWhole   searchOutcome = "whole"
	searchPartial searchOutcome = "partial"
	searchRefused searchOutcome = "refused"
	searchFailed  searchOutcome = "failed"
)

func newMetrics(reg prometheus.Registerer) *metrics {
	if reg == nil {
		reg = prometheus.NewRegistry()
	}
	m := &metrics{
		articles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haidang_index_articles_total", Help: "Articles put into the archive, by what became of them.",
		}, []string{"reason"}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "haidang_index_put_failed_total", Help: "Writes to the archive that failed.",
		}),
		putSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "haidang_index_put_duration_seconds", Help: "How long one write to the archive took.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
		lastSuccess: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_index_last_success_timestamp_seconds", Help: "When the archive was last written to.",
		}),
		held: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_index_articles", Help: "Articles in the archive.",
		}),
		shards: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_index_shards", Help: "Shards of the archive.",
		}),
		aside: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_index_shards_set_aside", Help: "Damaged shards that were set aside: what they held is not found.",
		}),
		damaged: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_index_articles_unreadable", Help: "Files of articles that the last reading of the archive found damaged.",
		}),
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haidang_index_searches_total", Help: "Searches, by how they ended.",
		}, []string{"outcome"}),
		searchTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "haidang_index_search_duration_seconds", Help: "How long a search took, by its order.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5},
		}, []string{"sort"}),
		verified: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "haidang_index_verified_total", Help: "Stored articles read to verify what bleve cannot express.",
		}),
	}
	m.watchMerges()
	reg.MustRegister(m.articles, m.failed, m.putSeconds, m.lastSuccess, m.held, m.shards, m.aside, m.damaged, m.searches, m.searchTime, m.verified,
		m.merges, m.mergedAway, m.mergeTime)
	for _, r := range []Reason{ReasonNew, ReasonRevised, ReasonRejudged, ReasonUnchanged} {
		m.articles.WithLabelValues(string(r))
	}
	for _, o := range []searchOutcome{searchWhole, searchPartial, searchRefused, searchFailed} {
		m.searches.WithLabelValues(string(o))
	}
	for _, s := range Sorts {
		m.searchTime.WithLabelValues(string(s))
	}
	return m
}

// watchMerges makes the numbers of compaction.
func (m *metrics) watchMerges() {
	m.merges = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "haidang_index_compactions_total", Help: "Merges of the shards of a closed month, by how they ended.",
	}, []string{"outcome"})
	m.mergedAway = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "haidang_index_compacted_shards_total", Help: "Shards that were merged into others.",
	})
	m.mergeTime = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "haidang_index_compaction_duration_seconds", Help: "How long one merge of shards took.",
		Buckets: []float64{1, 5, 30, 120, 600, 1800, 3600, 10800},
	})
	for _, o := range []compactOutcome{compactMerged, compactPostponed, compactFailed} {
		m.merges.WithLabelValues(string(o))
	}
}

func (m *metrics) compacted(o compactOutcome, shards int, took time.Duration) {
	m.merges.WithLabelValues(string(o)).Inc()
	if o == compactMerged {
		m.mergedAway.Add(float64(shards))
	}
	m.mergeTime.Observe(took.Seconds())
}

// show sets the gauges to what the shards hold.
func (m *metrics) show(shards []*shard) {
	n := 0
	for _, s := range shards {
		n += s.held.Load().count
	}
	m.held.Set(float64(n))
	m.shards.Set(float64(len(shards)))
}

// damage shows how many files of articles a scrub could not read; damaged indexes were made again.
func (m *metrics) damage(findings []Finding) {
	n := 0
	for _, f := range findings {
		if f.Lost {
			n++
		}
	}
	m.damaged.Set(float64(n))
}

func (m *metrics) took(o outcome) {
	for reason, n := range o {
		m.articles.WithLabelValues(string(reason)).Add(float64(n))
	}
}

func (m *metrics) wrote(start, end time.Time, shards []*shard) {
	m.putSeconds.Observe(end.Sub(start).Seconds())
	m.lastSuccess.Set(float64(end.UnixMilli()) / 1000)
	m.show(shards)
}

func (m *metrics) searched(o searchOutcome, s Sort, took time.Duration, verified int) {
	m.searches.WithLabelValues(string(o)).Inc()
	m.searchTime.WithLabelValues(string(s)).Observe(took.Seconds())
	m.verified.Add(float64(verified))
}
