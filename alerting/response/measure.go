package response

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// Measure is a length of time over several stories.
type Measure struct {
	Stories int // from how many it is; with none the rest is zero
	Median  time.Duration
	P90     time.Duration // nine of ten took no longer
	Most    time.Duration
}

// MarshalJSON writes the lengths in seconds.
func (m Measure) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Stories int     `json:"stories"`
		Median  float64 `json:"median_seconds"`
		P90     float64 `json:"p90_seconds"`
		Most    float64 `json:"most_seconds"`
	}{m.Stories, m.Median.Seconds(), m.P90.Seconds(), m.Most.Seconds()})
}

// Group is what was measured of a month, a field, a place, or of all.
type Group struct {
	Key     string `json:"key"`     // "2026-11", a field or the ID of a place; empty: all, or no place
	Stories int    `json:"stories"` // that rang
	Noise   int    `json:"noise"`   // of them, those that should not have
	Owing   int    `json:"owing"`   // of them, those that need an answer

	// The next five begin when the claim was first seen live.
	Alerted      Measure `json:"alerted"`
	Told         Measure `json:"told"`
	Acknowledged Measure `json:"acknowledged"`
	Responded    Measure `json:"responded"` // by the desk; of those that owe an answer
	Closed       Measure `json:"closed"`

	Denied      Measure `json:"denied"`       // from the claim's appearance to the first denial's; zero where the denial came first
	DeniedFirst int     `json:"denied_first"` // of them, those whose denial came before the claim

	Open            int     `json:"open"`             // that nobody has answered yet
	UnansweredHours float64 `json:"unanswered_hours"` // of all stories together
}

// counter collects a group.
type counter struct {
	Group
	alerted, told, acknowledged, responded, closed, denied []time.Duration
	unanswered                                             time.Duration
}

func (c *counter) add(story *Case, now time.Time) {
	c.Stories++
	if story.Outcome.Noisy() {
		c.Noise++
	}
	since := func(list *[]time.Duration, t time.Time) {
		if !t.IsZero() {
			*list = append(*list, max(0, t.Sub(story.FirstSeen)))
		}
	}
	since(&c.alerted, story.Alerted)
	since(&c.told, story.Told)
	since(&c.acknowledged, story.Acknowledged)
	since(&c.closed, story.Closed)
	if !story.owes() {
		return
	}
	c.Owing++
	since(&c.responded, story.Responded)
	c.unanswered += story.Unanswered(now)
	if story.open() {
		c.Open++
	}
	if !story.Denied.IsZero() {
		lag := story.Denied.Sub(story.Appeared)
		if lag < 0 {
			c.DeniedFirst++
		}
		c.denied = append(c.denied, max(0, lag))
	}
}

// group is what was collected.
func (c *counter) group(key string) Group {
	g := c.Group
	g.Key = key
	g.Alerted, g.Told, g.Acknowledged = measured(c.alerted), measured(c.told), measured(c.acknowledged)
	g.Responded, g.Closed, g.Denied = measured(c.responded), measured(c.closed), measured(c.denied)
	g.UnansweredHours = math.Round(c.unanswered.Hours()*10) / 10
	return g
}

// measured sums up lengths of time by nearest rank, so that each figure is one that happened.
func measured(lengths []time.Duration) Measure {
	n := len(lengths)
	if n == 0 {
		return Measure{}
	}
	slices.Sort(lengths)
	rank := func(percent int) time.Duration { return lengths[(n*percent+99)/100-1] }
	return Measure{Stories: n, Median: rank(50), P90: rank(90), Most: lengths[n-1]}
}
