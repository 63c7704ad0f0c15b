package digest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"haidang/alerting"
)

// mailer hands mails to a mail server, one after the other, and calls done after each. An error of its own means that
// the server could not be talked to at all.
type mailer interface {
	deliver(ctx context.Context, mails []*mail.Msg, done func(i int, err error) error) error
}

// messageID follows from the date and the list alone: a repeat is the same mail to any mail program.
func (d *Digest) messageID(date Date, list List) string {
	sum := sha256.Sum256([]byte(list.Name))
	_, domain, _ := strings.Cut(d.from.Address, "@")
	return "digest-" + string(date) + "-" + hex.EncodeToString(sum[:6]) + "@" + domain
}

// compose makes the message for one address; none for "". Everything in it follows from the edition and the time it
// was built at, so that a repeat is the same mail; only the marks between its parts are new.
func (d *Digest) compose(e Edition, to string, built time.Time) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP))
	m.FromMailAddress(d.from)
	if to != "" {
		a, err := parseAddress(to)
		if err != nil {
			return nil, err
		}
		m.SetAddrHeaderFromMailAddress(mail.HeaderTo, a)
	}
	m.Subject(clean(e.Subject, maxSubject))
	m.SetMessageIDWithValue(e.MessageID)
	m.SetDateWithValue(built.In(d.zone))
	m.SetBulk()
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", e.List.Language)
	m.SetGenHeader("X-Mailer", "haidang")
	m.SetBodyString(mail.TypeTextPlain, e.Text)
	m.AddAlternativeString(mail.TypeTextHTML, e.HTML)
	if len(e.Chart) == 0 {
		// go-mail gives one boundary to all levels of a message, which is only right where there is one level
		sum := sha256.Sum256([]byte(e.MessageID))
		m.SetBoundary("hai-dang-" + hex.EncodeToString(sum[:16]))
	} else {
		err := m.EmbedReader("chart.png", bytes.NewReader(e.Chart), mail.WithFileContentID("<"+chartID+">"), mail.WithFileContentType("image/png"))
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// maxSubject keeps a subject within what a phone shows.
const maxSubject = 160

// WriteTo writes the edition as a message without a receiver, as an .eml file holds it.
func (d *Digest) writeMessage(w io.Writer, e Edition) error {
	m, err := d.compose(e, "", d.now())
	if err != nil {
		return err
	}
	_, err = m.WriteTo(w)
	return err
}

// smtpMailer is the real server.
type smtpMailer struct {
	cfg SMTP
	tls *tls.Config
	key crypto.Signer // nil: mails are not signed
}

func (s smtpMailer) client() (*mail.Client, error) {
	options := []mail.Option{mail.WithPort(s.cfg.Port), mail.WithTimeout(s.cfg.Timeout.Std())}
	if s.tls != nil {
		options = append(options, mail.WithTLSConfig(s.tls))
	}
	switch s.cfg.TLS {
	case TLSStart:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case TLSImplicit:
		options = append(options, mail.WithSSL())
	case TLSNone:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.cfg.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.cfg.User), mail.WithPassword(s.cfg.Password.Reveal()))
	}
	return mail.NewClient(s.cfg.Host, options...)
}

func (s smtpMailer) deliver(ctx context.Context, mails []*mail.Msg, done func(i int, err error) error) error {
	c, err := s.client()
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s.cfg.Host, err)
	}
	if err := c.DialWithContext(ctx); err != nil {
		return fmt.Errorf("mail server %s:%d: %w", s.cfg.Host, s.cfg.Port, err)
	}
	defer func() { _ = c.Close() }() // each mail has its own answer; a lost goodbye changes none
	for i, m := range mails {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := done(i, s.one(c, m)); err != nil {
			return err
		}
	}
	return nil
}

// one signs and sends one mail.
func (s smtpMailer) one(c *mail.Client, m *mail.Msg) error {
	if s.key != nil {
		if err := s.sign(m); err != nil {
			return err
		}
	}
	err := c.Send(m)
	if m.IsDelivered() {
		return nil // go-mail also reports what went wrong after the server had accepted the mail
	}
	return err
}

// refused reports whether a mail server refused an address for good. Anything else may be different in an hour: a wrong
// password is mended by people, and a full mailbox, whatever number its server gives it, is emptied.
func refused(err error) bool {
	var s *mail.SendError
	return errors.As(err, &s) && s.Reason == mail.ErrSMTPRcptTo && s.ErrorCode() >= 500 &&
		s.ErrorCode() != mailboxFull && s.EnhancedStatusCode() != mailboxFullEnhanced
}

// How servers say that a mailbox is full (RFC 5321, RFC 3463).
const (
	mailboxFull         = 552
	mailboxFullEnhanced = "5.2.2"
)

// Mail sends one message of the desk through the digest's mail server. It is an error where there is none.
func (d *Digest) Mail(ctx context.Context, m alerting.Mail) error {
	if d.cfg.SMTP.Host == "" {
		return ErrNoServer
	}
	_, domain, _ := strings.Cut(d.from.Address, "@")
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP))
	msg.FromMailAddress(d.from)
	to, err := parseAddress(m.To)
	if err != nil {
		return err
	}
	msg.SetAddrHeaderFromMailAddress(mail.HeaderTo, to)
	msg.Subject(clean(m.Subject, maxSubject))
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetDateWithValue(d.now().In(d.zone))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Mailer", "haidang")
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	var refusal error
	err = d.delivery.deliver(ctx, []*mail.Msg{msg}, func(_ int, err error) error {
		if refusal = err; refused(err) {
			refusal = errors.Join(alerting.ErrRefused, err)
		}
		return nil
	})
	return errors.Join(err, refusal)
}
