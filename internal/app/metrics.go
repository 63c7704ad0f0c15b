package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/article"
)

// metrics are what belongs to no single stage. The bus counts every stage's messages, outcomes, durations and lag.
type metrics struct {
	age      *prometheus.HistogramVec
	verdicts *prometheus.CounterVec

	rulesReloads prometheus.Counter
	rulesRefused prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		age: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "haidang_article_age_seconds",
			Help:    "Age of a live article, from first seen, when a stage has finished with it.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2, 5, 10, 30, 60, 180, 600, 3600},
		}, []string{"stage"}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haidang_classifier_articles_total",
			Help: "Articles classified, by outcome: rings, silent (speaks of a claim and does not ring), or none.",
		}, []string{"outcome"}),
	}
	m.rulesReloads = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "haidang_classifier_rules_reloads_total", Help: "How often changed rules were taken into use.",
	})
	m.rulesRefused = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "haidang_classifier_rules_refused", Help: "1 while the folder of rules holds a mistake and older rules go on.",
	})
	for _, stage := range []string{"classify", "index", "alert"} {
		m.age.WithLabelValues(stage)
	}
	for _, outcome := range []string{"rings", "silent", "none"} {
		m.verdicts.WithLabelValues(outcome)
	}
	reg.MustRegister(m.age, m.verdicts, m.rulesReloads, m.rulesRefused)
	return m
}

func (m *metrics) classified(docs []article.Article) {
	for i := range docs {
		switch v := docs[i].Verdict; {
		case v.Rings:
			m.verdicts.WithLabelValues("rings").Inc()
		case len(v.Claims) > 0:
			m.verdicts.WithLabelValues("silent").Inc()
		default:
			m.verdicts.WithLabelValues("none").Inc()
		}
	}
}

// observeAge counts live articles only: the age of an import says nothing about the pipeline.
func (m *metrics) observeAge(stage string, doc *article.Article, now time.Time) {
	if doc.Origin == article.Live {
		m.age.WithLabelValues(stage).Observe(max(0, now.Sub(doc.FirstSeen).Seconds()))
	}
}

func (m *metrics) observeAges(stage string, docs []article.Article, now time.Time) {
	for i := range docs {
		m.observeAge(stage, &docs[i], now)
	}
}
