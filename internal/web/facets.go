package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haidang/index"
	"haidang/internal/query"
)

// facetView is one property by which the found articles can be narrowed.
type facetView struct {
	Name   string
	Title  string
	Values []valueView
	More   int
}

// valueView is one value: a link that adds it to the query.
type valueView struct {
	Label   string
	Count   string
	Share   int // per cent of the most frequent
	Address string
	On      bool // the query asks for it already
}

func (s *Server) facetViews(b searchBody) []facetView {
	var out []facetView
	for _, f := range b.Result.Facets {
		if len(f.Values) == 0 || len(f.Values) == 1 && f.Values[0].Count == b.Result.Counted && f.Name != "outlet" {
			continue // it narrows nothing
		}
		v := facetView{Name: f.Name, Title: b.L.T("facet." + f.Name), More: f.More}
		most := slices.MaxFunc(f.Values, func(a, b index.FacetValue) int { return a.Count - b.Count }).Count
		for _, value := range f.Values {
			filter := f.Name + ":" + value.Value
			v.Values = append(v.Values, valueView{
				Label: s.valueLabel(b.L, f.Name, value.Value, value.Label), Count: b.L.Int(value.Count), Share: max(1, 100*value.Count/most),
				Address: b.Address(narrowed(b.Query, filter)), On: slices.Contains(strings.Fields(b.Query), filter),
			})
		}
		out = append(out, v)
	}
	return out
}

// valueLabel is a value in words; given is what its articles call it, if they do.
func (s *Server) valueLabel(l language, facet, value, given string) string {
	name := map[string]func(id, language string) string{"place": s.deps.Place, "topic": s.deps.Topic, "claim": s.deps.Claim}[facet]
	switch {
	case given != "":
		return given
	case name != nil:
		if said := name(value, string(l)); said != value {
			return said
		}
	case facet == "stance":
		return l.known("stance."+strings.ReplaceAll(value, "-", "_"), value)
	case facet == "lang":
		return l.known("lang."+value, value)
	case facet == "country":
		return strings.ToUpper(value)
	case facet == "published":
		if t, err := time.Parse("2006-01", value); err == nil {
			return t.Format("01/2006")
		}
	}
	return named(value)
}

// narrowed adds a filter to a query. A query of alternatives is put into brackets first.
func narrowed(src, filter string) string {
	src = strings.TrimSpace(src)
	if slices.Contains(strings.Fields(src), filter) {
		return src
	}
	parsed, err := query.Options{Browse: true}.Parse(src)
	if err == nil {
		if _, or := parsed.Root.(*query.Or); or {
			src = "(" + src + ")"
		}
	}
	return strings.TrimSpace(src + " " + filter)
}

// filterView is one filter of the query, and the search without it.
type filterView struct{ Label, Address string }

// filtersOf finds the filters that stand by themselves in the query: those that a click has added.
func filtersOf(b searchBody) []filterView {
	words := strings.Fields(b.Query)
	var out []filterView
	for i, w := range words {
		name, value, ok := strings.Cut(w, ":")
		if !ok || value == "" || strings.ContainsAny(value, `"()[]*`) {
			continue
		}
		switch name {
		case "outlet", "site", "topic", "place", "claim", "stance", "country", "lang", "published", "seen":
			rest := strings.Join(slices.Delete(slices.Clone(words), i, i+1), " ")
			out = append(out, filterView{w, b.Address(rest)})
		}
	}
	return out
}

// chartView is the histogram as the page draws it.
type chartView struct {
	Title string
	Bars  []barView
	First string
	Last  string
	Width int
	Said  string // for those who do not see it
}

// barView is one bar, a link to its stretch of time.
type barView struct {
	X, Y, Width, Height float64
	Label               string
	Address             string
}

const (
	chartWidth  = 1000
	chartHeight = 100
)

// chart draws the histogram; nothing where there is one bar or none.
func chart(b searchBody) *chartView {
	h := b.Result.Histogram
	if h == nil || len(h.Bars) < 2 {
		return nil
	}
	most := slices.MaxFunc(h.Bars, func(a, b index.Bar) int { return a.Count - b.Count })
	step := float64(chartWidth) / float64(len(h.Bars))
	out := &chartView{Title: b.L.T("chart." + h.By), First: barName(h.Unit, h.Bars[0].From), Last: barName(h.Unit, h.Bars[len(h.Bars)-1].From), Width: chartWidth}
	for i, bar := range h.Bars {
		height := float64(chartHeight*bar.Count) / float64(max(1, most.Count))
		if bar.Count > 0 {
			height = max(height, 2)
		}
		v := barView{
			X: float64(i)*step + step*.1, Y: chartHeight - height, Width: step * .8, Height: height,
			Label: fmt.Sprintf("%s: %s", barName(h.Unit, bar.From), b.L.Int(bar.Count)),
		}
		if filter := barFilter(h, i); bar.Count > 0 && filter != "" {
			v.Address = b.Address(narrowed(b.Query, filter))
		}
		out.Bars = append(out.Bars, v)
	}
	out.Said = b.L.T("chart.said", len(h.Bars), barName(h.Unit, most.From), b.L.Int(most.Count))
	return out
}

// barName says when a bar begins, as exactly as its unit is.
func barName(unit string, from time.Time) string {
	switch unit {
	case "hour":
		return from.Format("15:00 02/01/2006")
	case "month":
		return from.Format("01/2006")
	case "year":
		return from.Format("2006")
	}
	return from.Format("02/01/2006")
}

// barFilter is a bar in the query language, which knows days; "" for hours.
func barFilter(h *index.Histogram, i int) string {
	from := h.Bars[i].From
	switch h.Unit {
	case "hour":
		return ""
	case "day":
		return h.By + ":" + from.Format(time.DateOnly)
	case "month":
		return h.By + ":" + from.Format("2006-01")
	case "year":
		return h.By + ":" + from.Format("2006")
	}
	return h.By + ":" + from.Format(time.DateOnly) + ".." + from.AddDate(0, 0, 6).Format(time.DateOnly)
}
