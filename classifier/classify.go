package classifier

import (
	"cmp"
	"slices"

	"haidang/internal/article"
	"haidang/internal/query"
)

// Classify reads one article. It never fails: an article of any bytes gets a verdict.
func (c *Classifier) Classify(a *article.Article) article.Verdict {
	r := c.read(a)
	defer c.release(r)
	geo := c.places.look(r)
	rules := &c.sets[vietnamese]
	if r.english {
		rules = &c.sets[english]
	}
	matches := rules.set.Match(r.doc)
	v := article.Verdict{
		AboutVietnam: geo.aboutVietnam(r.english),
		Claims:       []article.ClaimMatch{},
		Topics:       c.topicsOf(matches, rules.refs),
		Places:       geo.ids(),
		RulesVersion: c.version,
	}
	findings := append(c.findings(r, matches, rules.refs), c.nets(r, geo.hits)...)
	for _, f := range findings {
		c.judge(f, v.AboutVietnam, geo.hits)
	}
	findings = slices.DeleteFunc(findings, func(f *finding) bool { return !f.worthTelling() })
	cover(findings)
	slices.SortFunc(findings, inOrder)
	for _, f := range findings {
		v.Claims = append(v.Claims, f.match)
	}
	summarise(&v)
	return v
}

// inOrder puts what rings first, by rank, and then the rest by score.
func inOrder(a, b *finding) int {
	if a.match.Rings && b.match.Rings {
		return a.compare(b)
	}
	return cmp.Or(compareBool(b.match.Rings, a.match.Rings), cmp.Compare(b.match.Score, a.match.Score), cmp.Compare(a.match.ID, b.match.ID))
}

// findings returns the claims whose required clauses all match, in the order of their IDs.
func (c *Classifier) findings(r *reading, matches []query.Match, refs map[string]ruleRef) []*finding {
	byClaim := map[int][]*query.Match{}
	excluded := map[int]bool{}
	var order []int
	for i := range matches {
		ref := refs[matches[i].ID]
		switch {
		case ref.topic != "":
		case ref.exclude:
			excluded[ref.claim] = true
		default:
			if byClaim[ref.claim] == nil {
				order = append(order, ref.claim)
			}
			byClaim[ref.claim] = append(byClaim[ref.claim], &matches[i])
		}
	}
	slices.Sort(order)
	var found []*finding
	for _, i := range order {
		if excluded[i] {
			continue
		}
		if f := c.assemble(r, &c.compiled[i], byClaim[i], refs); f != nil {
			found = append(found, f)
		}
	}
	return found
}

// zoneOf returns the zone of a claim that stands at focus.
func (c *Classifier) zoneOf(claim *compiled, r *reading, focus, all []article.Span) zone {
	z := newZone(r, focus, all, c.cfg.NearSentence)
	z.swindle = claim.Field == "impersonation" || claim.Field == "scam-links"
	z.officials = r.official
	if !claim.Office && !z.swindle {
		z.officials = r.confirmed
	}
	return z
}

// assemble builds the finding for one claim from its matching clauses, or nil when a required one is missing. The first
// required clause says where the claim stands; the others count only near it.
func (c *Classifier) assemble(r *reading, claim *compiled, matches []*query.Match, refs map[string]ruleRef) *finding {
	lang := vietnamese
	if r.english {
		lang = english
	}
	required := 0
	var focus, all []article.Span
	for _, m := range matches {
		cl := &claim.Clauses[refs[m.ID].clause]
		if cl.Required {
			required++
			if focus == nil {
				focus = m.Spans
			}
		}
		all = append(all, m.Spans...)
	}
	if claim.Broad {
		focus = r.opening(focus)
	}
	if required < claim.required[lang] || len(focus) == 0 {
		return nil
	}
	f := &finding{claim: claim, zone: c.zoneOf(claim, r, focus, all), match: describe(claim)}
	for _, m := range matches {
		cl := &claim.Clauses[refs[m.ID].clause]
		near := f.zone.spansNear(m.Spans)
		if len(near) == 0 {
			if cl.Required {
				return nil
			}
			continue
		}
		f.addPart(cl.Name, cl.Weight)
		for _, s := range near {
			s.Clause = cl.Name
			f.match.Spans = append(f.match.Spans, s)
		}
	}
	return f
}

// opening returns the spans in title, lead and the first sentences: a net is drawn through no more.
func (r *reading) opening(spans []article.Span) []article.Span {
	var kept []article.Span
	for _, s := range spans {
		if r.sentenceAt(fieldIndex(s.Field), s.Start) < r.head+opening {
			kept = append(kept, s)
		}
	}
	return kept
}

// spansNear returns the spans that stand near the claim.
func (z *zone) spansNear(spans []article.Span) []article.Span {
	var near []article.Span
	for _, s := range spans {
		if z.covers(z.r.sentenceAt(fieldIndex(s.Field), s.Start)) {
			near = append(near, s)
		}
	}
	return near
}

func describe(c *compiled) article.ClaimMatch {
	return article.ClaimMatch{
		ID: c.ID, Version: c.Version, Field: c.Field, Severity: c.Severity, Pattern: c.Kind == Pattern, National: c.Scope == National,
		StatementVI: c.Statement.VI, StatementEN: c.Statement.EN, Verdict: c.Verdict, DecidedBy: c.DecidedBy,
	}
}

// summarise sets what the verdict says of the article as a whole.
func summarise(v *article.Verdict) {
	for i := range v.Claims {
		m := &v.Claims[i]
		if m.Rings && (v.Severity == "" || m.Severity.Rank() < v.Severity.Rank()) {
			v.Severity = m.Severity
		}
		v.Rings = v.Rings || m.Rings
	}
	for i := range v.Claims {
		if v.Claims[i].Rings == v.Rings {
			v.Score = max(v.Score, v.Claims[i].Score)
		}
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// threshold returns the points that a claim needs in this language.
func (c *Classifier) threshold(claim *compiled, inEnglish bool) int {
	own := claim.Threshold.VI
	if inEnglish {
		own = claim.Threshold.EN
	}
	return cmp.Or(own, c.cfg.Threshold)
}
