package digest

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	mails       *prometheus.CounterVec
	duration    prometheus.Histogram
	lastSuccess prometheus.Gauge
	inFlight    prometheus.Gauge
}

// newMetrics registers the package's metrics; a nil registerer makes metrics that nobody reads.
func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	m := &metrics{
		mails: f.NewCounterVec(prometheus.CounterOpts{
			Name: "haidang_digest_mails_total", Help: "Attempts to hand a digest for one address to the mail server, by outcome.",
		}, []string{"outcome"}),
		duration: f.NewHistogram(prometheus.HistogramOpts{
			Name: "haidang_digest_duration_seconds", Help: "Time to build one digest.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}),
		lastSuccess: f.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_digest_last_success_timestamp_seconds", Help: "When a digest was last accepted for everybody on a list.",
		}),
		inFlight: f.NewGauge(prometheus.GaugeOpts{
			Name: "haidang_digest_in_flight", Help: "Digests being sent now.",
		}),
	}
	for _, o := range []state{stateSent, statePending, stateFailed} {
		m.mails.WithLabelValues(string(o))
	}
	return m
}
