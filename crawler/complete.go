package crawler

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// completed adds what go-trafilatura leaves out between the paragraphs that it takes: headings and lists that stand in the
// same element as most of them. A list must read like prose: others are menus.
func completed(doc *html.Node, text string) string {
	lines := strings.Split(text, "\n")
	taken := make(map[string]bool, len(lines))
	for _, l := range lines {
		if taken[l] {
			return text // a line that comes again has no one place
		}
		taken[l] = true
	}
	home := homeOf(doc, taken)
	if home == nil {
		return text
	}
	inside, added := between(home, taken)
	if added == 0 || added > len(text) {
		return text
	}
	here := make(map[string]bool, len(inside))
	for _, l := range inside {
		here[l] = true
	}
	first := slices.IndexFunc(lines, func(l string) bool { return here[l] })
	var out []string
	for i, l := range lines {
		if i == first {
			out = append(out, inside...)
		}
		if !here[l] {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// between lists what was taken in an element, with the lists that stand right after a paragraph of it or after a heading
// there, and the headings between two paragraphs. added is how many bytes are new.
func between(home *html.Node, taken map[string]bool) (inside []string, added int) {
	heading := ""
	near := false // nothing but a heading stands between here and what was taken last
	seen := map[string]bool{}
	take := func(l string) {
		if heading != "" {
			inside, added = append(inside, heading), added+len(heading)
			heading = ""
		}
		inside = append(inside, l)
		seen[l], near = true, true
	}
	for c := home.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		lines := paragraphs(c)
		if len(lines) == 1 && headings[c.Data] && !taken[oneSpace(lines[0])] {
			if heading = ""; near && linkBytes(c) == 0 && len(lines[0]) < 200 && !junkLine.MatchString(lines[0]) {
				heading = oneSpace(lines[0])
			}
			continue
		}
		list := near && addable[c.Data] && linkBytes(c)*3 < len(nodeText(c))
		near = false
		for _, l := range lines {
			switch l = oneSpace(l); {
			case seen[l]:
			case taken[l]:
				take(l)
			case list && readsAsProse(l):
				take(l)
				added += len(l)
			}
		}
		if !near {
			near = len(lines) == 0 // a picture, an advert that is gone
		}
	}
	return inside, added
}

var headings = map[string]bool{"h2": true, "h3": true, "h4": true}

// addable are the elements whose text may be added.
var addable = map[string]bool{"ul": true, "ol": true}

// readsAsProse knows sentences from labels and headlines.
func readsAsProse(l string) bool {
	return len(l) >= 60 && strings.ContainsAny(l[len(l)-4:], `.!?…”"`) && !looksLikeCode(l) && (len(l) >= 240 || !junkLine.MatchString(l))
}

// holdsBlocks reports whether an element has lines of its own below it.
func holdsBlocks(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && blockTags[c.Data] {
			return true
		}
	}
	return false
}

// homeOf is the element whose children hold two thirds of the text that was taken, or nil.
func homeOf(doc *html.Node, taken map[string]bool) *html.Node {
	held := map[*html.Node]int{}
	all := 0
	var best *html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || !blockTags[n.Data] || n.Parent == nil || holdsBlocks(n) {
			continue
		}
		t := nodeText(n)
		if len(t) < 60 || !taken[t] {
			continue
		}
		all += len(t)
		at := n.Parent
		if n.Data == "li" || at.Data == "blockquote" {
			at = at.Parent
		}
		if at == nil {
			continue
		}
		if held[at] += len(t); best == nil || held[at] > held[best] {
			best = at
		}
	}
	if best == nil || held[best]*3 < all*2 || best.Data == "body" {
		return nil
	}
	return best
}
