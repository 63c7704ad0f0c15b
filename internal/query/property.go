package query

import (
	"slices"
	"strings"
)

func (n *Meta) holds(d *Doc) bool {
	for _, have := range d.values(n.Key) {
		if have == "" {
			continue
		}
		if n.Key == Site {
			if slices.ContainsFunc(n.Values, func(v string) bool { return under(have, v) }) {
				return true
			}
		} else if slices.Contains(n.Values, have) {
			return true
		}
	}
	return false
}

// under reports whether host is domain or below it.
func under(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || strings.HasSuffix(rest, "."))
}

func (n *Date) holds(d *Doc) bool {
	t := d.time(n.Key)
	return !t.IsZero() && !t.Before(n.From) && (n.Until.IsZero() || t.Before(n.Until))
}
