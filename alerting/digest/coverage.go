package digest

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"haidang/alerting"
)

// Archive counts what the watched outlets wrote about.
type Archive interface {
	// Volumes counts the articles that came in between two moments, without copies.
	Volumes(ctx context.Context, from, to time.Time) (Volumes, error)
	// TopicName is the name of a topic in a language, "vi" or "en".
	TopicName(id, language string) string
}

// Volumes is how many articles came in, in all and by topic. One article may have several topics.
type Volumes struct {
	Articles int
	Topics   map[string]int
}

// unknown stands for the usual number while there is no earlier period to compare with.
const unknown = -1

// Coverage is what the watched outlets wrote about in a period, beside what is usual.
type Coverage struct {
	Articles, Usual int
	Topics          []TopicVolume
}

// TopicVolume is the coverage of one topic.
type TopicVolume struct {
	ID              string
	Articles, Usual int
}

// A topic is told by itself from this many articles on, and at most so many of them.
const (
	minTopic  = 10
	maxTopics = 5
)

// coverage counts the period's articles by topic. The usual number is the median of the same weekday of the four weeks
// before, of the four weeks before, or of the month before. Without an archive in this process it is nil.
func (d *Digest) coverage(ctx context.Context, c *content, at time.Time) *Coverage {
	if d.deps.Archive == nil {
		return nil
	}
	now, err := d.deps.Archive.Volumes(ctx, c.from, at)
	if err != nil {
		d.log.Warn("coverage not known", "err", err)
		return nil
	}
	var past []Volumes
	for _, p := range c.list.past(c.from, at) {
		v, err := d.deps.Archive.Volumes(ctx, p[0], p[1])
		if err != nil {
			d.log.Warn("coverage not known", "err", err)
			return nil
		}
		if v.Articles > 0 { // before the watch began there is nothing to compare with
			past = append(past, v)
		}
	}
	out := &Coverage{Articles: now.Articles, Usual: unknown}
	if len(past) > 0 {
		out.Usual = median(past, func(v Volumes) int { return v.Articles })
	}
	topics := map[string]bool{}
	for _, v := range append(past, now) {
		for id := range v.Topics {
			topics[id] = true
		}
	}
	for id := range topics {
		t := TopicVolume{id, now.Topics[id], unknown}
		if len(past) > 0 {
			t.Usual = median(past, func(v Volumes) int { return v.Topics[id] })
		}
		if len(c.list.Topics) == 0 && max(t.Articles, t.Usual) < minTopic || len(c.list.Topics) > 0 && !slices.Contains(c.list.Topics, id) {
			continue
		}
		out.Topics = append(out.Topics, t)
	}
	slices.SortFunc(out.Topics, func(a, b TopicVolume) int {
		return cmp.Or(cmp.Compare(b.surprise(), a.surprise()), cmp.Compare(b.Articles, a.Articles), cmp.Compare(a.ID, b.ID))
	})
	if len(c.list.Topics) == 0 {
		out.Topics = out.Topics[:min(len(out.Topics), maxTopics)]
	}
	return out
}

// past lists the earlier periods that a period is compared with.
func (l List) past(from, to time.Time) (out [][2]time.Time) {
	switch l.edition() {
	case Monthly:
		return [][2]time.Time{{from.AddDate(0, -1, 0), to.AddDate(0, -1, 0)}}
	default: // the same day or week, one to four weeks ago
		for n := 1; n <= 4; n++ {
			out = append(out, [2]time.Time{from.AddDate(0, 0, -7*n), to.AddDate(0, 0, -7*n)})
		}
	}
	return out
}

// surprise is how far a topic is from its usual number, in units of the noise that counts have.
func (t TopicVolume) surprise() float64 {
	usual := float64(max(0, t.Usual))
	return math.Abs(float64(t.Articles)-usual) / math.Sqrt(usual+1)
}

// compare counts what was new in the period before.
func (c *content) compare(before []alerting.Story) {
	start := c.list.before(c.from)
	for i := range before {
		if s := &before[i]; !s.RangAt.Before(start) && s.RangAt.Before(c.from) {
			c.oldNew++
			if f := c.fieldOf(s.Field); f != nil {
				f.before++
			}
		}
	}
}

// fieldOf finds the line of a field in the counts.
func (c *content) fieldOf(name string) *field {
	for i := range c.fields {
		if c.fields[i].name == name {
			return &c.fields[i]
		}
	}
	return nil
}

// measure counts how many of the new stories were answered, and how long they typically waited.
func (c *content) measure(items []item) {
	var waits []time.Duration
	for i := range items {
		if it := &items[i]; it.isNew && it.Answered() {
			waits = append(waits, it.since)
		}
	}
	c.settled, c.typical = len(waits), median(waits, func(d time.Duration) time.Duration { return d })
}

// median is the middle one of the numbers of a list, the lower one of two; 0 for none.
func median[T any, N cmp.Ordered](list []T, number func(T) N) (out N) {
	if len(list) == 0 {
		return out
	}
	numbers := make([]N, len(list))
	for i, v := range list {
		numbers[i] = number(v)
	}
	slices.Sort(numbers)
	return numbers[(len(numbers)-1)/2]
}
