package index

import (
	"maps"
	"slices"
	"time"

	"haidang/internal/query"
)

// Histogram counts the found articles over time, without gaps.
type Histogram struct {
	By   string `json:"by"`   // published or seen
	Unit string `json:"unit"` // hour, day, week, month or year
	Bars []Bar  `json:"bars"`
}

// Bar is one stretch of time. It begins in Việt Nam and ends where the next begins.
type Bar struct {
	From  time.Time `json:"from"`
	Count int       `json:"count"`
}

// mostBars is what fits beside each other on a page; the unit is the smallest of which no more are needed.
const mostBars = 62

// histogram puts the hours of tallies into bars.
func (t *tallies) histogram() *Histogram {
	h := &Histogram{By: t.by, Unit: "day", Bars: []Bar{}}
	hours := slices.Sorted(maps.Keys(t.hours))
	if len(hours) > 0 && hours[0] < 0 { // articles without a date
		hours = slices.DeleteFunc(hours, func(h int64) bool { return h < 0 })
	}
	if len(hours) == 0 {
		return h
	}
	first, last := hourTime(hours[0]), hourTime(hours[len(hours)-1])
	for _, unit := range []string{"hour", "day", "week", "month", "year"} {
		h.Unit, h.Bars = unit, bars(unit, first, last)
		if len(h.Bars) <= mostBars {
			break
		}
	}
	at := 0
	for _, hour := range hours {
		when := hourTime(hour)
		for at+1 < len(h.Bars) && !when.Before(h.Bars[at+1].From) {
			at++
		}
		h.Bars[at].Count += t.hours[hour]
	}
	return h
}

func hourTime(hour int64) time.Time {
	return time.Unix(hour*3600-int64(zoneOffset.Seconds()), 0).In(query.Zone)
}

// bars are the empty bars from first to last; a list that is too long is cut short.
func bars(unit string, first, last time.Time) []Bar {
	var out []Bar
	for at := begin(unit, first); !at.After(last); at = after(unit, at) {
		if out = append(out, Bar{From: at}); len(out) > mostBars && unit != "year" {
			break
		}
	}
	return out
}

// begin is the start of the unit in which t lies.
func begin(unit string, t time.Time) time.Time {
	y, m, d := t.Date()
	switch unit {
	case "hour":
		return t.Truncate(time.Hour)
	case "week":
		return time.Date(y, m, d-(int(t.Weekday())+6)%7, 0, 0, 0, 0, t.Location())
	case "month":
		return time.Date(y, m, 1, 0, 0, 0, 0, t.Location())
	case "year":
		return time.Date(y, 1, 1, 0, 0, 0, 0, t.Location())
	}
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// after is the start of the next unit.
func after(unit string, t time.Time) time.Time {
	switch unit {
	case "hour":
		return t.Add(time.Hour)
	case "week":
		return t.AddDate(0, 0, 7)
	case "month":
		return t.AddDate(0, 1, 0)
	case "year":
		return t.AddDate(1, 0, 0)
	}
	return t.AddDate(0, 0, 1)
}
