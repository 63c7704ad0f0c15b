package classifier

import (
	"fmt"

	"haidang/internal/article"
	"haidang/internal/query"
)

// Explanation says what one claim found in one article, clause by clause, and why it rings or does not.
type Explanation struct {
	Claim     string              `json:"claim"`
	Version   string              `json:"rules_version"`
	Language  string              `json:"language"` // whose queries were asked: "vi" or "en"
	Rings     bool                `json:"rings"`
	Found     bool                `json:"found"`    // every required clause holds, near each other
	Excluded  bool                `json:"excluded"` // its exclusion holds: the article is about something else
	Clauses   []ClauseAnswer      `json:"clauses"`
	Stance    article.Stance      `json:"stance,omitempty"`
	Parts     []article.Part      `json:"parts,omitempty"`
	Score     int                 `json:"score"`
	Threshold int                 `json:"threshold"`
	Silent    Reason              `json:"silent,omitempty"`
	CoveredBy string              `json:"covered_by,omitempty"` // the claim that is told instead
	Match     *article.ClaimMatch `json:"-"`
}

// ClauseAnswer is what one clause of a claim found.
type ClauseAnswer struct {
	Name     string            `json:"name"`
	Required bool              `json:"required"`
	Weight   int               `json:"weight"`
	Held     bool              `json:"held"` // somewhere in the article
	Near     bool              `json:"near"` // near the claim, where alone it counts
	Spans    []article.Span    `json:"spans,omitempty"`
	Query    query.Explanation `json:"query"` // what each part of it found, or missed
}

// Missing names the required clauses that do not hold.
func (e *Explanation) Missing() []string {
	var out []string
	for _, c := range e.Clauses {
		if c.Required && !c.Held {
			out = append(out, c.Name)
		}
	}
	return out
}

// Explain says why an article rings for a claim or does not. It goes the way of [Classifier.Classify], so that the two
// cannot disagree. The error names a claim that does not exist.
func (c *Classifier) Explain(id string, a *article.Article) (Explanation, error) {
	index := -1
	for i := range c.claims {
		if c.claims[i].ID == id {
			index = i
		}
	}
	if index < 0 {
		return Explanation{}, fmt.Errorf("there is no claim %q; haidang rules list names them", id)
	}
	r := c.read(a)
	geo := c.places.look(r)
	rules, e := &c.sets[vietnamese], Explanation{Claim: id, Version: c.version, Language: "vi"}
	if r.english {
		rules, e.Language = &c.sets[english], "en"
	}
	claim := &c.compiled[index]
	e.Threshold = c.threshold(claim, r.english)
	matched := map[int]*query.Match{}
	var own []*query.Match
	matches := rules.set.Match(r.doc)
	for i := range matches {
		switch ref := rules.refs[matches[i].ID]; {
		case ref.topic != "" || ref.claim != index:
		case ref.exclude:
			e.Excluded = true
		default:
			matched[ref.clause] = &matches[i]
			own = append(own, &matches[i])
		}
	}
	f := c.cast(claim, r, geo.hits)
	if len(own) > 0 && !e.Excluded {
		f = c.assemble(r, claim, own, rules.refs)
	}
	for id, ref := range rules.refs {
		if ref.topic == "" && !ref.exclude && ref.claim == index {
			e.Clauses = append(e.Clauses, c.clauseAnswer(claim, ref.clause, matched[ref.clause], f, query.Explain(rules.queries[id], r.doc)))
		}
	}
	inFileOrder(e.Clauses, claim)
	if f == nil {
		return e, nil
	}
	c.judge(f, geo.aboutVietnam(r.english), geo.hits)
	e.Found, e.Stance, e.Parts, e.Score, e.Silent = true, f.match.Stance, f.match.Parts, f.match.Score, Reason(f.match.Silent)
	e.Rings, e.Match = f.match.Rings, &f.match
	c.settleByVerdict(&e, a)
	return e, nil
}

// settleByVerdict takes over what only the whole verdict knows: that another claim on the same event is told instead, or
// that a net found nothing worth telling.
func (c *Classifier) settleByVerdict(e *Explanation, a *article.Article) {
	v := c.Classify(a)
	for i := range v.Claims {
		if m := &v.Claims[i]; m.ID == e.Claim {
			e.Rings, e.Silent = m.Rings, Reason(m.Silent)
			if e.Silent == ReasonCovered {
				e.CoveredBy = v.Claims[0].ID
			}
			return
		}
	}
	e.Rings = false
	if e.Silent == "" {
		e.Silent = ReasonScore
	}
}

func (c *Classifier) clauseAnswer(claim *compiled, clause int, m *query.Match, f *finding, asked query.Explanation) ClauseAnswer {
	cl := &claim.Clauses[clause]
	out := ClauseAnswer{Name: cl.Name, Required: cl.Required, Weight: cl.Weight, Held: m != nil, Query: asked}
	if m == nil {
		return out
	}
	out.Spans = m.Spans
	if f != nil {
		near := f.zone.spansNear(m.Spans)
		out.Near = len(near) > 0
		if out.Near {
			out.Spans = near
		}
	}
	return out
}

// inFileOrder sorts the clauses as the claim's file has them.
func inFileOrder(clauses []ClauseAnswer, claim *compiled) {
	order := map[string]int{}
	for i := range claim.Clauses {
		order[claim.Clauses[i].Name] = i
	}
	for i := 1; i < len(clauses); i++ {
		for j := i; j > 0 && order[clauses[j].Name] < order[clauses[j-1].Name]; j-- {
			clauses[j], clauses[j-1] = clauses[j-1], clauses[j]
		}
	}
}

// ExampleResult is how one example of a claim came out.
type ExampleResult struct {
	Kind  string `json:"kind"` // match, no_match or denies
	Title string `json:"title"`
	Wrong string `json:"wrong,omitempty"` // what is not as it must be; empty: all good
}

// TestExamples runs the examples of a claim.
func (c *Classifier) TestExamples(claim *Claim) []ExampleResult {
	var out []ExampleResult
	for _, group := range exampleGroups(claim) {
		for _, s := range group.texts {
			a := exampleArticle(s)
			out = append(out, ExampleResult{group.name, a.Title, group.wrong(c.matchOf(claim.ID, a))})
		}
	}
	return out
}
