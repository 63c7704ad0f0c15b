package crawltest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Names is a name service within the process. Each name has a list of answers: the first question gets the first, and so
// on, the last one again and again; so a name can be public when it is looked at and private when it is used. A name
// that is a number in hexadecimal is 127.0.0.1, as C libraries read it. Anything else does not exist.
type Names struct {
	mu      sync.Mutex
	answers map[string][][]netip.Addr
}

// Say sets the answers of a name: each is a list of addresses, separated by blanks.
func (n *Names) Say(name string, answers ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.answers == nil {
		n.answers = map[string][][]netip.Addr{}
	}
	n.answers[name] = nil
	for _, a := range answers {
		var list []netip.Addr
		for field := range strings.FieldsSeq(a) {
			list = append(list, netip.MustParseAddr(field))
		}
		n.answers[name] = append(n.answers[name], list)
	}
}

// Resolver asks Names, for net.DefaultResolver or a dialer. It needs no sockets.
func (n *Names) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go n.serve(there) // until the resolver closes its end
		return here, nil
	}}
}

// serve answers questions as they stand on a stream: each with its length before it.
func (n *Names) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		answer, err := n.answer(question)
		if err != nil {
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

func (n *Names) answer(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil, io.ErrUnexpectedEOF
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	addrs, exists := n.next(strings.TrimSuffix(strings.ToLower(q.Name.String()), "."), q.Type)
	if !exists {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, a := range addrs {
		header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	return m.Pack()
}

var number = regexp.MustCompile(`^0x[0-9a-f]+(?:\.(?:0x)?[0-9a-f]+){0,3}$`)

// next is the answer to the next question of a name. Only questions for IPv4 count on.
func (n *Names) next(name string, kind dnsmessage.Type) ([]netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list, ok := n.answers[name]
	switch {
	case !ok && number.MatchString(name):
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, true
	case !ok:
		return nil, false
	}
	if kind == dnsmessage.TypeA && len(list) > 1 {
		n.answers[name] = list[1:]
	}
	return list[0], true
}
