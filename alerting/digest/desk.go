package digest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"haidang/alerting/feedback"
	"haidang/alerting/response"
)

// Response measures how fast the desk was.
type Response interface {
	Report(ctx context.Context, q response.Query) (response.Report, error)
}

// Feedback tells how the rules were judged.
type Feedback interface {
	Rules(ctx context.Context) ([]feedback.Rule, error)
}

// maxRules bounds the list of rules to mend or retire.
const maxRules = 10

// lookBack adds to a weekly or monthly mail how fast the desk was and, for a list that asks for it, which rules to mend.
// The desk is measured as a whole: a list of some fields or places is not told of it.
func (d *Digest) lookBack(ctx context.Context, c *content) error {
	if c.list.edition() == Daily {
		return nil
	}
	if whole := len(c.list.Fields)+len(c.list.Places)+len(c.list.Topics) == 0; whole && d.deps.Response != nil {
		report, err := d.deps.Response.Report(ctx, response.Query{From: c.from, To: c.to})
		if err != nil {
			return err
		}
		c.measured = &report.Total
	}
	if !c.list.Rules || d.deps.Feedback == nil {
		return nil
	}
	rules, err := d.deps.Feedback.Rules(ctx)
	if err != nil {
		return err
	}
	c.judged, c.rules = true, feedback.ToMend(rules)
	return nil
}

// measuredLines put the measured response into words, each with the number of stories that it is from.
func measuredLines(g *response.Group, w words) (out []coverageLine) {
	if g == nil || g.Stories == 0 {
		return nil
	}
	for _, m := range []struct {
		name string
		response.Measure
	}{{w.steps[0], g.Alerted}, {w.steps[1], g.Acknowledged}, {w.steps[2], g.Responded}, {w.steps[3], g.Denied}} {
		if m.Stories > 0 {
			out = append(out, coverageLine{m.name, fmt.Sprintf(w.usually, w.exact(m.Median), w.exact(m.P90), w.number(m.Stories))})
		}
	}
	return append(out, coverageLine{w.steps[4], fmt.Sprintf(w.hours, w.number(int(g.UnansweredHours+.5)))})
}

// ruleLines put the rules to mend or retire into words.
func (d *Digest) ruleLines(rules []feedback.Rule, w words) (lines []line, more string) {
	for _, r := range rules[:min(len(rules), maxRules)] {
		name := r.ClaimID
		if d.deps.ClaimName != nil {
			name = d.deps.ClaimName(r.ClaimID, w.Lang)
		}
		note := []string{w.advice[string(r.Advice)], fmt.Sprintf(w.right, w.number(r.Hits), w.number(r.Judged()))}
		if why, n := r.Main(); n > 0 {
			note = append(note, w.noises[string(why)])
		}
		link := ""
		if d.cfg.Link != "" {
			link = strings.TrimSuffix(d.cfg.Link, "/") + "/rules/" + r.ClaimID
		}
		lines = append(lines, line{Claim: clean(name, maxTitle), Note: strings.Join(note, ", "), Link: link, id: r.ClaimID})
	}
	if n := len(rules) - maxRules; n > 0 {
		more = fmt.Sprintf(w.more, w.number(n))
	}
	return lines, more
}

// exactParts cuts a length of time to two units: a measure of hours is not told in days alone.
func exactParts(t time.Duration) (big, small int, units int) {
	switch {
	case t < time.Minute:
		return int(t.Seconds()), 0, 0
	case t < time.Hour:
		return int(t.Minutes()), 0, 1
	case t < 48*time.Hour:
		return int(t.Hours()), int(t.Minutes()) % 60, 2
	}
	return int(t.Hours()) / 24, int(t.Hours()) % 24, 3
}

// exactly writes a length of time in the units of a language: of seconds, minutes, hours with minutes, days with hours.
func exactly(forms [4]string) func(time.Duration) string {
	return func(t time.Duration) string {
		big, small, units := exactParts(t)
		if units < 2 {
			return fmt.Sprintf(forms[units], big)
		}
		return fmt.Sprintf(forms[units], big, small)
	}
}
