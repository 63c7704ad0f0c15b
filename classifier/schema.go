package classifier

import (
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"

	"haidang/internal/article"
)

// Schema is the JSON Schema (draft 2020-12) of a file under claims/, for editors: they complete keys and underline what
// the loader would refuse. It is made of the types that the loader fills, so that the two cannot drift apart.
func Schema() ([]byte, error) {
	r := jsonschema.Reflector{FieldNameTag: "yaml", Anonymous: true, RequiredFromJSONSchemaTags: true, DoNotReference: true}
	s := r.Reflect(&claimFile{})
	s.ID, s.Title = "https://haidang.example/schema/claims.json", "A file of claims (configs/claims/*.yaml)"
	if field, ok := s.Properties.Get("field"); ok {
		field.Enum = anys(fields)
	}
	claims, ok := s.Properties.Get("claims")
	if !ok {
		return nil, fmt.Errorf("schema: a claims file has no claims")
	}
	claim := claims.Items
	claim.Required = []string{"id", "version", "kind", "statement", "severity", "examples"}
	for name, values := range map[string][]any{
		"kind":     anys([]Kind{Specific, Pattern}),
		"severity": anys([]article.Severity{article.Critical, article.High, article.Normal, article.Info}),
		"context":  anys([]Context{AboutVietnam, NamedPlace, Anywhere}),
		"scope":    anys([]Scope{Local, National}),
		"official": anys([]Official{Silences, Ignored}),
		"verdict":  anys(verdicts),
	} {
		p, ok := claim.Properties.Get(name)
		if !ok {
			return nil, fmt.Errorf("schema: a claim has no %s", name)
		}
		p.Enum = values
	}
	for name, text := range map[string]string{
		"statement": "As claimed, never its negation.",
		"checkable": "false keeps a claim on file that must never ring.",
		"clauses":   "Required ones must all match; the others add their points when they stand near.",
		"exclude":   "Queries: an article that matches is not about this claim.",
		"examples":  "Texts that the claim is tested with at every load; the first line is the title. A failing one blocks loading.",
		"review_by": "A date: 2027-06-30.",
	} {
		if p, ok := claim.Properties.Get(name); ok {
			p.Description = text
		}
	}
	return json.MarshalIndent(s, "", "  ")
}

func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
