package alerting

import (
	"fmt"
	"slices"
	"strings"

	"haidang/internal/article"
)

// Match says which stories a route, a silence or an inhibition is for. Each list that is given must hold one of the
// story's values; an empty match is for every story.
type Match struct {
	Severity []article.Severity `yaml:"severity" json:"severity,omitempty"`
	Field    []string           `yaml:"field" json:"field,omitempty"`
	Topic    []string           `yaml:"topic" json:"topic,omitempty"`
	Place    []string           `yaml:"place" json:"place,omitempty"`
	Language []string           `yaml:"language" json:"language,omitempty"`
	Tier     []int              `yaml:"tier" json:"tier,omitempty"` // of the outlet; 1 is national
	Claim    []string           `yaml:"claim" json:"claim,omitempty"`
	Outlet   []string           `yaml:"outlet" json:"outlet,omitempty"` // by name, as the desk shows it
}

// Facts are what a match looks at: of a story, and of the article that made it ring.
type Facts struct {
	Severity  article.Severity
	Field     string
	Topics    []string
	Places    []string
	Languages []string
	Tier      int
	Claim     string
	Outlet    string
}

// factsOf gathers the facts of a story and of an article of it.
func factsOf(s *Story, a *Alert) Facts {
	f := Facts{Severity: s.Severity, Field: s.Field, Places: s.Places, Languages: s.Languages, Claim: s.ClaimID, Outlet: s.FirstOutlet}
	if a != nil {
		if a.Outlet != "" {
			f.Outlet = a.Outlet
		}
		f.Topics, f.Tier = a.Topics, a.Tier
		if a.Language != "" && !slices.Contains(f.Languages, a.Language) {
			f.Languages = append(slices.Clone(f.Languages), a.Language)
		}
	}
	return f
}

// empty reports whether a match is for every story.
func (m Match) empty() bool { return m.String() == "" }

// holds reports whether a match is for these facts, and otherwise which of its lists is not.
func (m Match) holds(f Facts) (ok bool, missing string) {
	for _, part := range []struct {
		name string
		ok   bool
	}{
		{"severity", len(m.Severity) == 0 || slices.Contains(m.Severity, f.Severity)},
		{"field", one(m.Field, f.Field)},
		{"topic", one(m.Topic, f.Topics...)},
		{"place", one(m.Place, f.Places...)},
		{"language", one(m.Language, f.Languages...)},
		{"tier", len(m.Tier) == 0 || slices.Contains(m.Tier, f.Tier)},
		{"claim", one(m.Claim, f.Claim)},
		{"outlet", one(m.Outlet, f.Outlet)},
	} {
		if !part.ok {
			return false, part.name
		}
	}
	return true, ""
}

// one reports whether a list is empty or holds one of the values.
func one(list []string, values ...string) bool {
	return len(list) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(list, v) })
}

// String writes a match as a person reads it: "severity=critical,high field=health".
func (m Match) String() string {
	var out []string
	add := func(name string, values []string) {
		if len(values) > 0 {
			out = append(out, name+"="+strings.Join(values, ","))
		}
	}
	severities := make([]string, len(m.Severity))
	for i, s := range m.Severity {
		severities[i] = string(s)
	}
	tiers := make([]string, len(m.Tier))
	for i, t := range m.Tier {
		tiers[i] = fmt.Sprint(t)
	}
	add("severity", severities)
	add("field", m.Field)
	add("topic", m.Topic)
	add("place", m.Place)
	add("language", m.Language)
	add("tier", tiers)
	add("claim", m.Claim)
	add("outlet", m.Outlet)
	return strings.Join(out, " ")
}

// ParseMatch reads what [Match.String] writes.
func ParseMatch(words []string) (Match, error) {
	var m Match
	for _, w := range words {
		name, list, ok := strings.Cut(w, "=")
		values := strings.Split(list, ",")
		if !ok || list == "" || slices.Contains(values, "") {
			return m, fmt.Errorf("%q is not a matcher; write severity=critical,high or field=health", w)
		}
		switch name {
		case "severity":
			for _, v := range values {
				m.Severity = append(m.Severity, article.Severity(v))
			}
		case "field":
			m.Field = append(m.Field, values...)
		case "topic":
			m.Topic = append(m.Topic, values...)
		case "place":
			m.Place = append(m.Place, values...)
		case "language":
			m.Language = append(m.Language, values...)
		case "claim":
			m.Claim = append(m.Claim, values...)
		case "outlet":
			m.Outlet = append(m.Outlet, values...)
		case "tier":
			for _, v := range values {
				var n int
				if _, err := fmt.Sscanf(v, "%d", &n); err != nil {
					return m, fmt.Errorf("tier %q is not a number", v)
				}
				m.Tier = append(m.Tier, n)
			}
		default:
			return m, fmt.Errorf("%q is not known; write severity, field, topic, place, language, tier, claim or outlet", name)
		}
	}
	return m, m.validate("matcher")
}

func (m Match) validate(at string) error {
	for _, s := range m.Severity {
		if s.Rank() > article.Info.Rank() {
			return fmt.Errorf("%s: severity %q is not known; write critical, high, normal or info", at, s)
		}
	}
	for _, t := range m.Tier {
		if t < 0 || t > 3 {
			return fmt.Errorf("%s: tier %d is not between 0 and 3", at, t)
		}
	}
	return nil
}
