package crawler

import (
	"net/netip"
	"testing"
)

func TestPublicAddress(t *testing.T) {
	for _, tt := range []struct {
		addr string
		want bool
	}{
		{"8.8.8.8", true},
		{"113.160.1.1", true},
		{"2a00:1450:4001::1", true},
		{"2001:ee0::1", true},
		{"127.0.0.1", false},
		{"127.255.255.254", false},
		{"0.0.0.0", false},
		{"10.1.2.3", false},
		{"100.64.0.1", false},
		{"100.127.255.255", false},
		{"169.254.169.254", false},
		{"172.16.0.1", false},
		{"172.31.255.255", false},
		{"192.168.1.1", false},
		{"192.0.0.192", false},
		{"198.18.0.1", false},
		{"203.0.113.7", false},
		{"224.0.0.1", false},
		{"239.255.255.250", false},
		{"240.0.0.1", false},
		{"255.255.255.255", false},
		{"::1", false},
		{"::", false},
		{"::ffff:127.0.0.1", false},
		{"::ffff:8.8.8.8", true},
		{"::127.0.0.1", false},
		{"64:ff9b::7f00:1", false},
		{"64:ff9b:1::1", false},
		{"fc00::1", false},
		{"fd00:ec2::254", false},
		{"fe80::1", false},
		{"fec0::1", false},
		{"ff02::1", false},
		{"2001:db8::1", false},
		{"2002:7f00:1::", false},
		{"2001::1", false},
		{"100::1", false},
		{"3fff::1", false},
	} {
		if got := publicAddress(netip.MustParseAddr(tt.addr)); got != tt.want {
			t.Errorf("publicAddress(%s) = %v, want %v", tt.addr, got, tt.want)
		}
	}
}

func TestAllowList(t *testing.T) {
	list, err := parseAllowList([]string{"127.0.0.1:8080", "10.1.0.0/16", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		address string
		want    bool
	}{
		{"127.0.0.1:8080", true},
		{"127.0.0.1:8081", false},
		{"10.1.2.3:80", true},
		{"10.2.0.1:80", false},
		{"[::1]:99", true},
		{"[::ffff:127.0.0.1]:8080", true},
		{"[::ffff:127.0.0.1]:22", false},
		{"8.8.8.8:80", true},
	} {
		if got := list.control(t.Context(), "tcp4", tt.address, nil) == nil; got != tt.want {
			t.Errorf("dial of %s allowed: %v, want %v", tt.address, got, tt.want)
		}
	}
	if _, err := parseAllowList([]string{"localhost:1", "x"}); err == nil {
		t.Error("an allow-list of names was accepted")
	}
}
