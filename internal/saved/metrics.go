package saved

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	searches prometheus.Gauge
	broken   prometheus.Gauge
	matches  prometheus.Counter
	rings    prometheus.Counter
	mails    *prometheus.CounterVec
}

// What became of a mail.
const (
	mailSent   = "sent"
	mailFailed = "failed"
)

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		searches: prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_saved_searches", Help: "Saved searches that articles are held against."}),
		broken:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "haidang_saved_broken_searches", Help: "Saved searches that cannot be used any more, because a list that they name is gone."}),
		matches:  prometheus.NewCounter(prometheus.CounterOpts{Name: "haidang_saved_matches_total", Help: "Articles that saved searches matched, once for each search."}),
		rings:    prometheus.NewCounter(prometheus.CounterOpts{Name: "haidang_saved_rings_total", Help: "Matches of saved searches that rang."}),
	}
	m.mails = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "haidang_saved_mails_total", Help: "Mails to owners of saved searches, by what became of them."}, []string{"outcome"})
	for _, outcome := range []string{mailSent, mailFailed} {
		m.mails.WithLabelValues(outcome)
	}
	if reg != nil {
		reg.MustRegister(m.searches, m.broken, m.matches, m.rings, m.mails)
	}
	return m
}
