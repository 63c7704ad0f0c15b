package crawltest

import (
	"cmp"
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Victim is a server that nobody may reach: it listens on one port of loopback addresses, as a database or the metadata
// service of a cloud would, and counts every connection.
type Victim struct {
	Port string

	hits      atomic.Int64
	listeners []net.Listener
	running   sync.WaitGroup
}

// NewVictim listens on a free port of 127.0.0.1, and on the same one of 127.0.0.2 and ::1 where the system has them.
func NewVictim(ctx context.Context) (*Victim, error) {
	v := &Victim{}
	var lc net.ListenConfig
	for _, address := range []string{"127.0.0.1", "127.0.0.2", "::1"} {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(address, cmp.Or(v.Port, "0")))
		if err != nil && v.Port == "" {
			return nil, err
		}
		if err != nil {
			continue
		}
		v.Port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		v.listeners = append(v.listeners, l)
		v.running.Go(func() { v.accept(l) })
	}
	return v, nil
}

func (v *Victim) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		v.hits.Add(1)
		_ = conn.SetReadDeadline(time.Now().Add(time.Second))
		_, _ = conn.Read(make([]byte, 4<<10))                                                                // as if it listened
		_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")) // whoever it is
		_ = conn.Close()
	}
}

// Hits is how many connections were made so far.
func (v *Victim) Hits() int64 { return v.hits.Load() }

// Close stops listening.
func (v *Victim) Close() error {
	var errs []error
	for _, l := range v.listeners {
		errs = append(errs, l.Close())
	}
	v.running.Wait()
	return errors.Join(errs...)
}

// Trick is one way to write an address that nobody may reach.
type Trick struct {
	Kind string
	URL  string
	// Bites says that a client without a guard reaches the victim by it, with [Names] for its name service. The others
	// lead elsewhere inside, or do so where names are looked up by the system's C library.
	Bites bool
}

// Tricks are the addresses that attackers write, of seventeen kinds.
func (v *Victim) Tricks() []Trick {
	at := func(host string) string { return "http://" + host + ":" + v.Port + "/" }
	return []Trick{
		{"plain", at("127.0.0.1"), true},
		{"plain", at("127.0.0.2"), true},
		{"short", at("127.1"), false},
		{"one number", at("2130706433"), false},
		{"hexadecimal", at("0x7f000001"), true},
		{"hexadecimal", at("0x7f.0.0.1"), true},
		{"octal", at("0177.0.0.1"), false},
		{"octal", at("017700000001"), false},
		{"unspecified", at("0.0.0.0"), true},
		{"unspecified", at("[::]"), true},
		{"name of this machine", at("localhost"), true},
		{"name of this machine", at("LOCALHOST."), true},
		{"name that resolves inside", at("trong-nha.test"), true},
		{"name that resolves inside", at("mot-trong-mot-ngoai.test"), true},
		{"loopback of IPv6", at("[::1]"), true},
		{"IPv4 in IPv6", at("[::ffff:127.0.0.1]"), true},
		{"IPv4 in IPv6", at("[::ffff:7f00:1]"), true},
		{"IPv4 in IPv6", at("[::127.0.0.1]"), false},
		{"IPv4 in IPv6", at("[64:ff9b::7f00:1]"), false},
		{"IPv4 in IPv6", at("[2002:7f00:1::]"), false},
		{"metadata of a cloud", "http://169.254.169.254/latest/meta-data/", false},
		{"metadata of a cloud", "http://[fd00:ec2::254]/latest/meta-data/", false},
		{"private", at("10.0.0.1"), false},
		{"private", at("172.16.0.1"), false},
		{"private", at("192.168.0.1"), false},
		{"private", at("100.64.0.1"), false},
		{"private", at("[fd12:3456::1]"), false},
		{"link-local", at("[fe80::1%25lo]"), false},
		{"multicast", at("224.0.0.1"), false},
		{"user name", at("www.ngoai.test@127.0.0.1"), true},
		{"user name", "http://www.ngoai.test:80@127.0.0.1:" + v.Port + "/#@www.ngoai.test/", true},
		{"digits and dots of other scripts", at("①②⑦.0.0.1"), true},
		{"digits and dots of other scripts", at("127。0。0。1"), true},
		{"scheme", "file:///etc/passwd", false},
		{"scheme", "gopher://127.0.0.1:" + v.Port + "/_", false},
		{"scheme", "ftp://127.0.0.1:" + v.Port + "/", false},
		{"scheme", "unix:///var/run/docker.sock", false},
	}
}
