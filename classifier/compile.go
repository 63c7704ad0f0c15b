package classifier

import (
	"fmt"
	"regexp"
	"strings"

	"haidang/internal/query"
)

// ruleRef says what a compiled query belongs to.
type ruleRef struct {
	claim   int // index into Classifier.compiled, with clause or exclude
	clause  int
	exclude bool
	topic   string
}

type queryRule struct {
	ref  ruleRef
	rule query.Rule
}

// compiled is a claim with what Classify needs of it.
type compiled struct {
	*Claim
	required [2]int // how many required clauses have a query, per language
}

func (c *compiled) context() Context {
	if c.Context == "" {
		return AboutVietnam
	}
	return c.Context
}

func (c *compiled) official() Official {
	switch {
	case c.Official != "":
		return c.Official
	case c.Kind == Specific:
		return Ignored
	}
	return Silences
}

// ruleSet is the compiled queries of one language.
type ruleSet struct {
	set     *query.Set
	refs    map[string]ruleRef
	queries map[string]*query.Query // by the same IDs, for those who ask why
}

// languages are the positions of the rule sets.
const (
	vietnamese = iota
	english
)

func (b *builder) compileClaims() {
	for i := range b.c.claims {
		claim := &b.c.claims[i]
		b.c.compiled = append(b.c.compiled, compiled{Claim: claim})
		for j, cl := range claim.Clauses {
			where := fmt.Sprintf("claim %s, clause %s", claim.ID, cl.Name)
			added := b.addQuery(ruleRef{claim: i, clause: j}, claim.File, where, Bilingual{cl.VI, cl.EN})
			for lang, ok := range added {
				if ok && cl.Required {
					b.c.compiled[i].required[lang]++
				}
			}
		}
		if claim.Exclude.VI+claim.Exclude.EN != "" {
			b.addQuery(ruleRef{claim: i, exclude: true}, claim.File, "claim "+claim.ID+", exclude", claim.Exclude)
		}
	}
}

// addQuery parses a query of each language and reports which were there.
func (b *builder) addQuery(ref ruleRef, file, where string, src Bilingual) (added [2]bool) {
	id := ref.topic
	if id == "" {
		id = b.c.claims[ref.claim].ID
	}
	for lang, s := range []string{src.VI, src.EN} {
		if strings.TrimSpace(s) == "" {
			continue
		}
		name := [2]string{"vi", "en"}[lang]
		full, err := b.expand(s, lang)
		if err != nil {
			b.fail(file, id, fmt.Errorf("%s, %s: %w", where, name, err))
			continue
		}
		q, err := query.Parse(full)
		if err != nil {
			b.fail(file, id, fmt.Errorf("%s, %s: %w", where, name, err))
			continue
		}
		ruleID := fmt.Sprintf("%04d", len(b.rules[lang]))
		b.rules[lang] = append(b.rules[lang], queryRule{ref, query.Rule{ID: ruleID, Query: q}})
		added[lang] = true
	}
	return added
}

var listName = regexp.MustCompile(`@([a-z_]+)`)

// expand puts the named lists in the place of their names.
func (b *builder) expand(src string, lang int) (string, error) {
	var missing error
	out := listName.ReplaceAllStringFunc(src, func(name string) string {
		list, ok := b.lists[name[1:]]
		if !ok {
			missing = fmt.Errorf("there is no list %s; lists stand in claims/lists.yaml", name)
		}
		return []string{list.VI, list.EN}[lang]
	})
	return out, missing
}

func (b *builder) compileSets() {
	for lang, rules := range b.rules {
		refs := make(map[string]ruleRef, len(rules))
		plain := make([]query.Rule, len(rules))
		queries := make(map[string]*query.Query, len(rules))
		for i, r := range rules {
			refs[r.rule.ID], plain[i], queries[r.rule.ID] = r.ref, r.rule, r.rule.Query
		}
		set, err := query.Compile(plain)
		if err != nil {
			b.errs = append(b.errs, err)
			continue
		}
		b.c.sets[lang] = ruleSet{set, refs, queries}
	}
}
