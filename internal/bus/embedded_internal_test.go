package bus

import (
	"testing"

	"haidang/internal/settings"
)

// All partitions together, each one segment over its share, stay within what the configuration allows.
func TestEmbeddedShares(t *testing.T) {
	for _, tt := range []struct {
		retention  settings.Bytes
		partitions int
	}{{64 << 20, 1}, {64 << 20, 4}, {400 << 20, 4}, {500 << 20, 16}, {500 << 20, 1}} {
		cfg := DefaultConfig()
		cfg.RetentionBytes, cfg.Partitions = tt.retention, tt.partitions
		var total int64
		for _, topic := range Topics() {
			s := embeddedShare(topic, cfg)
			entries := map[string]string{}
			n := s.into(entries)
			if s.bytes <= 0 || entries["retention.bytes"] == "" || entries["segment.bytes"] == "" {
				t.Errorf("%d bytes, %d partitions: share of %s is %+v", tt.retention, tt.partitions, topic, s)
			}
			total += int64(n) * (s.bytes + min(segmentBytes, s.bytes))
		}
		if total > int64(tt.retention) {
			t.Errorf("%d bytes, %d partitions: the shares add up to %d", tt.retention, tt.partitions, total)
		}
	}
}
