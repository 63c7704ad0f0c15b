package article

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/nlnwa/whatwg-url/canonicalizer"
	"github.com/nlnwa/whatwg-url/url"
)

// ErrNotWeb is returned for an address that is not http or https.
var ErrNotWeb = errors.New("not an http or https address")

// maxURL bounds the addresses that are taken: longer ones are traps or attacks, never articles.
const maxURL = 2048

// addressParser follows the WHATWG URL standard, as browsers do, and drops fragments and credentials.
func addressParser() url.Parser {
	return canonicalizer.New(canonicalizer.WithRemoveFragment(), canonicalizer.WithRemoveUserInfo())
}

// Canonicalize returns the one form of a web address that all its variants share: parsed as the WHATWG URL standard
// says, without fragment, credentials, tracking parameters and sessions, with AMP and mobile variants folded into the page they
// are made from and the remaining parameters in order of their names. It never changes to another site.
func Canonicalize(raw string) (string, error) {
	if len(raw) > maxURL {
		return "", fmt.Errorf("address of %d bytes: longer than %d", len(raw), maxURL)
	}
	u, err := addressParser().Parse(strings.TrimSpace(raw))
	if err != nil {
		return "", fmt.Errorf("address %q: %w", raw, err)
	}
	if p := u.Protocol(); p != "http:" && p != "https:" {
		return "", fmt.Errorf("address %q: %w", raw, ErrNotWeb)
	}
	foldHost(u)
	u.SetPathname(foldPath(u.Pathname()))
	cleanQuery(u)
	return u.String(), nil
}

// foldHost drops the labels that only name a presentation of the same site.
func foldHost(u *url.Url) {
	host := strings.TrimSuffix(u.Hostname(), ".")
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return
	}
	for _, label := range []string{"m.", "mobile.", "amp."} {
		if rest, ok := strings.CutPrefix(host, label); ok && strings.Contains(rest, ".") {
			host = rest
			break
		}
	}
	u.SetHostname(host)
}

// foldPath takes AMP marks and Java's session off the end of a path.
func foldPath(path string) string {
	if at := strings.Index(strings.ToLower(path), ";jsessionid="); at >= 0 {
		path = path[:at]
	}
	for _, end := range []string{"/amp/", "/amp", ".amp"} {
		if rest, ok := strings.CutSuffix(path, end); ok {
			return strings.TrimSuffix(rest, "/") + trailing(end)
		}
	}
	for _, ext := range []string{".html", ".htm", ".tpo", ".epi"} {
		if rest, ok := strings.CutSuffix(path, ".amp"+ext); ok {
			return rest + ext
		}
	}
	return path
}

func trailing(end string) string {
	if strings.HasSuffix(end, "/") {
		return "/"
	}
	return ""
}

// cleanQuery drops parameters that only say where a reader came from and puts the others in the order of their names.
// It works on the query as the parser has encoded it, so that doing it again changes nothing.
func cleanQuery(u *url.Url) {
	var kept []string
	for param := range strings.SplitSeq(strings.TrimPrefix(u.Search(), "?"), "&") {
		name, _, _ := strings.Cut(param, "=")
		if param != "" && !isTracking(strings.ToLower(name)) {
			kept = append(kept, param)
		}
	}
	slices.SortStableFunc(kept, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	u.SetSearch(strings.Join(kept, "&"))
}

// trackingNames are parameters of campaign tools, social networks and share buttons. A name that some sites use for
// content ("id", "p", "page", "ref" on its own) is not among them unless its only known use is tracking.
const trackingNames = " fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh zarsrc zanpid " +
	"_ga _gl _hsenc _hsmi mc_cid mc_eid mkt_tok vero_id vero_conv oly_anon_id oly_enc_id wickedid s_cid icid ncid " +
	"ocid cmpid xtor __twitter_impression amp amp_js_v usqp outputtype ref_src ref_url _openstat spm at_medium " +
	"at_campaign at_custom1 at_custom2 at_custom3 at_custom4 share_id shareid share_from vnn_source vgnextrefresh " +
	sessionNames

// sessionNames carry a visitor's session: another value for each visit, and always the same page.
const sessionNames = "phpsessid jsessionid aspsessionid asp.net_sessionid sessionid session_id zenid cfid cftoken osid oscsid "

func isTracking(name string) bool {
	for _, prefix := range []string{"utm_", "hsa_", "pk_", "mtm_", "piwik_", "itm_", "fb_action_", "fb_source", "ga_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name != "" && !strings.Contains(name, " ") && strings.Contains(trackingNames, " "+name+" ")
}

// ID is the identity of the article at a canonical address: 32 hexadecimal digits. The scheme and a leading "www." do
// not count, since outlets serve the same page under both.
func ID(canonicalURL string) string {
	key := canonicalURL
	if _, rest, ok := strings.Cut(key, "://"); ok {
		key = strings.TrimPrefix(rest, "www.")
	}
	return digest("url", key)
}

// Host returns the host of an address in lower case, or "" when it has none.
func Host(address string) string {
	u, err := addressParser().Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// digest hashes labelled parts so that no two lists of parts share a hash.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p) // a hash never returns an error
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
