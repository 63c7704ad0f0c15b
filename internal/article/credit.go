package article

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// creditNames are both, by lower-case spelling.
var creditNames, agencyNames = spellings(agencies, houses), spellings(agencies)

func spellings(tables ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, table := range tables {
		for name, others := range table {
			for _, s := range append(strings.Split(others, "|"), name) {
				if s != "" {
					out[strings.ToLower(s)] = name
				}
			}
		}
	}
	return out
}

var (
	// openingHouse is a dateline with a house in brackets: "HÀ NỘI (Reuters) - ", "HANOI, Nov. 21 (Xinhua) -- ".
	openingHouse = regexp.MustCompile(`^[^()\n]{0,60}\(([^()\n]{2,40})\)\s*[-–—:]+\s`)
	// openingBare is one without: "VTV.vn - ", "HÀ NỘI, TTXVN – ".
	openingBare = regexp.MustCompile(`^(?:[^,\n]{2,25},\s*)?([^-–—,\n]{2,25}?)\s*[-–—]+\s`)
	// introduced begins a credit at the end of a text: "(Theo AFP, Times of Israel)", "Nguồn: VOV", "Source: Xinhua".
	introduced = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:(?:tổng hợp|t/h|lược dịch|biên dịch|dịch)\s*)?(?:theo|nguồn|nguồn tin|source|sources|via)\s*:?\s+`)
	// bracketed is a credit without such a word: "(TTXVN)".
	bracketed = regexp.MustCompile(`\(([^()\n]{2,60})\)[\s.]*$`)
	sentenced = regexp.MustCompile(`[.!?…"”]\s+|\s[-–—]+\s`)
	separates = regexp.MustCompile(`\s*(?:,|;|/|&|\s-\s|\svà\s|\sand\s)\s*`)
	kindWord  = regexp.MustCompile(`(?i)^(?:tổng hợp |báo chí |theo |báo |hãng (?:tin |thông tấn )?|đài |trang |tờ |the )+`)
	// notice is a line that only says whose a text is, or who worked on it.
	notice = regexp.MustCompile(`(?i)^\W*(?:(?:additional )?reporting by\b|(?:writing|editing|compiled) by\b|our standards: the thomson reuters trust|©|\(c\)\s|copyright\b|bản quyền thuộc)`)
)

const (
	creditWindow = 240 // bytes at either end of a text that a credit can stand in
	creditLength = 80  // bytes of a credit
	bylineWords  = 12  // of a last line that is a by-line with a credit, and no sentence
)

// Credited finds whom a text is credited to, such as "TTXVN" or "AFP, Reuters", and returns the text without its credit
// lines and datelines: two outlets that print one agency's text write them differently.
func Credited(body string) (credit, own string) {
	own = strings.TrimSpace(norm.NFC.String(body))
	var names []string
	for range 4 { // "(Reporting by …)", then "(Reuters)"
		rest, found := cutClosing(own)
		if rest == own {
			break
		}
		own, names = rest, append(found, names...)
	}
	rest, found := cutOpening(own)
	own, names = rest, append(found, names...)
	var shown []string
	for _, n := range names {
		if !slices.Contains(shown, n) && len(shown) < 3 {
			shown = append(shown, n)
		}
	}
	return strings.Join(shown, ", "), own
}

// cutOpening takes a dateline with a credit off the beginning of a text.
func cutOpening(s string) (rest string, names []string) {
	for _, pattern := range []*regexp.Regexp{openingHouse, openingBare} {
		if m := pattern.FindStringSubmatch(s); m != nil {
			if names := namesIn(m[1], creditNames); len(names) > 0 {
				return strings.TrimSpace(s[len(m[0]):]), names
			}
		}
	}
	return s, nil
}

// cutClosing takes one credit off the end of a text.
func cutClosing(s string) (rest string, names []string) {
	at := strings.LastIndexByte(s, '\n') + 1
	line := s[at:]
	if at > 0 && len(line) <= 2*creditWindow && notice.MatchString(line) {
		return strings.TrimSpace(s[:at]), namesIn(strings.TrimLeft(line, "©() "), creditNames)
	}
	from, names := closingIn(line)
	switch {
	case names == nil:
		return s, nil
	case at > 0 && len(strings.Fields(line)) <= bylineWords:
		return strings.TrimSpace(s[:at]), names // the name before the credit is no part of the text either
	}
	return strings.TrimRight(s[:at+from], " \t\n(,;:/–—-"), names
}

// closingIn finds where the credit begins that ends a line, and whom it names.
func closingIn(line string) (from int, names []string) {
	start := max(0, len(line)-creditWindow)
	tail := line[start:]
	if all := introduced.FindAllStringIndex(tail, -1); all != nil {
		m := all[len(all)-1]
		if names := namesIn(tail[m[1]:], creditNames); len(names) > 0 {
			return start + m[0], names
		}
	}
	if m := bracketed.FindStringSubmatchIndex(tail); m != nil {
		if names := namesIn(tail[m[2]:m[3]], creditNames); len(names) > 0 {
			return start + m[0], names
		}
	}
	begin := 0
	if all := sentenced.FindAllStringIndex(strings.TrimRight(tail, ". "), -1); all != nil {
		begin = all[len(all)-1][1]
	} else if start > 0 {
		return 0, nil // in the middle of a sentence
	}
	if names := namesIn(tail[begin:], agencyNames); len(names) > 0 {
		return start + begin, names
	}
	return 0, nil
}

// namesIn lists the houses of a credit as they are shown; nil when it is too long for one or the first is not known.
func namesIn(s string, known map[string]string) []string {
	if len(s) > creditLength {
		return nil
	}
	s = strings.Trim(s, " \t\n()[].,;:*\"“”–—-")
	if name, ok := known[strings.ToLower(kindWord.ReplaceAllString(s, ""))]; ok {
		return []string{name}
	}
	var out []string
	for i, part := range separates.Split(s, -1) {
		part = strings.Trim(kindWord.ReplaceAllString(strings.Trim(part, " ()."), ""), " ()")
		name, ok := known[strings.ToLower(part)]
		if !ok && i == 0 {
			if name, ok = beginsWith(part, known); !ok {
				return nil
			}
		}
		if ok {
			out = append(out, name)
		}
	}
	return out
}

// beginsWith knows a house that is followed by a name: "Reuters Hồng Anh".
func beginsWith(s string, known map[string]string) (string, bool) {
	words := strings.Fields(s)
	for n := min(len(words)-1, 4); n > 0 && len(words) <= n+4; n-- {
		if name, ok := known[strings.ToLower(strings.Join(words[:n], " "))]; ok {
			return name, true
		}
	}
	return "", false
}
