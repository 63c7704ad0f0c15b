package crawler

import (
	"encoding/json"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// linkedData is what a page's JSON-LD says of its article.
type linkedData struct {
	found               bool // an article is described
	listing             bool // a list or a collection is described, and no article
	headline, lead      string
	body                string
	published, modified string
	url                 string
	publisher           string
}

const maxLinkedData = 512 << 10

var trailingComma = regexp.MustCompile(`,\s*([}\]])`)

// readLinkedData reads every JSON-LD script of a page and keeps the article that the page is about.
func readLinkedData(doc *html.Node, pageURL string) linkedData {
	var best linkedData
	listing := false
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "script" || !strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") || n.FirstChild == nil {
			continue
		}
		for _, thing := range thingsIn(parseLinkedData(n.FirstChild.Data), 0) {
			switch kindOf(thing) {
			case "article":
				found := articleOf(thing)
				if !best.found || pageURL != "" && found.url == pageURL && best.url != pageURL || found.published != "" && best.published == "" {
					best = found
				}
			case "listing":
				listing = true
			}
		}
	}
	best.listing = listing && !best.found
	return best
}

// parseLinkedData forgives what browsers' consoles complain of: comments, line breaks in strings, trailing commas.
func parseLinkedData(source string) any {
	if len(source) > maxLinkedData || scanJSON([]byte(source)) != nil {
		return nil
	}
	source = strings.TrimSpace(source)
	source = strings.TrimSuffix(strings.TrimPrefix(source, "<!--"), "-->")
	source = strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(source), "//<![CDATA[")), "//]]>")
	var v any
	if json.Unmarshal([]byte(source), &v) == nil {
		return v
	}
	source = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, source)
	source = trailingComma.ReplaceAllString(strings.TrimSuffix(strings.TrimSpace(source), ";"), "$1")
	if json.Unmarshal([]byte(source), &v) == nil {
		return v
	}
	return nil
}

// thingsIn flattens arrays, graphs and main entities.
func thingsIn(v any, depth int) []map[string]any {
	if depth > 6 {
		return nil
	}
	switch v := v.(type) {
	case []any:
		var out []map[string]any
		for _, e := range v {
			out = append(out, thingsIn(e, depth+1)...)
		}
		return out
	case map[string]any:
		out := []map[string]any{v}
		for _, key := range []string{"@graph", "mainEntity"} {
			if inner, ok := v[key]; ok {
				out = append(out, thingsIn(inner, depth+1)...)
			}
		}
		return out
	}
	return nil
}

// kindOf sorts the types of schema.org into article, listing and "" for the rest.
func kindOf(thing map[string]any) string {
	var types []string
	switch t := thing["@type"].(type) {
	case string:
		types = []string{t}
	case []any:
		for _, e := range t {
			if s, ok := e.(string); ok {
				types = append(types, s)
			}
		}
	}
	kind := ""
	for _, t := range types {
		t = t[strings.LastIndexAny(t, "/:#")+1:]
		switch {
		case strings.HasSuffix(t, "Article"), strings.HasSuffix(t, "BlogPosting"), t == "Report", t == "LiveBlogPosting", t == "ReportageNewsArticle":
			return "article"
		case t == "ItemList", t == "CollectionPage", t == "SearchResultsPage":
			kind = "listing"
		}
	}
	return kind
}

func articleOf(thing map[string]any) linkedData {
	return linkedData{
		found:     true,
		headline:  textOf(firstKey(thing, "headline", "name")),
		lead:      plainLine(textOf(thing["description"])),
		body:      linkedBody(textOf(thing["articleBody"])),
		published: textOf(firstKey(thing, "datePublished", "dateCreated", "uploadDate")),
		modified:  textOf(thing["dateModified"]),
		url:       textOf(firstKey(thing, "url", "mainEntityOfPage", "@id")),
		publisher: plainLine(textOf(thing["publisher"])),
	}
}

// linkedBody is the text of the articleBody, whose line breaks mean paragraphs when there is no markup.
func linkedBody(s string) string {
	if strings.Contains(s, "</") || strings.Contains(s, "<br") {
		return plainText(s)
	}
	return tidyLines(html.UnescapeString(s), true)
}

func firstKey(thing map[string]any, keys ...string) any {
	for _, k := range keys {
		if v, ok := thing[k]; ok && textOf(v) != "" {
			return v
		}
	}
	return nil
}

// textOf finds the text in the shapes that a value of JSON-LD can have.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		for _, e := range v {
			if s := textOf(e); s != "" {
				return s
			}
		}
	case map[string]any:
		for _, key := range []string{"@value", "name", "@id", "url"} {
			if s, ok := v[key].(string); ok && s != "" {
				return strings.TrimSpace(s)
			}
		}
	}
	return ""
}
