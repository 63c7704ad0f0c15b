package crawler

import (
	"net/url"
	"regexp"
	"strings"
)

const (
	maxTrapParts  = 20 // parts of a path
	maxTrapRepeat = 4  // times the same part stands in a path
	maxTrapParams = 12 // parameters of a query
)

// isTrap knows addresses that no outlet gives to an article: paths that repeat themselves, as relative links on a wrong
// page make them, and queries that grow.
func isTrap(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false // Canonicalize judges it
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	times := map[string]int{}
	for _, p := range parts {
		if times[p]++; times[p] >= maxTrapRepeat {
			return true
		}
	}
	return len(parts) > maxTrapParts || u.RawQuery != "" && strings.Count(u.RawQuery, "&")+1 > maxTrapParams
}

var (
	// datePath is an archive of a day, a month or a year: a path that ends in a date, with no word after it.
	datePath = regexp.MustCompile(`/(?:19|20|21)\d\d(?:[/-]\d{1,2}){1,2}/?$`)
	// endless are the parameters by which pages list, sort and turn over.
	endless = regexp.MustCompile(`(?i)(?:^|&)(?:page|trang|p|pg|paged|offset|start|sort|order|filter|month|year|day|date|ngay|thang|nam|cal|calendar|view|replytocom|print|share)=`)
)

// isSectionTrap knows, among the links of a section page, those that lead to more pages like it and on for ever.
func isSectionTrap(section, u *url.URL) bool {
	if u.RequestURI() == section.RequestURI() || isTrap(u.String()) {
		return true
	}
	return datePath.MatchString(u.Path) || endless.MatchString(u.RawQuery) || u.RawQuery != "" && u.Path == section.Path
}
