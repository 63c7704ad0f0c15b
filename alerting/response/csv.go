package response

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// WriteCSV writes a report as a table: one line for each group and one for all. Lengths of time are in hours, and empty
// where there is no story to measure. No cell holds what an outlet wrote.
func (r Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	head := []string{string(r.By), "stories", "noise", "owing_an_answer"}
	for _, name := range []string{"alerted", "told", "acknowledged", "responded", "closed", "denied"} {
		head = append(head, name+"_stories", name+"_median_hours", name+"_p90_hours")
	}
	_ = out.Write(append(head, "denied_before_the_claim", "still_unanswered", "unanswered_hours")) // Flush reports
	for _, g := range r.Groups {
		_ = out.Write(g.cells(g.Key))
	}
	_ = out.Write(r.Total.cells("all"))
	return flush(out)
}

func (g Group) cells(key string) []string {
	out := []string{key, strconv.Itoa(g.Stories), strconv.Itoa(g.Noise), strconv.Itoa(g.Owing)}
	for _, m := range []Measure{g.Alerted, g.Told, g.Acknowledged, g.Responded, g.Closed, g.Denied} {
		if m.Stories == 0 {
			out = append(out, "0", "", "")
			continue
		}
		out = append(out, strconv.Itoa(m.Stories), hours(m.Median), hours(m.P90))
	}
	return append(out, strconv.Itoa(g.DeniedFirst), strconv.Itoa(g.Open), strconv.FormatFloat(g.UnansweredHours, 'f', 1, 64))
}

// WriteCasesCSV writes one line for each story, with the moments and the hours between them.
func WriteCasesCSV(w io.Writer, cases []Case, now time.Time) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{
		"story", "claim", "field", "severity", "places", "month", "state", "outcome", "appeared", "first_seen", "alerted", "told", "acknowledged",
		"responded", "closed", "denied", "to_alert_hours", "to_acknowledge_hours", "to_response_hours", "to_closing_hours", "to_denial_hours", "unanswered_hours",
	}) // Flush reports
	for i := range cases {
		c := &cases[i]
		line := []string{c.StoryID, c.ClaimID, c.Field, c.Severity, strings.Join(c.Places, " "), c.Month, string(c.State), string(c.Outcome)}
		for _, t := range []time.Time{c.Appeared, c.FirstSeen, c.Alerted, c.Told, c.Acknowledged, c.Responded, c.Closed, c.Denied} {
			line = append(line, moment(t))
		}
		for _, t := range []time.Time{c.Alerted, c.Acknowledged, c.Responded, c.Closed} {
			line = append(line, between(c.FirstSeen, t))
		}
		_ = out.Write(append(line, between(c.Appeared, c.Denied), hours(c.Unanswered(now))))
	}
	return flush(out)
}

func flush(out *csv.Writer) error {
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("write the table: %w", out.Error())
	}
	return nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// between is the time from one moment to another in hours; empty for what has not happened. A denial before its claim is
// a negative number.
func between(from, to time.Time) string {
	if to.IsZero() {
		return ""
	}
	return hours(to.Sub(from))
}

func hours(d time.Duration) string { return strconv.FormatFloat(d.Hours(), 'f', 3, 64) }
