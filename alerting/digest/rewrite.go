package digest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Bounds of what a lead writes in other words, in letters and sentences.
const (
	maxRewrite  = 500
	maxRewrites = 100
)

// Rewrite is one generated sentence of a mail, in the mail's language, and what a lead made of it.
type Rewrite struct {
	Place   string `json:"place"`   // where it stands: "lead", "top/STORY/verdict"
	Was     string `json:"was"`     // as it was generated
	Becomes string `json:"becomes"` // empty: it stands as it is
	About   string `json:"-"`       // the place in words
}

// Key names a sentence at its place, worded as it is.
func (r Rewrite) Key() string {
	sum := sha256.Sum256([]byte(r.Was))
	return r.Place + "#" + hex.EncodeToString(sum[:4])
}

// Shown is the sentence as the mail has it.
func (r Rewrite) Shown() string {
	if r.Becomes != "" {
		return r.Becomes
	}
	return r.Was
}

// Errors of sentences that were written in other words.
var (
	ErrLongRewrite = fmt.Errorf("a sentence is too long: at most %d letters fit", maxRewrite)
	ErrStale       = errors.New("a sentence that was rewritten is not in the mail any more: look at it again")
)

// sentences visits every sentence that the house wrote. What others said, the headlines, stays as they said it; so do the
// warnings, the state of the sources, the mark of the review and the footer, which keep a reader from trusting the mail
// too much.
func (p *page) sentences(visit func(place, about string, sentence *string)) {
	visit("lead", p.W.Title, &p.Lead)
	visit("tally", p.W.Title, &p.Tally)
	for i := range p.Top {
		p.Top[i].sentences(&p.W, visit)
	}
	for i := range p.Changed {
		g := &p.Changed[i]
		for j := range g.Lines {
			l := &g.Lines[j]
			if !l.quoted {
				visit("changed/"+l.id+"/claim", g.Heading, &l.Claim)
			}
			visit("changed/"+l.id+"/note", g.Heading+" · “"+l.Claim+"”", &l.Note)
		}
	}
	visit("trend", p.W.TrendHeading, &p.Trend.Text)
	for _, section := range []struct {
		place, heading string
		lines          []coverageLine
	}{{"measured", p.W.MeasuredHeading, p.Measured}, {"coverage", p.W.CoverageHeader, p.Coverage}} {
		for i := range section.lines {
			l := &section.lines[i]
			visit(section.place+"/"+l.Name, section.heading+" · "+l.Name, &l.Text)
		}
	}
	for i := range p.Rules {
		l := &p.Rules[i]
		visit("rules/"+l.id, p.W.RulesHeading+" · "+l.Claim, &l.Note)
	}
}

func (c *card) sentences(w *words, visit func(place, about string, sentence *string)) {
	at, about := "top/"+c.id+"/", w.TopHeading+" · “"+c.Claim+"” · "
	if c.Kind == "" { // otherwise the claim is a headline
		visit(at+"claim", w.TopHeading+" · "+c.Label, &c.Claim)
	}
	visit(at+"kind", about+w.Kind, &c.Kind)
	visit(at+"response", about+w.Response, &c.Response)
	visit(at+"verdict", about+w.Verdict, &c.Verdict)
	visit(at+"spread", about+w.Spread, &c.Spread)
}

// rewrite puts a lead's words into a mail where the sentence is still the one that the lead read, and returns the number
// of those that it found.
func (p *page) rewrite(rewrites []Rewrite) int {
	written := map[string]string{}
	for _, r := range rewrites {
		written[r.Key()] = r.Becomes
	}
	found := 0
	p.sentences(func(place, _ string, sentence *string) {
		if becomes := written[(Rewrite{Place: place, Was: *sentence}).Key()]; becomes != "" {
			*sentence = becomes
			found++
		}
	})
	return found
}

// rewritable lists the sentences of a mail, with those that were written in other words already.
func (p *page) rewritable(rewrites []Rewrite) (out []Rewrite) {
	written := map[string]string{}
	for _, r := range rewrites {
		written[r.Key()] = r.Becomes
	}
	p.sentences(func(place, about string, sentence *string) {
		if *sentence != "" {
			r := Rewrite{Place: place, About: about, Was: *sentence}
			r.Becomes = written[r.Key()]
			out = append(out, r)
		}
	})
	return out
}

// cleanRewrites makes a lead's words fit for a mail and leaves out those that change nothing, as do those of a story that
// is taken from the top.
func cleanRewrites(rewrites []Rewrite, leftOut []string) ([]Rewrite, error) {
	out := []Rewrite{}
	for _, r := range rewrites {
		r.Becomes = clean(r.Becomes, maxRewrite+1)
		if len([]rune(r.Becomes)) > maxRewrite {
			return nil, ErrLongRewrite
		}
		if !strings.HasSuffix(r.Was, ".") {
			r.Becomes = strings.TrimSuffix(r.Becomes, ".") // the mail ends it
		}
		gone := slices.ContainsFunc(leftOut, func(id string) bool { return strings.HasPrefix(r.Place, "top/"+id+"/") })
		if r.Becomes != "" && r.Becomes != r.Was && !gone {
			out = append(out, r)
		}
	}
	if len(out) > maxRewrites {
		return nil, fmt.Errorf("%d sentences are rewritten; at most %d can be", len(out), maxRewrites)
	}
	return out, nil
}

// Reviews lists every review of a mail, the first one first, each with the sentences as they were and became.
func (d *Digest) Reviews(ctx context.Context, date Date, list List) ([]Review, error) {
	rows, err := d.deps.DB.Query(ctx, `SELECT by_whom, at, note, left_out, rewrites FROM digest_reviews WHERE date = ? AND list = ? ORDER BY version`, string(date), list.Name)
	if err != nil {
		return nil, fmt.Errorf("list the reviews of the digest of %s: %w", date, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	var out []Review
	for rows.Next() {
		var r Review
		var at int64
		var leftOut, rewrites string
		if err := rows.Scan(&r.By, &at, &r.Note, &leftOut, &rewrites); err != nil {
			return nil, fmt.Errorf("list the reviews of the digest of %s: %w", date, err)
		}
		if err := errors.Join(json.Unmarshal([]byte(leftOut), &r.LeftOut), json.Unmarshal([]byte(rewrites), &r.Rewrites)); err != nil {
			return nil, fmt.Errorf("read a review of the digest of %s: %w", date, err)
		}
		r.At = moment(at)
		out = append(out, r)
	}
	return out, rows.Err()
}
