package bus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"
)

func TestChunk(t *testing.T) {
	small := Message{Value: make([]byte, 1000)}
	large := Message{Value: make([]byte, batchBytes+1)}
	half := Message{Value: make([]byte, batchBytes/2)}
	many := func(n int) []Message {
		out := make([]Message, n)
		for i := range out {
			out[i] = small
		}
		return out
	}
	for _, tt := range []struct {
		name string
		msgs []Message
		want int
	}{
		{"one", many(1), 1},
		{"all fit", many(100), 100},
		{"by count", many(chunkMessages + 5), chunkMessages},
		{"large one alone", []Message{large, small}, 1},
		{"before a large one", []Message{small, small, large}, 2},
		{"by bytes", []Message{half, half, half, half, half, half, half, half, half, half}, 7},
	} {
		if got := chunk(tt.msgs); got != tt.want {
			t.Errorf("%s: chunk(%d messages) = %d, want %d", tt.name, len(tt.msgs), got, tt.want)
		}
	}
}

// A later message of the same key is sent again with the failed one, so that the last word stays the last.
func TestUnacknowledgedKeepsOrderOfKeys(t *testing.T) {
	msg := func(topic, key string, n int) kafka.Message {
		return kafka.Message{Topic: topic, Key: []byte(key), Value: fmt.Append(nil, n)}
	}
	msgs := []kafka.Message{msg("t", "a", 0), msg("t", "b", 1), msg("t", "a", 2), msg("u", "b", 3), msg("t", "b", 4), msg("t", "", 5), msg("t", "", 6)}
	down := kafka.LeaderNotAvailable
	err := fmt.Errorf("write: %w", kafka.WriteErrors{nil, down, nil, nil, nil, down, nil})
	var got []string
	for _, m := range unacknowledged(msgs, err) {
		got = append(got, string(m.Value))
	}
	if diff := cmp.Diff([]string{"1", "4", "5"}, got); diff != "" {
		t.Errorf("sent again (-want +got):\n%s", diff)
	}
	if all := unacknowledged(msgs, io.EOF); len(all) != len(msgs) {
		t.Errorf("after an error of the whole call %d messages are sent again, want all %d", len(all), len(msgs))
	}
	if cause := firstCause(err); cause != error(down) {
		t.Errorf("firstCause = %v, want %v", cause, down)
	}
}

func TestRetryPublish(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		ctx   context.Context
		cause error
		want  bool
	}{
		{t.Context(), io.EOF, true},
		{t.Context(), io.ErrUnexpectedEOF, true},
		{t.Context(), kafka.NotLeaderForPartition, true},
		{t.Context(), kafka.UnknownTopicOrPartition, true},
		{t.Context(), kafka.Unknown, true},
		{t.Context(), kafka.MessageSizeTooLarge, false},
		{t.Context(), kafka.TopicAuthorizationFailed, false},
		{t.Context(), io.ErrClosedPipe, false},
		{ended, io.EOF, false},
	} {
		if got := retryPublish(tt.ctx, tt.cause); got != tt.want {
			t.Errorf("retryPublish(%v) = %v, want %v", tt.cause, got, tt.want)
		}
	}
}

func TestBackoff(t *testing.T) {
	for attempt := range 100 {
		d := backoff(attempt, 100*time.Millisecond, 3*time.Second)
		full := min(100*time.Millisecond<<min(attempt, 10), 3*time.Second)
		if d < full/2 || d > full {
			t.Errorf("backoff(%d) = %s, want between %s and %s", attempt, d, full/2, full)
		}
	}
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if began := time.Now(); pause(ctx, time.Hour) || time.Since(began) != time.Second {
			t.Errorf("pause ended after %s, want the second of its context", time.Since(began))
		}
		if began := time.Now(); !pause(t.Context(), time.Minute) || time.Since(began) != time.Minute {
			t.Errorf("pause ended after %s, want a minute", time.Since(began))
		}
	})
}

// Java's default partitioner puts these keys here; a producer in Java must agree with us on who owns a host.
func TestPartitionsAsJavaDoes(t *testing.T) {
	partitions := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	for key, hash := range map[string]int32{ // from Kafka's own UtilsTest.testMurmur2
		"21":                       -973932308,
		"foobar":                   -790332482,
		"a-little-bit-long-string": -985981536,
	} {
		want := (hash & 0x7fffffff) % int32(len(partitions))
		got := kafka.Murmur2Balancer{}.Balance(kafka.Message{Key: []byte(key)}, partitions...)
		if int32(got) != want {
			t.Errorf("key %q goes to partition %d, Java puts it into %d", key, got, want)
		}
	}
}

func TestMarkedErrors(t *testing.T) {
	cause := errors.New("no such host")
	for _, tt := range []struct {
		err       error
		permanent bool
	}{
		{cause, false},
		{Permanent(cause), true},
		{fmt.Errorf("classify: %w", Permanent(cause)), true},
		{Unavailable(cause), false},
		{fmt.Errorf("publish: %w", ErrTooLarge), true},
		{&panicError{value: "boom"}, true},
	} {
		if got := IsPermanent(tt.err); got != tt.permanent {
			t.Errorf("IsPermanent(%v) = %v, want %v", tt.err, got, tt.permanent)
		}
	}
	if err := Permanent(cause); err.Error() != "no such host" || !errors.Is(err, cause) {
		t.Errorf("Permanent changed the error to %q", err)
	}
	if Permanent(nil) != nil || Unavailable(nil) != nil {
		t.Error("marking nil makes an error")
	}
}
