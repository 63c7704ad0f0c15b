package alerting

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/mail"
	"strings"
)

// Email is a receiver that takes mail.
type Email struct {
	Name     string   `yaml:"name"`
	To       []string `yaml:"to"`
	Language string   `yaml:"language"` // vi or en; empty: vi
}

// Mail is one message that is ready to be sent.
type Mail struct {
	ID       string // of the message, the same on every repeat
	To       string
	Subject  string
	Text     string
	HTML     string
	Language string
}

const kindEmail = "email"

// mailbox is one address. Each has rows of its own in the outbox, so that one that is full, or refused, keeps the mail
// from nobody else and nobody gets it twice.
type mailbox struct {
	teller
	to      string
	deliver func(context.Context, Mail) error
}

// mailboxes names the receivers in the outbox that an e-mail receiver stands for.
func (e Email) mailboxes() map[string]string {
	out := make(map[string]string, len(e.To))
	for _, to := range e.To {
		out[e.Name+" "+to] = to
	}
	return out
}

func (m mailbox) kind() string { return kindEmail }

func (m mailbox) send(ctx context.Context, msg message) error {
	told, err := msg.read()
	if err != nil {
		return err
	}
	return m.deliver(ctx, m.write(msg.id, told))
}

// write puts one notification, or several, into a mail.
func (m mailbox) write(id string, told []Notification) Mail {
	var text, page strings.Builder
	page.WriteString(mailHead)
	for i := range told {
		m.one(&text, &page, &told[i])
	}
	text.WriteString("--\n" + m.word("footer") + "\n")
	page.WriteString(`<p style="opacity:.75;font-size:14px">` + html.EscapeString(m.word("footer")) + "</p></div></body></html>")
	return Mail{ID: id, To: m.to, Subject: m.subject(told), Text: text.String(), HTML: page.String(), Language: m.language}
}

const mailHead = `<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></head>` +
	`<body style="margin:0;padding:16px"><div style="max-width:600px;margin:0 auto;font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif">`

func (m mailbox) one(text, page *strings.Builder, n *Notification) {
	heading, what := m.heading(n), m.what(&n.Story)
	fmt.Fprintf(text, "%s\n%s\n\n", heading, what)
	fmt.Fprintf(page, `<p style="margin:0 0 4px"><b style="background:#b3261e;color:#fff;padding:2px 8px;border-radius:4px">%s</b></p><h1 style="margin:0 0 10px;font-size:20px;line-height:1.4">%s</h1>`,
		html.EscapeString(heading), html.EscapeString(what))
	for _, l := range m.facts(n) {
		fmt.Fprintf(text, "%s: %s\n", l.name, l.text)
		fmt.Fprintf(page, `<p style="margin:0 0 6px"><b>%s:</b> <bdi>%s</bdi></p>`, html.EscapeString(l.name), html.EscapeString(l.text))
	}
	if address := m.page(&n.Story); address != "" {
		fmt.Fprintf(text, "%s: %s\n", m.word("link"), address)
		fmt.Fprintf(page, `<p style="margin:8px 0 22px"><a href="%s">%s</a></p>`, html.EscapeString(address), html.EscapeString(m.word("link")))
	}
	text.WriteString("\n")
}

func (e Email) validate(at string) (errs []error) {
	if len(e.To) == 0 {
		errs = append(errs, fmt.Errorf("%s.to: nobody", at))
	}
	for i, to := range e.To {
		if _, err := mail.ParseAddress(to); err != nil || strings.ContainsAny(to, "\r\n\x00") {
			errs = append(errs, fmt.Errorf("%s.to[%d]: %q is not a mail address", at, i, to))
		}
	}
	return append(errs, validateLanguage(at, e.Language)...)
}

// ErrRefused is a receiver's word that it will never take a message: it is not tried again.
var ErrRefused = errors.New("refused for good")

// errNoMail says that there is nothing to send mail with.
var errNoMail = errors.New("alerting: emails are configured and there is no mail server: set digest.smtp.host")
