package web

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	feeds    prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haidang_web_requests_total", Help: "Requests by page and outcome: ok, refused or failed.",
		}, []string{"page", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "haidang_web_request_duration_seconds", Help: "Time to answer a request, by page; live feeds are left out.",
			Buckets: prometheus.ExponentialBuckets(.001, 4, 8),
		}, []string{"page"}),
		feeds: prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_web_live_feeds", Help: "Live feeds that are open."}),
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.duration, m.feeds)
	}
	return m
}

// observe counts one request. The pattern of the route is the label, never the path.
func (m *metrics) observe(pattern string, err error, took time.Duration) {
	outcome := "ok"
	var bad badRequest
	switch {
	case errors.As(err, &bad), errors.Is(err, errNotFound), errors.Is(err, errBusy):
		outcome = "refused"
	case err != nil:
		outcome = "failed"
	}
	m.requests.WithLabelValues(pattern, outcome).Inc()
	if pattern != livePattern {
		m.duration.WithLabelValues(pattern).Observe(took.Seconds())
	}
}
