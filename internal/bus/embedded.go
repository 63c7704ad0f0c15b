package bus

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"syscall"

	"github.com/gofrs/flock"
	"github.com/twmb/franz-go/pkg/kfake"

	"haidang/internal/disk"
)

const (
	segmentBytes     = 4 << 20
	cleanerBackoffMS = 5000
	// A replay as large as this leaves memory behind that is worth giving back at once.
	largeReplay = 16 << 20
)

// Broker is the embedded broker: one Kafka node inside this process, on loopback, with its log on disk. [Open] starts
// one in mode embedded; tests start one by itself.
type Broker struct {
	dir     string
	lock    *flock.Flock
	cluster *kfake.Cluster
	addr    string
	once    sync.Once
	err     error
}

// StartBroker locks the data folder, reads its log and listens on cfg.Listen. A broker that was killed comes back with
// every message that it acknowledged.
func StartBroker(cfg Config, deps Deps) (*Broker, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o750); err != nil {
		return nil, fmt.Errorf("embedded broker: %w", err)
	}
	b := &Broker{dir: cfg.DataDir, lock: flock.New(filepath.Join(cfg.DataDir, "lock"))}
	locked, err := b.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("embedded broker: lock %s: %w", cfg.DataDir, err)
	}
	if !locked {
		return nil, fmt.Errorf("embedded broker: %s: %w; stop it, or choose another folder with --data", cfg.DataDir, ErrLocked)
	}
	if err := b.start(cfg, deps.withDefaults().Logger); err != nil {
		return nil, errors.Join(err, b.lock.Unlock())
	}
	return b, nil
}

func (b *Broker) start(cfg Config, log *slog.Logger) error {
	var listenErr error
	listen := func(string, string) (net.Listener, error) {
		var ln net.Listener
		ln, listenErr = net.Listen("tcp", cfg.Listen)
		return ln, listenErr
	}
	logDir := filepath.Join(b.dir, "log")
	size := treeSize(logDir)
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.ClusterID("haidang"),
		kfake.ListenFn(listen),
		kfake.DataDir(logDir),
		kfake.SyncWrites(),
		kfake.WithLogger(brokerLog{log}),
		kfake.BrokerConfigs(map[string]string{
			"log.cleaner.backoff.ms": strconv.Itoa(cleanerBackoffMS),
			"log.segment.bytes":      strconv.Itoa(segmentBytes),
			"message.max.bytes":      strconv.Itoa(cfg.deadLimit() + batchRoom),
		}),
	)
	switch {
	case errors.Is(listenErr, syscall.EADDRINUSE):
		return fmt.Errorf("embedded broker: port %s is taken; choose another with bus.listen, or 127.0.0.1:0 for any", cfg.Listen)
	case err != nil:
		return fmt.Errorf("embedded broker: open log in %s: %w", logDir, err)
	}
	if size > largeReplay {
		debug.FreeOSMemory() // reading the log back took about as much memory as the log is long
	}
	b.cluster, b.addr = cluster, cluster.ListenAddrs()[0]
	return nil
}

// Addr is the address that clients connect to.
func (b *Broker) Addr() string { return b.addr }

// Close writes the state to disk, stops listening and releases the folder.
func (b *Broker) Close() error {
	b.once.Do(func() {
		b.cluster.Close()
		if err := b.lock.Unlock(); err != nil {
			b.err = fmt.Errorf("embedded broker: unlock %s: %w", b.dir, err)
		}
	})
	return b.err
}

// sizes are the bytes that each partition of a topic holds.
func (b *Broker) sizes(topic string) []int64 {
	infos := b.cluster.PartitionInfos(topic)
	out := make([]int64, len(infos))
	for _, p := range infos {
		if int(p.Partition) < len(out) {
			out[p.Partition] = p.NumBytes
		}
	}
	return out
}

// diskFull tells whether the folder has no room for another message.
func (b *Broker) diskFull() bool {
	free, ok := disk.Free(b.dir)
	return ok && free < 2*segmentBytes
}

// share is one topic's part of the embedded broker's room.
type share struct {
	partitions int
	bytes      int64 // of one partition
}

// embeddedShare divides cfg.RetentionBytes: verdicts and articles carry texts, the rest is small. A partition may
// exceed its share by one segment before its oldest is deleted, so that segment is subtracted here.
func embeddedShare(topic string, cfg Config) share {
	percent := map[string]int64{Links: 10, Articles: 35, Verdicts: 43, Alerts: 4, Dead: 8}[topic]
	s := share{partitions: cfg.Partitions}
	if topic == Dead || topic == Alerts {
		s.partitions = 1
	}
	s.bytes = max(int64(cfg.RetentionBytes)*percent/100/int64(s.partitions)-segmentBytes, segmentBytes/4)
	return s
}

// into writes the share as topic settings and returns the number of partitions.
func (s share) into(entries map[string]string) int {
	entries["retention.bytes"] = strconv.FormatInt(s.bytes, 10)
	entries["segment.bytes"] = strconv.FormatInt(min(segmentBytes, s.bytes), 10)
	return s.partitions
}

// brokerLog passes on what kfake says: its warnings are ours, its stories about single requests are nobody's.
type brokerLog struct{ log *slog.Logger }

// Logf implements kfake.Logger.
func (l brokerLog) Logf(level kfake.LogLevel, format string, args ...any) {
	switch level {
	case kfake.LogLevelError:
		l.log.Error("embedded broker", "msg", fmt.Sprintf(format, args...))
	case kfake.LogLevelWarn:
		l.log.Warn("embedded broker", "msg", fmt.Sprintf(format, args...))
	}
}

// treeSize adds up the files below dir; what cannot be read counts as nothing.
func treeSize(dir string) int64 {
	var total int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				total += info.Size()
			}
		}
		return nil
	})
	return total
}
