package coverage

import (
	"strconv"
	"time"
)

// Columns are the head of [Report.Rows].
var Columns = []string{"part", "id", "name", "from", "now", "before", "share", "share_before"}

// Rows are the numbers of a report as one long table for spreadsheets: first the bars over time, then the queries beside
// each other, then every value of every property. Names are in a language, "vi" or "en".
func (r Report) Rows(language string) [][]string {
	var out [][]string
	add := func(part, id, name string, from time.Time, c Count, shares ...float64) {
		row := []string{part, id, name, "", strconv.Itoa(c.Now), strconv.Itoa(c.Before), "", ""}
		if !from.IsZero() {
			row[3] = from.In(Zone).Format(time.DateTime)
		}
		for i, s := range shares {
			row[6+i] = strconv.FormatFloat(s, 'f', 4, 64)
		}
		out = append(out, row)
	}
	for _, b := range r.Bars {
		add(r.Unit, "", "", b.From, b.Count)
	}
	for _, v := range r.Voices {
		add("voice", "", v.Query, time.Time{}, v.Count, v.Share, v.ShareBefore)
	}
	for _, b := range r.By {
		for _, v := range b.Values {
			add(string(b.Dimension), v.ID, v.Name.In(language), time.Time{}, v.Count, v.Share, v.ShareBefore)
		}
	}
	return out
}
