package crawler

import (
	"bytes"
	"fmt"
)

const (
	maxFeedDepth      = 256     // gofeed recurses into extension elements: a deep document would end the process
	maxFeedAttributes = 200_000 // over the whole document
	maxTagAttributes  = 500     // of one element
	maxFeedElements   = 100_000 // of a feed: gofeed needs a kilobyte for each
	maxFeedItems      = 5_000   // beyond it only the first ones are taken
)

// scanFeed refuses documents whose shape alone is an attack. It reads bytes, not XML, and never takes a document for
// flatter than an XML parser would. elements is how many it may have.
func scanFeed(s []byte, elements int) error {
	if len(s) > 0 && s[0] == '{' {
		return scanJSON(s)
	}
	scan := xmlScan{rest: s}
	for scan.next() {
		switch {
		case scan.depth > maxFeedDepth:
			return &Error{Reason: ReasonTooDeep, Err: fmt.Errorf("elements nested deeper than %d", maxFeedDepth)}
		case scan.attributes > maxFeedAttributes:
			return &Error{Reason: ReasonTooLarge, Err: fmt.Errorf("more than %d attributes", maxFeedAttributes)}
		case scan.inTag > maxTagAttributes:
			return &Error{Reason: ReasonTooLarge, Err: fmt.Errorf("an element with more than %d attributes", maxTagAttributes)}
		case scan.elements > elements:
			return &Error{Reason: ReasonTooLarge, Err: fmt.Errorf("more than %d elements", elements)}
		}
	}
	return nil
}

// scanJSON counts brackets outside strings.
func scanJSON(s []byte) error {
	depth, inString := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxFeedDepth {
				return &Error{Reason: ReasonTooDeep, Err: fmt.Errorf("values nested deeper than %d", maxFeedDepth)}
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

type xmlScan struct {
	rest       []byte
	depth      int
	attributes int
	inTag      int // attributes of the last element
	elements   int
}

// next moves over one piece of markup.
func (x *xmlScan) next() bool {
	at := bytes.IndexByte(x.rest, '<')
	if at < 0 {
		return false
	}
	x.rest = x.rest[at+1:]
	switch {
	case bytes.HasPrefix(x.rest, []byte("!--")):
		return x.skip("-->", 3)
	case bytes.HasPrefix(x.rest, []byte("![CDATA[")):
		return x.skip("]]>", 8)
	case bytes.HasPrefix(x.rest, []byte("?")):
		return x.skip("?>", 1)
	case bytes.HasPrefix(x.rest, []byte("!")):
		return true // a directive: what looks like an element in it counts, to be safe
	case bytes.HasPrefix(x.rest, []byte("/")):
		x.depth = max(0, x.depth-1)
		return true
	}
	return x.element()
}

func (x *xmlScan) skip(end string, from int) bool {
	at := bytes.Index(x.rest[from:], []byte(end))
	if at < 0 {
		x.rest = nil
		return false
	}
	x.rest = x.rest[from+at+len(end):]
	return true
}

// element reads a start tag up to its end, over quoted values.
func (x *xmlScan) element() bool {
	quote := byte(0)
	x.elements++
	x.inTag = 0
	for i, c := range x.rest {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=':
			x.attributes++
			x.inTag++
		case c == '<': // no tag ends before another begins
			x.depth++
			x.rest = x.rest[i:]
			return true
		case c == '>':
			if i == 0 || x.rest[i-1] != '/' {
				x.depth++
			}
			x.rest = x.rest[i+1:]
			return true
		}
	}
	return false
}
