package classifier

import (
	"fmt"
	"strings"

	"haidang/internal/article"
)

// exampleArticle reads an example: the first line is the title, the rest the text.
func exampleArticle(s string) *article.Article {
	title, body, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return &article.Article{Title: strings.TrimSpace(title), Text: strings.TrimSpace(body)}
}

// checkExamples runs every claim's examples through the classifier itself.
func (b *builder) checkExamples() {
	for i := range b.c.claims {
		claim := &b.c.claims[i]
		if claim.Net && b.c.telling.Empty() {
			continue // rules without telling.txt have no nets
		}
		for _, group := range exampleGroups(claim) {
			for n, s := range group.texts {
				m, found := b.c.matchOf(claim.ID, exampleArticle(s))
				if why := group.wrong(m, found); why != "" {
					title, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
					b.fail(claim.File, claim.ID, fmt.Errorf("claim %s: examples.%s[%d] %q %s", claim.ID, group.name, n, title, why))
				}
			}
		}
	}
}

// exampleGroup is the examples of one kind, and what must be true of them.
type exampleGroup struct {
	name  string
	texts []string
	wrong func(article.ClaimMatch, bool) string
}

func exampleGroups(claim *Claim) []exampleGroup {
	return []exampleGroup{
		{"match", claim.Examples.Match, mustRing},
		{"no_match", claim.Examples.NoMatch, mustNotRing},
		{"denies", claim.Examples.Denies, mustAnswer},
	}
}

func (c *Classifier) matchOf(id string, a *article.Article) (article.ClaimMatch, bool) {
	for _, m := range c.Classify(a).Claims {
		if m.ID == id {
			return m, true
		}
	}
	return article.ClaimMatch{}, false
}

// mustRing takes a claim that another one covers for ringing: which of the two is told is not the example's matter.
func mustRing(m article.ClaimMatch, found bool) string {
	switch {
	case m.Silent == string(ReasonCovered):
		return ""
	case !found:
		return "should ring, but not all required clauses match near each other"
	case !m.Rings:
		return fmt.Sprintf("should ring, but is silent (%s), stance %s, score %d from %v", m.Silent, m.Stance, m.Score, m.Parts)
	}
	return ""
}

func mustNotRing(m article.ClaimMatch, _ bool) string {
	if m.Rings {
		return fmt.Sprintf("must not ring, but does: stance %s, score %d from %v", m.Stance, m.Score, m.Parts)
	}
	return ""
}

func mustAnswer(m article.ClaimMatch, found bool) string {
	switch {
	case !found:
		return "should be recognised as an answer, but not all required clauses match near each other"
	case !m.Stance.Answers():
		return fmt.Sprintf("should be read as an answer, but its stance is %s", m.Stance)
	}
	return ""
}
