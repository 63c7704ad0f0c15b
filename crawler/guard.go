package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// errSpecialAddress is what the dialer answers for an address that is not public.
var errSpecialAddress = errors.New("not a public address")

// specialRanges are the addresses that no public web server has: a name that resolves to one is a mistake or an
// attack. IANA's special-purpose registries, plus the IPv6 forms that carry an IPv4 address inside.
var specialRanges = mustPrefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23",
	"2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
	"fec0::/10", "ff00::/8",
)

func mustPrefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// allowList holds the special addresses that an operator has opened.
type allowList struct {
	prefixes []netip.Prefix
	ports    map[netip.AddrPort]bool
}

func parseAllowList(entries []string) (allowList, error) {
	list := allowList{ports: map[netip.AddrPort]bool{}}
	var errs []error
	for i, e := range entries {
		e = strings.TrimSpace(e)
		if p, err := netip.ParsePrefix(e); err == nil {
			list.prefixes = append(list.prefixes, p.Masked())
		} else if a, err := netip.ParseAddr(e); err == nil {
			list.prefixes = append(list.prefixes, netip.PrefixFrom(a, a.BitLen()))
		} else if ap, err := netip.ParseAddrPort(e); err == nil {
			list.ports[ap] = true
		} else {
			errs = append(errs, fmt.Errorf("allow_addresses[%d]: %q is not an address: write 127.0.0.1:8080, 127.0.0.1 or 10.0.0.0/8", i, e))
		}
	}
	return list, errors.Join(errs...)
}

func (l allowList) allows(ap netip.AddrPort) bool {
	if l.ports[ap] {
		return true
	}
	for _, p := range l.prefixes {
		if p.Contains(ap.Addr()) {
			return true
		}
	}
	return false
}

// publicAddress reports whether addr may be dialled by anybody.
func publicAddress(addr netip.Addr) bool {
	addr = addr.Unmap()
	if addr.Zone() != "" || !addr.IsGlobalUnicast() {
		return false
	}
	for _, p := range specialRanges {
		if p.Contains(addr) {
			return false
		}
	}
	return true
}

// control is net.Dialer.ControlContext: it sees the address being dialled, after resolution, so that neither a name
// that resolves to a private address nor one that changes between two look-ups gets through.
func (l allowList) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: network %s", errSpecialAddress, network)
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", errSpecialAddress, address)
	}
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	if l.allows(ap) || publicAddress(ap.Addr()) {
		return nil
	}
	return fmt.Errorf("%w: %s", errSpecialAddress, ap)
}
