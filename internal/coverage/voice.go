package coverage

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Voice is one of several queries that are held beside each other.
type Voice struct {
	Query string `json:"query"`
	Count
	Share       float64 `json:"share"` // of the articles of all these queries together, 0 to 1
	ShareBefore float64 `json:"share_before"`
	Bars        []int   `json:"bars"` // like those of the report
}

// mostVoices is how many other queries a report takes.
const mostVoices = 5

// voices counts the query of a request and those beside it. An article that several find counts for each of them.
func (c *Coverage) voices(ctx context.Context, r Request, bars barring) ([]Voice, []string, error) {
	if len(r.Beside) == 0 {
		return nil, nil, nil
	}
	var out []Voice
	var partial []string
	all := Count{}
	for _, query := range append([]string{r.Query}, r.Beside...) {
		if strings.TrimSpace(query) == "" {
			continue
		}
		one := Request{Query: query, Clock: r.Clock, Copies: r.Copies}
		now, before, err := c.both(ctx, one, r, bars.cell)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", query, err)
		}
		v := Voice{Query: query, Count: Count{sum(now.Articles), sum(before.Articles)}, Bars: bars.add(now.Articles)}
		all.Now += v.Now
		all.Before += v.Before
		partial = append(append(partial, now.Partial...), before.Partial...)
		out = append(out, v)
	}
	for i := range out {
		out[i].Share, out[i].ShareBefore = share(out[i].Now, all.Now), share(out[i].Before, all.Before)
	}
	return out, partial, nil
}

// both counts one query in the two periods of a request.
func (c *Coverage) both(ctx context.Context, one, r Request, cell time.Duration) (now, before Tally, err error) {
	if now, err = c.tally(ctx, one, r.From, r.To, cell, one.By); err != nil {
		return now, before, err
	}
	if before, err = c.tally(ctx, one, r.Before, r.Before.Add(r.To.Sub(r.From)), cell, one.By); err != nil {
		return now, before, fmt.Errorf("the period before: %w", err)
	}
	return now, before, nil
}
