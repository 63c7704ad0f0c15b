package bus

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
)

// The topics of the pipeline.
const (
	Links    = "links"    // pages to fetch; key = host
	Articles = "articles" // extracted articles; key = article ID
	Verdicts = "verdicts" // articles with a verdict; key = article ID
	Alerts   = "alerts"   // story events for other systems; key = story ID
	Dead     = "dead"     // messages that could not be handled, as DeadLetter
)

// Topics returns the names of all topics.
func Topics() []string { return []string{Links, Articles, Verdicts, Alerts, Dead} }

// Header is a small named value beside a message.
type Header struct {
	Key   string `json:"key"`
	Value []byte `json:"value"`
}

// Message is one record of a topic. Messages with the same key keep their order.
type Message struct {
	Topic   string
	Key     []byte
	Value   []byte
	Headers []Header
	// Time is when the message was made; zero means now.
	Time time.Time
	// Partition and Offset are where a received message lies; Publish ignores them.
	Partition int
	Offset    int64
}

// String names the message for logs and errors, without its content.
func (m Message) String() string { return fmt.Sprintf("%s/%d@%d", m.Topic, m.Partition, m.Offset) }

// recordOverhead covers the lengths, timestamps and batch header that surround one record on the wire.
const recordOverhead = 128

// size is the room that the message takes in a batch, rounded up.
func (m Message) size() int {
	n := recordOverhead + len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		n += len(h.Key) + len(h.Value) + 10
	}
	return n
}

func (m Message) toKafka(prefix string) kafka.Message {
	out := kafka.Message{Topic: prefix + m.Topic, Key: m.Key, Value: m.Value, Time: m.Time}
	for _, h := range m.Headers {
		out.Headers = append(out.Headers, kafka.Header{Key: h.Key, Value: h.Value})
	}
	return out
}

func fromKafka(prefix string, m kafka.Message) Message {
	out := Message{
		Topic: strings.TrimPrefix(m.Topic, prefix), Key: m.Key, Value: m.Value, Time: m.Time,
		Partition: m.Partition, Offset: m.Offset,
	}
	for _, h := range m.Headers {
		out.Headers = append(out.Headers, Header{Key: h.Key, Value: h.Value})
	}
	return out
}

func knownTopic(name string) bool {
	return slices.Contains(Topics(), name)
}
