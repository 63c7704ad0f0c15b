package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	lang "golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"haidang/alerting"
)

// spread is how a claim went through the press: where, in which languages, and hour by hour.
type spread struct {
	Countries string
	Languages string
	Bars      []bar  // empty: too few articles for a curve
	Width     int    // of the drawing; its height is curveHeight
	Says      string // the curve in words
}

// bar is what one span of time brought: articles of their own words, and copies on top of them.
type bar struct {
	X, Y, Own, CopyY, Copies int // pixels
	Says                     string
}

const (
	curveHeight = 48
	curveStep   = 8
	mostBars    = 48
	fewForCurve = 3
)

// spreadOf draws the spread of a story from its articles.
func spreadOf(l language, s *alerting.Story, alerts []alerting.Alert) spread {
	var out spread
	var carrying []*alerting.Alert
	var countries []string
	for i := range alerts {
		a := &alerts[i]
		if a.Role != alerting.RoleCarries {
			continue
		}
		carrying = append(carrying, a)
		if name := l.Country(a.Country); name != "" && !slices.Contains(countries, name) {
			countries = append(countries, name)
		}
	}
	var languages []string
	for _, code := range s.Languages {
		languages = append(languages, l.Tongue(code))
	}
	out.Countries, out.Languages = strings.Join(countries, ", "), strings.Join(languages, ", ")
	if len(carrying) >= fewForCurve {
		out.draw(l, carrying)
	}
	return out
}

// draw makes the curve. Its bars are hours, or longer where hours would be too many.
func (sp *spread) draw(l language, carrying []*alerting.Alert) {
	first, last := carrying[0].FirstSeen, carrying[0].FirstSeen
	for _, a := range carrying {
		if a.FirstSeen.Before(first) {
			first = a.FirstSeen
		}
		if a.FirstSeen.After(last) {
			last = a.FirstSeen
		}
	}
	step := time.Hour
	for first = first.Truncate(time.Hour); int(last.Sub(first)/step) >= mostBars; {
		step *= 2
	}
	own, copies := make([]int, last.Sub(first)/step+1), make([]int, last.Sub(first)/step+1)
	for _, a := range carrying {
		if at := a.FirstSeen.Sub(first) / step; a.CopyOf == "" {
			own[at]++
		} else {
			copies[at]++
		}
	}
	peak := 0
	for i := range own {
		if own[i]+copies[i] > own[peak]+copies[peak] {
			peak = i
		}
	}
	scale := func(n int) int { return n * curveHeight / (own[peak] + copies[peak]) }
	for i := range own {
		from := first.Add(time.Duration(i) * step)
		b := bar{X: i * curveStep, Own: scale(own[i]), Copies: scale(own[i]+copies[i]) - scale(own[i])}
		b.Y, b.CopyY = curveHeight-b.Own, curveHeight-b.Own-b.Copies
		b.Says = fmt.Sprintf("%s: %s, %s", clock(from), l.N("curve.own", own[i]), l.N("row.copies", copies[i]))
		sp.Bars = append(sp.Bars, b)
	}
	sp.Width = len(own) * curveStep
	from := first.Add(time.Duration(peak) * step)
	sp.Says = l.T("curve.says", l.N("saved.articles", own[peak]+copies[peak]), clock(from), clock(from.Add(step)))
}

// Country names a country by its ISO 3166 code; a code of none is shown as it is.
func (l language) Country(code string) string {
	region, err := lang.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.Regions(l.tag()).Name(region)
}

// Tongue names a language by its code; one of none is shown as it is.
func (l language) Tongue(code string) string {
	tag, err := lang.Parse(code)
	if err != nil {
		return code
	}
	return display.Languages(l.tag()).Name(tag)
}

func (l language) tag() lang.Tag {
	if l == "en" {
		return lang.English
	}
	return lang.Vietnamese
}
