package digest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// received is one mail that a server accepted.
type received struct {
	to  string
	raw []byte
}

// mailServer is an SMTP server on loopback that can be told to misbehave.
type mailServer struct {
	t    testing.TB
	host string
	port int

	mu       sync.Mutex
	mails    []received
	rcpt     func(to string) error        // answer to RCPT TO
	data     func(to string, n int) error // answer to the end of DATA, after the mail was taken, for the nth mail offered
	offered  int
	password string // asked for when set
	user     string
}

// startServer starts a server; with a TLS configuration it speaks TLS from the first byte, or offers STARTTLS.
func startServer(t testing.TB, mode string, config *tls.Config) *mailServer {
	t.Helper()
	m := &mailServer{t: t, host: "127.0.0.1"}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: m, conn: c}, nil }))
	s.Domain, s.AllowInsecureAuth = "localhost", true
	s.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.port = l.Addr().(*net.TCPAddr).Port
	switch mode {
	case TLSImplicit:
		l = tls.NewListener(l, config)
	case TLSStart:
		s.TLSConfig = config
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = l.Close() // a server that is closed before it serves would wait for ever
		_ = s.Close()
		<-done
	})
	return m
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type session struct {
	server *mailServer
	conn   *smtp.Conn
	to     string
	signed bool
}

func (s *session) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.signed = true
		return nil
	}), nil
}

func (s *session) Reset()        { s.to = "" }
func (s *session) Logout() error { return nil }

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.server.password != "" && !s.signed {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.to = to
	if s.server.rcpt != nil {
		return s.server.rcpt(to)
	}
	return nil
}

// errDrop makes the server close the connection instead of answering.
var errDrop = errors.New("drop")

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.offered++
	if s.server.data != nil {
		if err = s.server.data(s.to, s.server.offered); err != nil && !errors.Is(err, errDrop) {
			return err
		}
	}
	s.server.mails = append(s.server.mails, received{s.to, raw})
	if errors.Is(err, errDrop) {
		return s.conn.Close() // taken, but the sender never hears of it
	}
	return nil
}

func (m *mailServer) got() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mails
}

func (m *mailServer) set(f func(*mailServer)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m)
}

// parsed is a mail as a mail program reads it.
type parsed struct {
	header     mail.Header
	subject    string
	text, html string
	chart      []byte // the PNG that the HTML shows
	types      []string
	raw        []byte
}

// content is what a reader sees of a mail: all of it but the marks between its parts, which are new each time.
func (p parsed) content() parsed {
	p.header = maps.Clone(p.header)
	delete(p.header, "Content-Type")
	p.raw = nil
	return p
}

func parseMail(t testing.TB, raw []byte) parsed {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("the mail cannot be read: %v\n%s", err, raw)
	}
	out := parsed{header: msg.Header, raw: raw}
	if out.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatalf("subject: %v", err)
	}
	out.read(t, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body)
	return out
}

// read reads a part, and those inside it.
func (p *parsed) read(t testing.TB, contentType, encoding string, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("part of type %q: %v", contentType, err)
	}
	if kind == "multipart/alternative" || kind == "multipart/related" {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("part: %v", err)
			}
			if part.Header.Get("Content-ID") == "<"+chartID+">" && part.Header.Get("Content-Transfer-Encoding") == "base64" {
				if p.chart, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, part)); err != nil {
					t.Fatalf("chart: %v", err)
				}
				continue
			}
			p.read(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part)
		}
	}
	if encoding != "quoted-printable" || params["charset"] != "UTF-8" {
		t.Fatalf("part of type %q, charset %q, encoded as %q", kind, params["charset"], encoding)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(body))
	if err != nil {
		t.Fatalf("part: %v", err)
	}
	p.types = append(p.types, kind)
	if kind == "text/html" {
		p.html = string(text)
	} else {
		p.text = string(text)
	}
}

// selfSigned returns a certificate for 127.0.0.1 and the roots that trust it.
func selfSigned(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}
}
