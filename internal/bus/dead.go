package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// DeadLetter is what the topic dead holds, as JSON: a message that could not be handled, whole, and why.
type DeadLetter struct {
	// Stage is who gave up, Reason the error, Attempts how often it was tried.
	Stage    string `json:"stage"`
	Reason   string `json:"reason"`
	Attempts int    `json:"attempts"`
	// Topic, Partition and Offset are where the message came from; together they identify it.
	Topic     string `json:"topic"`
	Partition int    `json:"partition"`
	Offset    int64  `json:"offset"`
	// Key, Value and Headers are its content, byte for byte (base64 in JSON).
	Key     []byte   `json:"key"`
	Value   []byte   `json:"value"`
	Headers []Header `json:"headers,omitempty"`
	// Time is the message's own time, At when it was given up.
	Time time.Time `json:"time"`
	At   time.Time `json:"at"`
}

// Message is the original message, ready to be published again.
func (d DeadLetter) Message() Message {
	return Message{Topic: d.Topic, Key: d.Key, Value: d.Value, Headers: d.Headers, Time: d.Time}
}

// ParseDeadLetter reads a message of the topic dead.
func ParseDeadLetter(m Message) (DeadLetter, error) {
	var d DeadLetter
	if err := json.Unmarshal(m.Value, &d); err != nil {
		return DeadLetter{}, Permanent(fmt.Errorf("dead letter %s: %w", m, err))
	}
	return d, nil
}

const maxReason = 2000

// bury publishes a dead letter for m.
func (b *Bus) bury(ctx context.Context, stage string, m Message, attempts int, cause error) error {
	reason := cause.Error()
	if len(reason) > maxReason {
		reason = reason[:maxReason] + "…"
	}
	value, err := json.Marshal(DeadLetter{
		Stage: stage, Reason: reason, Attempts: attempts,
		Topic: m.Topic, Partition: m.Partition, Offset: m.Offset,
		Key: m.Key, Value: m.Value, Headers: m.Headers, Time: m.Time, At: b.deps.Now(),
	})
	if err != nil {
		return fmt.Errorf("encode dead letter %s: %w", m, err)
	}
	return b.Publish(ctx, Message{Topic: Dead, Key: m.Key, Value: value})
}
