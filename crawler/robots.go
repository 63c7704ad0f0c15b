package crawler

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// robotsLimit is what RFC 9309 asks a crawler to read at least; the rest of a longer file is not read.
const robotsLimit = 500 << 10

// robotsRules are the groups of one robots.txt.
type robotsRules struct {
	groups   map[string]*robotsGroup // by lower-case product token; "*" is everybody else
	sitemaps []string                // as written
}

type robotsGroup struct {
	rules []robotsRule
	delay time.Duration
}

type robotsRule struct {
	allow    bool
	segments []string // the pattern, cut at its asterisks
	anchored bool     // ended with $
	length   int      // octets of the pattern: the longest match wins
}

// parseRobots reads a robots.txt as RFC 9309 says. It never fails: what it does not understand it leaves out.
func parseRobots(data []byte) *robotsRules {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	rules := &robotsRules{groups: map[string]*robotsGroup{}}
	var current []*robotsGroup
	inRules := true // a user-agent line after rules opens a new group
	for line := range strings.FieldsFuncSeq(string(data), func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value, ok := robotsLine(line)
		if !ok {
			continue
		}
		switch key {
		case "user-agent":
			if inRules {
				current, inRules = nil, false
			}
			if token := productToken(value); token != "" {
				current = append(current, rules.group(token))
			}
		case "sitemap":
			if len(rules.sitemaps) < maxRobotsMap && len(value) < 2048 {
				rules.sitemaps = append(rules.sitemaps, value)
			}
		case "allow", "disallow":
			inRules = true
			addRule(current, key == "allow", value)
		case "crawl-delay":
			inRules = true
			addDelay(current, value)
		}
	}
	return rules
}

func (r *robotsRules) group(token string) *robotsGroup {
	g, ok := r.groups[token]
	if !ok {
		g = &robotsGroup{}
		r.groups[token] = g
	}
	return g
}

func robotsLine(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	key, value, ok = strings.Cut(line, ":")
	if !ok { // a forgotten colon, which the big crawlers forgive
		key, value, ok = strings.Cut(strings.TrimSpace(line), " ")
	}
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), ok
}

// productToken cuts "HaiDang/1.0 (x)" down to "haidang".
func productToken(value string) string {
	if value == "*" || strings.HasPrefix(value, "* ") {
		return "*"
	}
	end := strings.IndexFunc(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
	if end >= 0 {
		value = value[:end]
	}
	return strings.ToLower(value)
}

func addRule(groups []*robotsGroup, allow bool, value string) {
	if value == "" || len(value) > 2048 {
		return // an empty rule says nothing
	}
	pattern, anchored := value, false
	if before, ok := strings.CutSuffix(pattern, "$"); ok {
		pattern, anchored = before, true
	}
	rule := robotsRule{allow: allow, anchored: anchored}
	for i, segment := range strings.Split(pattern, "*") {
		normal := normalPath(segment)
		if i > 0 && i < strings.Count(pattern, "*") && normal == "" {
			continue // "**" is "*"
		}
		rule.segments = append(rule.segments, normal)
		rule.length += len(normal)
	}
	rule.length += strings.Count(value, "*") + len(value) - len(pattern)
	for _, g := range groups {
		g.rules = append(g.rules, rule)
	}
}

func addDelay(groups []*robotsGroup, value string) {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds > 0) {
		return
	}
	for _, g := range groups {
		g.delay = time.Duration(min(seconds, maxCrawlDelay.Seconds()) * float64(time.Second))
	}
}

// agentGroup returns the group for a product token, or that for everybody, or nil.
func (r *robotsRules) agentGroup(token string) *robotsGroup {
	if g, ok := r.groups[strings.ToLower(token)]; ok {
		return g
	}
	return r.groups["*"]
}

// allowed reports whether the product token may ask for the path and query of u.
func (r *robotsRules) allowed(token string, u *url.URL) bool {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if path == "/robots.txt" {
		return true
	}
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	g := r.agentGroup(token)
	if g == nil {
		return true
	}
	path = normalPath(strings.ReplaceAll(strings.ReplaceAll(path, "*", "%2A"), "$", "%24"))
	best, allow := -1, true
	for _, rule := range g.rules {
		if (rule.length > best || rule.length == best && rule.allow) && rule.matches(path) {
			best, allow = rule.length, rule.allow
		}
	}
	return allow
}

// matches is greedy and linear: each segment is looked for after the one before it.
func (r robotsRule) matches(path string) bool {
	rest, ok := strings.CutPrefix(path, r.segments[0])
	if !ok {
		return false
	}
	last := len(r.segments) - 1
	for i := 1; i <= last; i++ {
		if i == last && r.anchored {
			return strings.HasSuffix(rest, r.segments[i])
		}
		at := strings.Index(rest, r.segments[i])
		if at < 0 {
			return false
		}
		rest = rest[at+len(r.segments[i]):]
	}
	return !r.anchored || rest == ""
}

// normalPath gives equal paths one spelling: reserved and non-ASCII octets escaped in capitals, unreserved ones plain.
func normalPath(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c, i = byte(v), i+2
				if unreserved(c) {
					out.WriteByte(c)
				} else {
					escapeByte(&out, c)
				}
				continue
			}
		}
		if c == '$' || c == ' ' || c < 0x20 || c >= 0x7f {
			escapeByte(&out, c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

func escapeByte(out *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	out.WriteByte('%')
	out.WriteByte(digits[c>>4])
	out.WriteByte(digits[c&15])
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
