package bus_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"haidang/internal/bus"
)

// TestLagWaitsForAMovedLeader: a broker that has just got a partition may say "not leader" for longer than a few quick
// attempts last; asking how far a group is must not fail for that.
func TestLagWaitsForAMovedLeader(t *testing.T) {
	t.Parallel()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	cfg := bus.DefaultConfig()
	cfg.Mode, cfg.Brokers = bus.External, cluster.ListenAddrs()
	b := mustOpen(t, cfg)
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Value: []byte("v")}); err != nil {
		t.Fatal(err)
	}
	const moving = 2 * time.Second // longer than the attempts that other errors get take together
	var began atomic.Pointer[time.Time]
	cluster.ControlKey(int16(kmsg.ListOffsets), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		now := time.Now()
		began.CompareAndSwap(nil, &now)
		if now.Sub(*began.Load()) > moving {
			return nil, nil, false
		}
		list := req.(*kmsg.ListOffsetsRequest)
		res := list.ResponseKind().(*kmsg.ListOffsetsResponse)
		for _, topic := range list.Topics {
			answer := kmsg.NewListOffsetsResponseTopic()
			answer.Topic = topic.Topic
			for _, p := range topic.Partitions {
				partition := kmsg.NewListOffsetsResponseTopicPartition()
				partition.Partition, partition.ErrorCode = p.Partition, kerr.NotLeaderForPartition.Code
				answer.Partitions = append(answer.Partitions, partition)
			}
			res.Topics = append(res.Topics, answer)
		}
		return res, nil, true
	})
	lag, err := b.Lag(t.Context(), "nobody", bus.Links)
	if err != nil || lag.Total != 1 {
		t.Errorf("Lag = %d, %v, want 1 after the leader has settled", lag.Total, err)
	}
	if began.Load() == nil {
		t.Error("the broker was never asked for offsets")
	}
}
