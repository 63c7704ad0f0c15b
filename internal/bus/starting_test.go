package bus_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"haidang/internal/bus"
)

// startingCluster refuses to make topics, as one does that has no controller yet, for so many requests.
func startingCluster(t *testing.T, refusals int64) (bus.Config, *atomic.Int64) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	asked := new(atomic.Int64)
	cluster.ControlKey(int16(kmsg.CreateTopics), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if asked.Add(1) > refusals {
			return nil, nil, false
		}
		create := req.(*kmsg.CreateTopicsRequest)
		res := create.ResponseKind().(*kmsg.CreateTopicsResponse)
		for _, topic := range create.Topics {
			answer := kmsg.NewCreateTopicsResponseTopic()
			answer.Topic, answer.ErrorCode = topic.Topic, kerr.BrokerNotAvailable.Code
			res.Topics = append(res.Topics, answer)
		}
		return res, nil, true
	})
	cfg := bus.DefaultConfig()
	cfg.Mode, cfg.Brokers = bus.External, cluster.ListenAddrs()
	return cfg, asked
}

func TestOpenWaitsForAClusterThatIsStarting(t *testing.T) {
	t.Parallel()
	cfg, asked := startingCluster(t, 3)
	var log bytes.Buffer
	b, err := bus.Open(t.Context(), cfg, bus.Deps{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatalf("Open = %v, want it to wait", err)
	}
	defer b.Close()
	if asked.Load() != 4 || strings.Count(log.String(), "Broker Not Available") != 3 {
		t.Errorf("asked %d times, want 4, and every refusal in the log:\n%s", asked.Load(), &log)
	}
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Value: []byte("v")}); err != nil {
		t.Errorf("Publish after that = %v", err)
	}
}

func TestOpenGivesUpOnAClusterThatNeverStarts(t *testing.T) {
	t.Parallel()
	cfg, asked := startingCluster(t, 1<<40)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := bus.Open(ctx, cfg, bus.Deps{})
	oneSentence(t, err, kafka.BrokerNotAvailable, cfg.Brokers[0], "is not ready")
	if asked.Load() < 2 {
		t.Errorf("asked %d times, want more than once", asked.Load())
	}
}
