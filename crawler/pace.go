package crawler

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"haidang/internal/article"
)

const (
	daily = 24 * time.Hour
	// A failure weighs four quarters when the address itself is wrong, two when the server is, one when it only asks
	// for patience. Strikes slow a feed down; with so many of them it is asked once a day.
	hardStrike, softStrike, mildStrike = 4, 2, 1
	dailyStrikes                       = 32
)

// outcome is what a poll that succeeded brought.
type outcome struct{ fresh, shown int }

// succeeded sets the time of the next poll after one that went well.
func (c *Crawler) succeeded(src *Source, f *feedState, now time.Time, o outcome) {
	if o.fresh > 0 {
		if !f.lastItem.IsZero() {
			f.gap = blend(f.gap, now.Sub(f.lastItem)/time.Duration(o.fresh))
		}
		f.lastItem = now
	}
	f.lastSuccess, f.failures, f.strikes, f.reason, f.err = now, 0, 0, ReasonNone, ""
	f.items += int64(o.fresh)
	f.interval = c.pace(src, f, now, o)
	f.next = now.Add(jittered(f.interval))
}

// blend moves a running mean by a third.
func blend(mean, seen time.Duration) time.Duration {
	if mean == 0 {
		return seen
	}
	return (2*mean + seen) / 3
}

// datedGap is the time between two items by their own dates: the rhythm of a feed that is met for the first time.
func datedGap(items []Item) time.Duration {
	var dates []time.Time
	for _, it := range items {
		if it.PublishedFrom == article.DateFromFeed {
			dates = append(dates, it.Published)
		}
	}
	if len(dates) < 3 {
		return 0
	}
	return slices.MaxFunc(dates, time.Time.Compare).Sub(slices.MinFunc(dates, time.Time.Compare)) / time.Duration(len(dates)-1)
}

// bounds are the shortest and the longest time between two polls of a healthy feed. What reaches many is asked often even
// when it is quiet; what reaches few is never asked that often. Sitemaps only check the feeds and come round less often.
func (c *Crawler) bounds(src *Source, channel Channel) (shortest, longest time.Duration) {
	type factors struct{ shortest, longest time.Duration }
	tier := map[int]factors{0: {2, 12}, 1: {2, 3}, 2: {4, 12}, 3: {8, 48}}[src.Tier] // halves of PollMin
	least, most := c.cfg.PollMin.Std(), c.cfg.PollMax.Std()
	shortest, longest = min(least*tier.shortest/2, most), min(least*tier.longest/2, most)
	if src.PollMin > 0 {
		shortest, longest = src.PollMin.Std(), max(longest, src.PollMin.Std())
	}
	if src.PollMax > 0 {
		longest = src.PollMax.Std()
	}
	if channel == ChannelSitemap && len(src.Feeds) > 0 {
		shortest, longest = 3*shortest, 3*longest
	}
	return shortest, max(shortest, longest)
}

// pace is the time to the next poll: half of the time in which the feed brings an item, by its observed rhythm, but no
// sooner than it asks for and its tier allows, and no later than its tier allows. A feed most of whose items were new may
// have hidden others: it is asked in half the time.
func (c *Crawler) pace(src *Source, f *feedState, now time.Time, o outcome) time.Duration {
	shortest, longest := c.bounds(src, f.channel)
	want := max(f.gap, now.Sub(f.lastItem)/4) / 2
	if f.lastItem.IsZero() || f.gap == 0 {
		want = max(f.interval, shortest) * 3 / 2
	}
	if o.fresh > 0 && 2*o.fresh > o.shown && f.interval > 0 {
		want = min(want, f.interval/2)
	}
	return min(max(want, shortest, f.hint), longest)
}

// failed sets the time of the next poll after one that did not go well. A feed is never given up: in the end it is asked
// once a day, and shown as failing.
func (c *Crawler) failed(src *Source, f *feedState, err error) {
	now := c.deps.Now()
	f.lastPoll, f.failures, f.reason, f.err = now, f.failures+1, ReasonOf(err), cut(err.Error(), 300)
	f.strikes = min(f.strikes+strike(f.reason), 2*dailyStrikes)
	if isGone(err) {
		f.strikes = max(f.strikes, dailyStrikes) // 410: the server knows that it will not come back
	}
	if f.movedTo != "" && f.failures >= 3 {
		f.movedTo = "" // perhaps the move was undone
	}
	f.interval = c.slower(src, f)
	f.next = now.Add(max(jittered(f.interval), waitOf(err)))
}

// strike is the weight of a failure.
func strike(r Reason) int64 {
	switch r {
	case ReasonBrokerFailed, ReasonStateFailed:
		return 0 // ours
	case ReasonThrottled, ReasonHostDown:
		return mildStrike
	case ReasonServerError, ReasonTimeout, ReasonUnreachable, ReasonRobotsDown:
		return softStrike
	}
	return hardStrike
}

// slower is the time to the next poll of a feed that failed: it doubles with every four quarters, up to PollMax, and is a
// day in the end.
func (c *Crawler) slower(src *Source, f *feedState) time.Duration {
	if f.strikes >= dailyStrikes {
		return max(daily, c.cfg.PollMax.Std())
	}
	shortest, longest := c.bounds(src, f.channel)
	longest = max(longest, c.cfg.PollMax.Std())
	interval := shortest
	for range f.strikes / hardStrike {
		interval = min(2*interval, longest)
	}
	return interval
}

// jittered spreads polls by a tenth, so that feeds do not march in step.
func jittered(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d - d/10 + rand.N(d/5+1)
}

// freshFor is how long an answer says that it stays true.
func freshFor(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.ToLower(h.Get("Cache-Control")), ",") {
		directive = strings.TrimSpace(directive)
		if directive == "no-store" || directive == "no-cache" {
			return 0
		}
		if value, ok := strings.CutPrefix(directive, "max-age="); ok {
			seconds, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32)
			if err != nil || seconds < 0 {
				return 0
			}
			return min(time.Duration(seconds)*time.Second, daily)
		}
	}
	expires, err1 := http.ParseTime(h.Get("Expires"))
	date, err2 := http.ParseTime(h.Get("Date"))
	if err1 != nil || err2 != nil {
		return 0
	}
	return min(max(0, expires.Sub(date)), daily)
}
