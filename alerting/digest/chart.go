package digest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Size of the chart: a phone's column, so that its letters can be read there, at a little under two dots a pixel.
const (
	chartWidth  = 252 // points of 1/72 inch: 336 CSS pixels
	chartHeight = 84
	chartDots   = 168
	chartLetter = 8.5
	chartNames  = 8 // at most so many names fit below the bars
)

// chartID names the picture inside the mail.
const chartID = "chart@haidang"

// Colours that can be read on white and on the dark sheet alike: the picture has no ground of its own.
var (
	chartInk  = color.NRGBA{R: 0x6f, G: 0x85, B: 0x93, A: 0xff}
	chartBar  = color.NRGBA{R: 0x7f, G: 0xa6, B: 0xbd, A: 0xff}
	chartLast = color.NRGBA{R: 0xd6, G: 0x5a, B: 0x4a, A: 0xff}
)

// drawChart draws the bars of a trend, the last one in its own colour, as a PNG on a transparent ground. It returns nil
// where there is nothing to draw.
func drawChart(t trend) ([]byte, error) {
	if t.total() == 0 {
		return nil, nil
	}
	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.HideY()
	p.X.Padding, p.Y.Min = 0, 0
	p.X.Color, p.X.Tick.Color, p.X.Tick.Length = chartInk, chartInk, 0
	p.X.Tick.Label.Color, p.X.Tick.Label.Font = chartInk, font.Font{Typeface: "Liberation", Variant: "Sans", Size: chartLetter}
	values, last := make(plotter.Values, len(t.bars)), make(plotter.Values, len(t.bars))
	labels := plotter.XYLabels{}
	names := make([]string, len(t.bars))
	for i, b := range t.bars {
		if every := (len(t.bars) + chartNames - 1) / chartNames; (len(t.bars)-1-i)%every == 0 {
			names[i] = b.label
		}
		if i == len(t.bars)-1 {
			last[i] = float64(b.n)
		} else {
			values[i] = float64(b.n)
		}
		labels.XYs = append(labels.XYs, plotter.XY{X: float64(i), Y: float64(b.n)})
		text := ""
		if b.n > 0 {
			text = fmt.Sprint(b.n)
		}
		labels.Labels = append(labels.Labels, text)
	}
	width := vg.Points(chartWidth / float64(len(t.bars)) * 0.66)
	for _, bars := range []struct {
		values plotter.Values
		color  color.Color
	}{{values, chartBar}, {last, chartLast}} {
		b, err := plotter.NewBarChart(bars.values, width)
		if err != nil {
			return nil, fmt.Errorf("draw the chart: %w", err)
		}
		b.Color, b.LineStyle.Width = bars.color, 0
		p.Add(b)
	}
	numbers, err := plotter.NewLabels(labels)
	if err != nil {
		return nil, fmt.Errorf("draw the chart: %w", err)
	}
	for i := range numbers.TextStyle {
		s := &numbers.TextStyle[i]
		s.Color, s.Font, s.XAlign = chartInk, font.Font{Typeface: "Liberation", Variant: "Sans", Size: chartLetter}, draw.XCenter
	}
	numbers.Offset.Y = vg.Points(2)
	p.Add(numbers)
	p.NominalX(names...)
	p.X.Min, p.X.Max = -0.6, float64(len(t.bars))-0.4
	p.Y.Max = float64(t.most()) * 1.18
	canvas := vgimg.NewWith(vgimg.UseWH(chartWidth, chartHeight), vgimg.UseDPI(chartDots), vgimg.UseBackgroundColor(color.Transparent))
	p.Draw(draw.New(canvas))
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(&out); err != nil {
		return nil, fmt.Errorf("draw the chart: %w", err)
	}
	return out.Bytes(), nil
}

// encodeChart is the stored form of a chart.
func encodeChart(png []byte) string { return base64.StdEncoding.EncodeToString(png) }
