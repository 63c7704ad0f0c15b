package digest

import (
	"cmp"
	"slices"
	"time"

	"haidang/alerting"
)

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
