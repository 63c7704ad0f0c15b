package bus

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// Outcomes of a publish call and of a handled message.
const (
	outcomeOK       = "ok"
	outcomeError    = "error"
	outcomeTooLarge = "too_large"
	outcomeDead     = "dead"
	outcomeRetry    = "retry"
)

// metrics of one bus. The label stage is set by the program's own subscriptions, of which there are a handful.
type metrics struct {
	published *prometheus.CounterVec   // topic, outcome
	retries   *prometheus.CounterVec   // topic
	heldBack  *prometheus.CounterVec   // topic
	consumed  *prometheus.CounterVec   // topic, stage, outcome
	handled   *prometheus.HistogramVec // topic, stage
	inFlight  *prometheus.GaugeVec     // topic, stage
	lag       *prometheus.GaugeVec     // topic, stage
	lost      *prometheus.CounterVec   // topic, stage
	recycled  *prometheus.CounterVec   // topic, stage
	lastDone  *prometheus.GaugeVec     // topic, stage
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "haidang", Subsystem: "bus", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "haidang", Subsystem: "bus", Name: name, Help: help}, labels)
	}
	m := &metrics{
		published: counter("published_total", "Messages given to Publish, by what became of them.", "topic", "outcome"),
		retries:   counter("publish_retries_total", "Messages sent again after the broker did not acknowledge them.", "topic"),
		heldBack:  counter("held_back_total", "Publishes that waited for readers of the embedded broker.", "topic"),
		consumed:  counter("consumed_total", "Messages that handlers finished, by outcome; retry counts failed attempts.", "topic", "stage", "outcome"),
		handled: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "haidang", Subsystem: "bus", Name: "handler_duration_seconds",
			Help: "Time of one handler call, for a batch or for one message.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 9),
		}, []string{"topic", "stage"}),
		inFlight: gauge("in_flight", "Messages in the hands of a handler.", "topic", "stage"),
		lag:      gauge("lag_messages", "Messages of the topic that the stage's group has not acknowledged.", "topic", "stage"),
		lost:     counter("overtaken_total", "Messages that retention deleted before the stage read them.", "topic", "stage"),
		recycled: counter("recycles_total", "Consumers that lagged without progress and were started anew.", "topic", "stage"),
		lastDone: gauge("last_success_timestamp_seconds", "When the stage last acknowledged a message.", "topic", "stage"),
	}
	for _, topic := range Topics() {
		for _, outcome := range []string{outcomeOK, outcomeError, outcomeTooLarge} {
			m.published.WithLabelValues(topic, outcome)
		}
		m.retries.WithLabelValues(topic)
		m.heldBack.WithLabelValues(topic)
	}
	return m, m.register(reg)
}

func (m *metrics) register(reg prometheus.Registerer) error {
	if reg == nil {
		return nil
	}
	var errs []error
	for _, c := range []prometheus.Collector{
		m.published, m.retries, m.heldBack, m.consumed, m.handled, m.inFlight, m.lag, m.lost, m.recycled, m.lastDone,
	} {
		errs = append(errs, reg.Register(c))
	}
	return errors.Join(errs...)
}

// stageMetrics are the series of one subscription, made when it starts.
type stageMetrics struct {
	done, dead, retry, lost, recycled prometheus.Counter
	handled                           prometheus.Observer
	inFlight, lag, lastDone           prometheus.Gauge
}

func (m *metrics) stage(topic, stage string) stageMetrics {
	return stageMetrics{
		done:     m.consumed.WithLabelValues(topic, stage, outcomeOK),
		dead:     m.consumed.WithLabelValues(topic, stage, outcomeDead),
		retry:    m.consumed.WithLabelValues(topic, stage, outcomeRetry),
		lost:     m.lost.WithLabelValues(topic, stage),
		recycled: m.recycled.WithLabelValues(topic, stage),
		handled:  m.handled.WithLabelValues(topic, stage),
		inFlight: m.inFlight.WithLabelValues(topic, stage),
		lag:      m.lag.WithLabelValues(topic, stage),
		lastDone: m.lastDone.WithLabelValues(topic, stage),
	}
}
