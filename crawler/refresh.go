package crawler

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// maxRefreshPage is how large a page that only sends its readers on can be.
const maxRefreshPage = 4 << 10

var (
	metaRefresh = regexp.MustCompile(`(?i)<meta\s[^>]{0,200}?http-equiv\s*=\s*["']?refresh\b[^>]{0,1000}>`)
	refreshTo   = regexp.MustCompile(`(?i)content\s*=\s*["']?\s*[0-5]?\s*[;,]\s*url\s*=\s*['"]?([^'">\s]+)`)
)

// refreshed is where a small page sends its readers within five seconds by <meta http-equiv="refresh">, on its own site; "" for
// other pages. Outlets that moved to a new system leave such pages at the old addresses.
func refreshed(res Response) string {
	if len(res.Body) > maxRefreshPage || !bytes.Contains(bytes.ToLower(res.Body), []byte("refresh")) {
		return ""
	}
	m := refreshTo.FindSubmatch(metaRefresh.Find(res.Body))
	base, err := url.Parse(res.URL)
	if m == nil || err != nil {
		return ""
	}
	next, err := base.Parse(html.UnescapeString(strings.TrimSpace(string(m[1]))))
	if err != nil || !onSite(base, next) || next.String() == base.String() {
		return ""
	}
	return next.String()
}
