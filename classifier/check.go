package classifier

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"haidang/internal/article"
)

var claimID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)

// verdicts a claim's record may hold.
var verdicts = []string{"undetermined", "in_progress", "false", "misleading", "out_of_context", "true", "not_checkable"}

// problems returns everything that is wrong with a claim's entry, apart from its queries and examples.
func (c *Claim) problems() []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !claimID.MatchString(c.ID) {
		bad("id: %q; write lower-case words joined by hyphens, such as disaster-dam-burst", c.ID)
	}
	if c.Version < 1 {
		bad("version: %d is below 1", c.Version)
	}
	if c.Kind != Specific && c.Kind != Pattern {
		bad("kind: %q; write specific or pattern", c.Kind)
	}
	if strings.TrimSpace(c.Statement.VI) == "" || strings.TrimSpace(c.Statement.EN) == "" {
		bad("statement: it needs both vi and en")
	}
	if c.Severity.Rank() > article.Info.Rank() {
		bad("severity: %q; write critical, high, normal or info", c.Severity)
	}
	if !slices.Contains([]Context{"", AboutVietnam, NamedPlace, Anywhere}, c.Context) {
		bad("context: %q; write vietnam, place or none", c.Context)
	}
	if !slices.Contains([]Scope{"", Local, National}, c.Scope) {
		bad("scope: %q; write local or national", c.Scope)
	}
	if !slices.Contains([]Official{"", Silences, Ignored}, c.Official) {
		bad("official: %q; write silences or ignored", c.Official)
	}
	if !slices.Contains(verdicts, c.Verdict) {
		bad("verdict: %q; write one of %s", c.Verdict, strings.Join(verdicts, ", "))
	}
	if c.Verdict != "undetermined" && c.Verdict != "in_progress" && (c.DecidedBy == "" || len(c.Evidence) == 0) {
		bad("verdict: %q needs decided_by and evidence", c.Verdict)
	}
	if c.Owner == "" {
		bad("owner: it is empty")
	}
	if _, err := time.Parse(time.DateOnly, c.ReviewBy); err != nil {
		bad("review_by: %q is not a date; write 2027-06-30", c.ReviewBy)
	}
	return append(errs, c.partProblems()...)
}

func (c *Claim) partProblems() []error {
	var errs []error
	required := 0
	seen := map[string]bool{}
	for i, cl := range c.Clauses {
		if cl.Name == "" || seen[cl.Name] {
			errs = append(errs, fmt.Errorf("clauses[%d].name: %q is empty or stands twice", i, cl.Name))
		}
		seen[cl.Name] = true
		if cl.Weight < 0 || cl.Weight > 100 {
			errs = append(errs, fmt.Errorf("clauses[%d].weight: %d is not between 0 and 100", i, cl.Weight))
		}
		if cl.Required {
			required++
		}
	}
	if required == 0 && !c.Net {
		errs = append(errs, fmt.Errorf("clauses: at least one must be required"))
	}
	for i, e := range c.Evidence {
		if e.URL == "" || e.Effect != "supports" && e.Effect != "refutes" {
			errs = append(errs, fmt.Errorf("evidence[%d]: it needs a url and effect supports or refutes", i))
		}
	}
	for i, f := range c.Figures {
		if f.What == "" || f.Asserted == "" || f.Official != "" && f.Source == "" {
			errs = append(errs, fmt.Errorf("figures[%d]: it needs what and asserted, and a source for official", i))
		}
	}
	if len(c.Examples.Match) == 0 || len(c.Examples.NoMatch) == 0 || len(c.Examples.Denies) == 0 && !c.Net {
		errs = append(errs, fmt.Errorf("examples: match, no_match and denies each need at least one text"))
	}
	if c.Net && len(c.Clauses) > 0 {
		errs = append(errs, fmt.Errorf("clauses: a net has none; how the article is told is all that it looks at"))
	}
	return errs
}

// Verdicts are those that a claim's record may hold.
func Verdicts() []string { return slices.Clone(verdicts) }
