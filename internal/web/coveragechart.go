package web

import (
	"fmt"
	"strings"

	"haidang/internal/coverage"
)

// coverageChart is the articles over time, and those of the period before as a line.
type coverageChart struct {
	Bars        []barView
	Before      string // points of the line
	First, Last string
	Most        string
	Said        string // for those who do not see it
	Rows        []chartRow
}

// chartRow is one bar in the table under the chart.
type chartRow struct{ When, Now, Before string }

func newCoverageChart(l language, r coverage.Report) *coverageChart {
	if len(r.Bars) == 0 {
		return nil
	}
	most, peak := 1, r.Bars[0]
	before := make([]int, len(r.Bars))
	for i, b := range r.Bars {
		most = max(most, b.Now, b.Before)
		before[i] = b.Before
		if b.Now > peak.Now {
			peak = b
		}
	}
	name := func(b coverage.Bar) string { return barName(r.Unit, b.From.In(coverage.Zone)) }
	c := &coverageChart{First: name(r.Bars[0]), Last: name(r.Bars[len(r.Bars)-1]), Most: l.Int(most)}
	step := float64(chartWidth) / float64(len(r.Bars))
	for i, b := range r.Bars {
		height := chartHeight * float64(b.Now) / float64(most)
		c.Bars = append(c.Bars, barView{
			X: float64(i)*step + step*.1, Y: chartHeight - height, Width: step * .8, Height: height,
			Label: l.T("coverage.bar", name(b), l.Int(b.Now), l.Int(b.Before)),
		})
		c.Rows = append(c.Rows, chartRow{name(b), l.Int(b.Now), l.Int(b.Before)})
	}
	if r.Articles.Before > 0 {
		c.Before = line(before, most, chartWidth, chartHeight)
	}
	c.Said = l.T("chart.said", len(r.Bars), name(peak), l.Int(peak.Now))
	return c
}

// toneChart is how articles speak of claims over time, one upon the other.
type toneChart struct {
	Bars  []barView // Address is the name of the tone
	Parts []tonePart
	First string
	Last  string
	Said  string
}

// tonePart is one tone in the legend.
type tonePart struct{ Name, Label, Count, Change string }

// newToneChart is nil where no article speaks of a claim.
func newToneChart(l language, r coverage.Report) *toneChart {
	most, all := 0, 0
	for i := range r.Bars {
		n := 0
		for _, t := range r.Tone {
			if i < len(t.Bars) {
				n += t.Bars[i]
			}
		}
		most, all = max(most, n), all+n
	}
	if all == 0 {
		return nil
	}
	c := &toneChart{First: barName(r.Unit, r.Bars[0].From.In(coverage.Zone)), Last: barName(r.Unit, r.Bars[len(r.Bars)-1].From.In(coverage.Zone))}
	step := float64(chartWidth) / float64(len(r.Bars))
	for i, b := range r.Bars {
		top := float64(chartHeight)
		for _, t := range r.Tone {
			if i >= len(t.Bars) || t.Bars[i] == 0 {
				continue
			}
			height := chartHeight * float64(t.Bars[i]) / float64(most)
			top -= height
			c.Bars = append(c.Bars, barView{
				X: float64(i)*step + step*.1, Y: top, Width: step * .8, Height: height, Address: t.Name,
				Label: fmt.Sprintf("%s: %s %s", barName(r.Unit, b.From.In(coverage.Zone)), l.Int(t.Bars[i]), l.T("tone."+t.Name)),
			})
		}
	}
	var said []string
	for _, t := range r.Tone {
		c.Parts = append(c.Parts, tonePart{t.Name, l.T("tone." + t.Name), l.Int(t.Now), l.change(t.Count)})
		said = append(said, l.T("tone."+t.Name)+" "+l.Int(t.Now))
	}
	c.Said = strings.Join(said, ", ")
	return c
}

// course draws numbers as a line, the highest at the top of its field.
func course(numbers []int, width, height float64) string {
	most := 1
	for _, n := range numbers {
		most = max(most, n)
	}
	return line(numbers, most, width, height)
}

// line is the points of an SVG polyline through the middles of bars.
func line(numbers []int, most int, width, height float64) string {
	var out strings.Builder
	for i, n := range numbers {
		fmt.Fprintf(&out, "%.1f,%.1f ", (float64(i)+.5)*width/float64(len(numbers)), height-height*float64(n)/float64(most))
	}
	return strings.TrimSuffix(out.String(), " ")
}
