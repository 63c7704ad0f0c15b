package alerting

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	articles    *prometheus.CounterVec
	rings       prometheus.Counter
	duration    prometheus.Histogram
	lastSuccess prometheus.Gauge
	inFlight    prometheus.Gauge
	deliveries  *prometheus.CounterVec
	down        prometheus.Gauge
	actions     *prometheus.CounterVec
}

// The outcomes of one attempt to send.
const (
	outcomeSent   = "sent"
	outcomeRetry  = "retry"
	outcomeFailed = "failed"
)

// newMetrics registers the package's metrics; a nil registerer makes metrics that nobody reads.
func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	m := &metrics{
		articles: f.NewCounterVec(prometheus.CounterOpts{
			Name: "haidang_alerting_articles_total",
			Help: "Pairs of article and claim that were taken in, by what became of them.",
		}, []string{"reason"}),
		rings: f.NewCounter(prometheus.CounterOpts{
			Name: "haidang_alerting_rings_total", Help: "Stories that rang.",
		}),
		duration: f.NewHistogram(prometheus.HistogramOpts{
			Name: "haidang_alerting_duration_seconds", Help: "Time to take in one batch of articles.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}),
		lastSuccess: f.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_alerting_last_success_timestamp_seconds", Help: "When a batch was last taken in.",
		}),
		inFlight: f.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_alerting_in_flight", Help: "Batches being taken in now.",
		}),
		deliveries: f.NewCounterVec(prometheus.CounterOpts{
			Name: "haidang_alerting_deliveries_total", Help: "Attempts to send a notification, by receiver kind and outcome.",
		}, []string{"kind", "outcome"}),
	}
	m.down = f.NewGauge(prometheus.GaugeOpts{
		Name: "haidang_alerting_receivers_down", Help: "Receivers that failed several times in a row and are left alone for a while.",
	})
	m.actions = f.NewCounterVec(prometheus.CounterOpts{
		Name: "haidang_alerting_actions_total", Help: "Actions of people on stories, by action and outcome.",
	}, []string{"action", "outcome"})
	for _, a := range actionOrder {
		if a.byPeople() {
			m.actions.WithLabelValues(string(a), actionDone)
			m.actions.WithLabelValues(string(a), actionRefused)
		}
	}
	for _, r := range reasons() {
		m.articles.WithLabelValues(string(r))
	}
	for _, kind := range []string{kindWebhook, kindKafka, kindEmail, kindChat} {
		for _, o := range []string{outcomeSent, outcomeRetry, outcomeFailed} {
			m.deliveries.WithLabelValues(kind, o)
		}
	}
	return m
}

// The outcomes of an action.
const (
	actionDone    = "done"
	actionRefused = "refused"
)

func (m *metrics) acted(a Action, done bool) {
	outcome := actionRefused
	if done {
		outcome = actionDone
	}
	m.actions.WithLabelValues(string(a), outcome).Inc()
}
