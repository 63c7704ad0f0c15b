package claims

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"haidang/classifier"
)

// Bounds of an import: nobody's list of reviews is longer.
const (
	maxImport  = 16 << 20
	maxReviews = 20_000
	maxText    = 2000
	maxNesting = 8
)

// Review is one ClaimReview of another fact-checker.
type Review struct {
	Identifier string `json:"identifier,omitempty"` // the claim's ID, in our own exports
	Claimed    string `json:"claimed"`
	Verdict    string `json:"verdict"` // as far as we have one for its rating; else undetermined
	Rating     string `json:"rating"`  // as the checker says it
	Author     string `json:"author"`
	URL        string `json:"url"`
	Date       string `json:"date,omitempty"`
}

// ratings are the words for our verdicts, in exports and, with what other checkers write, in imports.
var ratings = []struct {
	verdict string
	value   int // of 5; 0: none
	words   []string
}{
	{"out_of_context", 2, []string{"out of context", "missing context", "sai ngữ cảnh"}},
	{"misleading", 2, []string{"misleading", "mostly false", "half true", "sai lệch", "gây hiểu nhầm"}},
	{"false", 1, []string{"false", "fake", "pants on fire", "tin giả", "sai sự thật", "sai"}},
	{"true", 5, []string{"true", "correct", "accurate", "đúng", "tin thật"}},
}

// thing is a value of JSON-LD, which may be an object, a text or a list of them.
type thing map[string]any

// Export writes reviews of the claims on which somebody has decided, as one JSON-LD document. site is the address under
// which the claims' pages are known, org the publisher.
func Export(w io.Writer, list []classifier.Claim, current map[string]Decision, site, org string) (int, error) {
	graph := []thing{}
	for _, c := range list {
		d := current[c.ID]
		for _, r := range ratings {
			if r.verdict == d.Verdict {
				graph = append(graph, reviewOf(c, d, r.value, r.words[0], site, org))
			}
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(true) // it may be put into a page
	enc.SetIndent("", "  ")
	if err := enc.Encode(thing{"@context": "https://schema.org", "@graph": graph}); err != nil {
		return 0, fmt.Errorf("write reviews: %w", err)
	}
	return len(graph), nil
}

func reviewOf(c classifier.Claim, d Decision, value int, word, site, org string) thing {
	sources := []string{}
	for _, e := range d.Evidence {
		if a := Address(e.URL); a != "" {
			sources = append(sources, a)
		}
	}
	r := thing{
		"@type": "ClaimReview", "identifier": c.ID, "claimReviewed": c.Statement.VI, "inLanguage": "vi",
		"author":       thing{"@type": "Organization", "name": org},
		"itemReviewed": thing{"@type": "Claim", "name": c.Statement.EN},
		"reviewRating": thing{"@type": "Rating", "ratingValue": value, "bestRating": 5, "worstRating": 1, "alternateName": word},
		"citation":     sources,
	}
	if site != "" {
		r["url"] = strings.TrimRight(site, "/") + "/claims/" + url.PathEscape(c.ID)
	}
	if !d.At.IsZero() {
		r["datePublished"] = d.At.Format("2006-01-02")
	}
	return r
}

// Import reads ClaimReviews from JSON-LD: one, a list, a @graph, or a DataFeed of them. What is no ClaimReview is passed
// over. Nothing in it is trusted: size and depth are bounded, texts lose control characters, addresses are http or https.
func Import(r io.Reader) ([]Review, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("read reviews: %w", err)
	}
	if len(b) > maxImport {
		return nil, fmt.Errorf("read reviews: over %d MB; import it in parts", maxImport>>20)
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("read reviews: not JSON-LD: %w", err)
	}
	out := gather(nil, doc, 0)
	if len(out) > maxReviews {
		return nil, fmt.Errorf("read reviews: more than %d; import them in parts", maxReviews)
	}
	return out, nil
}

func gather(out []Review, v any, depth int) []Review {
	if depth > maxNesting || len(out) > maxReviews {
		return out
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = gather(out, e, depth+1)
		}
	case map[string]any:
		if isReview(v["@type"]) {
			if r := readReview(v); r.Claimed != "" && r.URL != "" {
				out = append(out, r)
			}
			return out
		}
		for _, key := range []string{"@graph", "dataFeedElement", "item", "itemListElement"} {
			out = gather(out, v[key], depth+1)
		}
	}
	return out
}

func isReview(v any) bool {
	switch v := v.(type) {
	case string:
		return v == "ClaimReview" || strings.HasSuffix(v, "schema.org/ClaimReview")
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok && isReview(s) {
				return true
			}
		}
	}
	return false
}

func readReview(v map[string]any) Review {
	r := Review{
		Identifier: words(v["identifier"], 0), Claimed: words(v["claimReviewed"], 0), Author: words(v["author"], 0),
		URL: Address(words(v["url"], 0)), Date: words(v["datePublished"], 0), Verdict: "undetermined",
	}
	if r.URL == "" {
		r.URL = Address(words(v["citation"], 0))
	}
	if rating, ok := v["reviewRating"].(map[string]any); ok {
		if r.Rating = words(rating["alternateName"], 0); r.Rating == "" {
			r.Rating = words(rating["name"], 0)
		}
	}
	r.Verdict = verdictOf(r.Rating)
	return r
}

// verdictOf is our verdict for a checker's words. Only what they say in full counts: "not false" is nobody's "false".
func verdictOf(rating string) string {
	rating = strings.ToLower(strings.Trim(rating, " .!"))
	for _, r := range ratings {
		if slices.Contains(r.words, rating) {
			return r.verdict
		}
	}
	return "undetermined"
}

// words is the text of a value: itself, the name of an object, or the first of a list.
func words(v any, depth int) string {
	if depth > maxNesting {
		return ""
	}
	switch v := v.(type) {
	case string:
		if len(v) > maxText {
			v = strings.ToValidUTF8(v[:maxText], "")
		}
		return plain(v)
	case map[string]any:
		return words(v["name"], depth+1)
	case []any:
		if len(v) > 0 {
			return words(v[0], depth+1)
		}
	}
	return ""
}

// Decision is what the person who takes a review over decides.
func (r Review) Decision(claimID, by string) Decision {
	effect := "refutes"
	if r.Verdict == "true" {
		effect = "supports"
	}
	return Decision{
		ClaimID: claimID, Verdict: r.Verdict, By: by, Note: strings.TrimSpace("ClaimReview: " + r.Author + ": " + r.Rating),
		Evidence: []classifier.Evidence{{URL: r.URL, Date: r.Date, Effect: effect, Quote: r.Rating}},
		Digest:   digest("review", r.URL, r.Claimed, r.Rating, r.Author),
	}
}

// Find returns the claim that a review is about: by our own identifier, or by the very statement; "" for none.
func (r Review) Find(list []classifier.Claim) string {
	for _, c := range list {
		if r.Identifier == c.ID || strings.EqualFold(r.Claimed, c.Statement.VI) || strings.EqualFold(r.Claimed, c.Statement.EN) {
			return c.ID
		}
	}
	return ""
}
