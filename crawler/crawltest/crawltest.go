// Package crawltest is a small internet for tests: outlets written as txtar files, each a host with an address of its
// own on loopback, that publish, edit, lie, fall ill, move and die by a script and a clock.
//
// Read the outlets with [Load], then serve them with [Internet.Serve] on listeners of the test's choice: real ones on
// 127.0.0.x, or those of [Internet.Pipes], which need no sockets and so work inside a synctest bubble. [Internet.Log] is
// the servers' own record of what was asked and when; [Host.Articles] is what was published, for comparison.
//
// Promise: what a host answers depends only on its file and the clock. Limits: pages are made by one template; nothing
// here is fit to be reached by anybody but a test.
package crawltest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Internet is a set of hosts. It is safe for concurrent use.
type Internet struct {
	Hosts []*Host
	now   func() time.Time
	start time.Time

	mu      sync.Mutex
	log     []Request
	running sync.WaitGroup
	servers []*http.Server
	pipes   map[string]*pipeListener
}

// Request is one request as the server saw it.
type Request struct {
	Host       string
	Path       string // with its query
	Status     int
	Begin, End time.Time
	Aborted    bool // the asker went away before it was answered
}

// Load reads every .txtar file of a folder: each is a host. The script counts from now().
func Load(files fs.FS, dir string, now func() time.Time) (*Internet, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no .txtar files in %q: %w", dir, errors.Join(err, fs.ErrNotExist))
	}
	net := &Internet{now: now, start: now(), pipes: map[string]*pipeListener{}}
	for i, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		h, err := parseHost(strings.TrimSuffix(path.Base(name), ".txtar"), string(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		h.net, h.Address = net, fmt.Sprintf("127.0.0.%d", 11+i)
		h.URL = "http://" + h.Name
		net.Hosts = append(net.Hosts, h)
	}
	return net, nil
}

// Host returns a host by its name, or nil.
func (n *Internet) Host(name string) *Host {
	for _, h := range n.Hosts {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// Serve serves one host on a listener until Close.
func (n *Internet) Serve(h *Host, l net.Listener) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	n.mu.Lock()
	n.servers = append(n.servers, server)
	n.mu.Unlock()
	n.running.Go(func() { _ = server.Serve(l) }) // it always ends with an error: that it was closed
}

// Close stops all servers and waits for them.
func (n *Internet) Close() error {
	var errs []error
	for _, s := range n.servers {
		errs = append(errs, s.Close())
	}
	n.running.Wait()
	return errors.Join(errs...)
}

// Listen serves every host on a real loopback address of its own, where the system has it, and sets its URL.
func (n *Internet) Listen(ctx context.Context) error {
	var lc net.ListenConfig
	for _, h := range n.Hosts {
		l, err := lc.Listen(ctx, "tcp4", h.Address+":0")
		if err != nil {
			l, err = lc.Listen(ctx, "tcp4", "127.0.0.1:0")
		}
		if err != nil {
			return err
		}
		h.URL = "http://" + l.Addr().String()
		n.Serve(h, l)
	}
	return nil
}

// Pipes serves every host on connections within the process.
func (n *Internet) Pipes() {
	for _, h := range n.Hosts {
		l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{}), address: h.Address}
		n.pipes[h.Address] = l
		n.Serve(h, l)
	}
}

// Resolve is the name service: the address of a host.
func (n *Internet) Resolve(name string) (string, error) {
	if h := n.Host(name); h != nil {
		return h.Address, nil
	}
	return "", &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// Dial connects to an address that Pipes serves. A host that is down refuses.
func (n *Internet) Dial(ctx context.Context, address string) (net.Conn, error) {
	l := n.pipes[address]
	for _, h := range n.Hosts {
		if h.Address == address && h.doing("down") != nil {
			l = nil
		}
	}
	if l == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Log returns the requests that have ended, in the order of their beginning.
func (n *Internet) Log() []Request {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := slices.Clone(n.log)
	slices.SortStableFunc(out, func(a, b Request) int { return a.Begin.Compare(b.Begin) })
	return out
}

func (n *Internet) note(r Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.log = append(n.log, r)
}

// pipeListener accepts connections that were made within the process.
type pipeListener struct {
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
	address string
}

// Accept waits for the next connection.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses further connections.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is the address of the host.
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(l.address), Port: 80} }
