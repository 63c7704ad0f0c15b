package bus

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

const (
	clientID     = "haidang"
	dialTimeout  = 5 * time.Second
	adminTimeout = 10 * time.Second
)

// network is how this bus reaches brokers: encryption and sign-in, once for requests and once for consumers.
type network struct {
	tls       *tls.Config
	sasl      sasl.Mechanism
	transport *kafka.Transport
}

func newNetwork(cfg Config) (*network, error) {
	n := &network{}
	var err error
	if n.tls, err = cfg.TLS.config(); err != nil {
		return nil, err
	}
	if n.sasl, err = cfg.SASL.mechanism(); err != nil {
		return nil, err
	}
	n.transport = &kafka.Transport{
		Dial:        (&net.Dialer{Timeout: dialTimeout}).DialContext,
		DialTimeout: dialTimeout,
		ClientID:    clientID,
		TLS:         n.tls,
		SASL:        n.sasl,
	}
	return n, nil
}

// dialer opens the connections of one consumer; they are remembered so that leash can close them.
func (n *network) dialer(l *leash) *kafka.Dialer {
	return &kafka.Dialer{ClientID: clientID, Timeout: dialTimeout, DialFunc: l.dial, TLS: n.tls, SASLMechanism: n.sasl}
}

// leash holds connections so that they can be cut: kafka-go reads without a context, and only a closed connection ends
// such a read at once.
type leash struct {
	mu    sync.Mutex
	conns map[*leashedConn]struct{}
	cut   bool
}

type leashedConn struct {
	net.Conn
	l *leash
}

func newLeash() *leash { return &leash{conns: map[*leashedConn]struct{}{}} }

func (l *leash) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	lc := &leashedConn{Conn: c, l: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return nil, errors.Join(net.ErrClosed, c.Close())
	}
	l.conns[lc] = struct{}{}
	return lc, nil
}

// Close closes the connection and forgets it.
func (c *leashedConn) Close() error {
	c.l.mu.Lock()
	delete(c.l.conns, c)
	c.l.mu.Unlock()
	return c.Conn.Close()
}

// close closes every connection and refuses new ones.
func (l *leash) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.conns {
		_ = c.Conn.Close() // the reader on the other side of it reports the end
	}
	clear(l.conns)
}

func (t TLS) config() (*tls.Config, error) {
	if !t.Enabled {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("bus.tls.ca_file: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("bus.tls.ca_file: %s holds no certificate in PEM form", t.CAFile)
		}
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("bus.tls.cert_file, key_file: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func (s SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		return nil, nil
	case "plain":
		return plain.Mechanism{Username: s.User, Password: s.Password.Reveal()}, nil
	case "scram-sha-256":
		return scram.Mechanism(scram.SHA256, s.User, s.Password.Reveal())
	default:
		return scram.Mechanism(scram.SHA512, s.User, s.Password.Reveal())
	}
}

// kafkaLog passes what kafka-go says to the log, as debug lines: what matters comes back as an error as well.
func kafkaLog(log *slog.Logger, part string) kafka.Logger {
	return kafka.LoggerFunc(func(format string, args ...any) {
		log.Debug("kafka client", "part", part, "msg", fmt.Sprintf(format, args...))
	})
}

// staleConnection tells whether err is the end of a connection that a broker restart left behind.
func staleConnection(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}
