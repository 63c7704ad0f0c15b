package crawler

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
)

// bodyElements carry the whole text in some RSS feeds, as markup; gofeed knows only content:encoded.
var bodyElements = regexp.MustCompile(`(?is)<((?:[a-z]+:)?body|fullitem)(?:\s[^>]*)?>(.*?)</(?:(?:[a-z]+:)?body|fullitem)\s*>`)

var (
	cdataStart = []byte("<![CDATA[")
	cdataEnd   = []byte("]]>")
)

// liftBodies turns xhtml:body and fullitem elements of an RSS document into content:encoded.
func liftBodies(doc []byte) []byte {
	if !bytes.Contains(doc, []byte("body")) && !bytes.Contains(doc, []byte("fullitem")) || bytes.HasPrefix(doc, []byte("{")) {
		return doc
	}
	if head := doc[:min(len(doc), 2048)]; !bytes.Contains(head, []byte("<rss")) && !bytes.Contains(head, []byte("<rdf:RDF")) {
		return doc
	}
	return bodyElements.ReplaceAllFunc(doc, func(m []byte) []byte {
		inner := bodyElements.FindSubmatch(m)[2]
		if bytes.Contains(m, cdataStart) || bytes.Contains(m, cdataEnd) || !bytes.Contains(inner, []byte("<")) {
			// Already text, escaped once: keep it as it is under the known name.
			return append(append([]byte("<content:encoded>"), inner...), "</content:encoded>"...)
		}
		out := append([]byte("<content:encoded>"), cdataStart...)
		return append(append(append(out, inner...), cdataEnd...), "</content:encoded>"...)
	})
}

// rootWithin is how many bytes of a document its first element is looked for in.
const rootWithin = 8 << 10

var prefixedFeed = regexp.MustCompile(`^(?:\s*<!--(?s:.*?)-->|\s*<!DOCTYPE[^>]*>)*\s*<([A-Za-z][\w.-]{0,20}):feed[\s>]`)

var feedNamespace = regexp.MustCompile(`^((?:\s*<!--(?s:.*?)-->|\s*<!DOCTYPE[^>]*>)*\s*<feed\s(?:[^>]*\s)?xmlns\s*=\s*)(?:"([^">]*)"|'([^'>]*)')`)

// atomNamespace puts the namespace of Atom on a feed that has another, such as those of its drafts: gofeed takes its elements
// for an extension.
func atomNamespace(doc []byte) []byte {
	m := feedNamespace.FindSubmatchIndex(doc[:min(len(doc), rootWithin)])
	if m == nil || bytes.Contains(doc[m[3]:m[1]], []byte("w3.org/2005/Atom")) || bytes.Contains(doc[m[3]:m[1]], []byte("purl.org/atom/ns")) {
		return doc
	}
	return slices.Concat(doc[:m[3]], []byte(`"http://www.w3.org/2005/Atom"`), doc[m[1]:])
}

// unprefixed takes the namespace's prefix off the elements of an Atom feed that writes it: gofeed knows <feed> and not
// <atom:feed>.
func unprefixed(doc []byte) []byte {
	m := prefixedFeed.FindSubmatch(doc[:min(len(doc), rootWithin)])
	if m == nil {
		return doc
	}
	prefix := string(m[1]) + ":"
	doc = bytes.ReplaceAll(doc, []byte("</"+prefix), []byte("</"))
	return bytes.ReplaceAll(doc, []byte("<"+prefix), []byte("<"))
}

var base64Text = regexp.MustCompile(`^[A-Za-z0-9+/\s]{16,}={0,2}\s*$`)

// unpack64 decodes content that Atom 0.3 feeds carry in base64. Text that only looks like base64 does not decode to
// text with markup in it.
func unpack64(s string) string {
	if len(s) < 16 || strings.Contains(strings.TrimSpace(s), " ") || !base64Text.MatchString(s) {
		return s
	}
	out, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil || !utf8.Valid(out) || !bytes.Contains(out, []byte("<")) {
		return s
	}
	return string(out)
}

// extension returns the first value of prefix:name, also below one group element (media:group).
func extension(it *gofeed.Item, prefix string, names ...string) string {
	for _, name := range names {
		for _, e := range it.Extensions[prefix][name] {
			if strings.TrimSpace(e.Value) != "" {
				return e.Value
			}
		}
		for _, group := range it.Extensions[prefix]["group"] {
			for _, e := range group.Children[name] {
				if strings.TrimSpace(e.Value) != "" {
					return e.Value
				}
			}
		}
	}
	return ""
}
