package crawler

import (
	"strings"

	"golang.org/x/net/html"
)

// attr returns the value of an attribute, or "".
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// nodeText is the text of a node on one line, without what no reader sees.
func nodeText(n *html.Node) string {
	var out strings.Builder
	writeText(&out, n)
	return strings.Join(strings.Fields(tidyLines(out.String(), false)), " ")
}

func writeText(out *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		out.WriteString(n.Data)
	case n.Type == html.ElementNode && silentTags[n.Data]:
		return
	}
	block := n.Type == html.ElementNode && blockTags[n.Data]
	if block {
		out.WriteByte(' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeText(out, c)
	}
	if block {
		out.WriteByte(' ')
	}
}

// paragraphs writes the text under a node, one block a line.
func paragraphs(n *html.Node) []string {
	var out strings.Builder
	writeBlocks(&out, n)
	text := tidyLines(out.String(), true)
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func writeBlocks(out *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		out.WriteString(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' {
				return ' '
			}
			return r
		}, n.Data))
	case n.Type == html.ElementNode && silentTags[n.Data]:
		return
	}
	block := n.Type == html.ElementNode && blockTags[n.Data]
	if block {
		out.WriteByte('\n')
	} else if n.Data == "td" || n.Data == "th" {
		out.WriteByte(' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeBlocks(out, c)
	}
	if block {
		out.WriteByte('\n')
	}
}

// first returns the first element below n that fits, or nil.
func first(n *html.Node, fits func(*html.Node) bool) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && fits(c) {
			return c
		}
	}
	return nil
}

func byTag(tag string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == tag }
}

// removeAll takes every element that fits, with all below it, out of the tree.
func removeAll(root *html.Node, fits func(*html.Node) bool) {
	for c := root.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.CommentNode || c.Type == html.ElementNode && fits(c) {
			root.RemoveChild(c)
		} else {
			removeAll(c, fits)
		}
		c = next
	}
}
