package alerting

import (
	"context"
	"fmt"
	"slices"

	"haidang/internal/article"
)

// receiver sends one message, at most once per call. An error that is [ErrRefused] is for good.
type receiver interface {
	kind() string
	send(ctx context.Context, m message) error
}

// people reports whether a kind of receiver is read by people: they are told of several stories at once.
func people(kind string) bool { return kind == kindEmail || kind == kindChat }

type topic struct{ Publisher }

func (t topic) kind() string { return kindKafka }

func (t topic) send(ctx context.Context, m message) error {
	return t.PublishAlert(ctx, m.storyID, m.body)
}

// receivers are those of the outbox, by name.
func (d *Desk) receivers() map[string]receiver {
	out := map[string]receiver{}
	if d.publish != nil {
		out[kafkaReceiver] = topic{d.publish}
	}
	for _, w := range d.cfg.Webhooks {
		out[w.Name] = webhook{Webhook: w, client: d.http, now: d.now}
	}
	for _, c := range d.cfg.Chats {
		out[c.Name] = chatroom{teller{c.Language, d.cfg.Link}, c.URL, d.chat}
	}
	for _, e := range d.cfg.Emails {
		for name, to := range e.mailboxes() {
			out[name] = mailbox{teller{e.Language, d.cfg.Link}, to, d.mail}
		}
	}
	if d.mail == nil {
		return out
	}
	for _, p := range d.cfg.People {
		if p.Email != "" {
			out[personReceiver(p.ID)] = mailbox{teller{link: d.cfg.Link}, p.Email, d.mail}
		}
	}
	return out
}

// names lists the receivers that there are: rows of the outbox for others wait for nobody.
func (d *Desk) names() []string {
	var out []string
	for name := range d.receivers() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// everyReceiver lists the receivers of a desk without routes.
func (c *Config) everyReceiver(severity article.Severity) []string {
	var out []string
	for _, w := range c.Webhooks {
		if w.MinSeverity == "" || severity.Rank() <= w.MinSeverity.Rank() {
			out = append(out, w.Name)
		}
	}
	for _, v := range c.Chats {
		out = append(out, v.Name)
	}
	for _, e := range c.Emails {
		out = append(out, e.Name)
	}
	return out
}

// inOutbox are the names in the outbox of a receiver of the configuration: an e-mail receiver is one for each address.
func (c *Config) inOutbox(receiver string) []string {
	for _, e := range c.Emails {
		if e.Name == receiver {
			out := make([]string, 0, len(e.To))
			for name := range e.mailboxes() {
				out = append(out, name)
			}
			slices.Sort(out)
			return out
		}
	}
	return []string{receiver}
}

// groups reports whether a receiver of the configuration is told of several stories at once.
func (c *Config) groups(receiver string) bool {
	return slices.ContainsFunc(c.Emails, func(e Email) bool { return e.Name == receiver }) ||
		slices.ContainsFunc(c.Chats, func(v Chat) bool { return v.Name == receiver })
}

// validateReceivers reports every problem of the receivers, two of one name among them.
func (c *Config) validateReceivers() (errs []error) {
	seen := map[string]bool{kafkaReceiver: true}
	check := func(list string, i int, name string, problems func(at string) []error) {
		at := fmt.Sprintf("alerting.%s[%d]", list, i)
		if name == "" {
			errs = append(errs, fmt.Errorf("%s.name: missing", at))
		} else if seen[name] {
			errs = append(errs, fmt.Errorf("%s.name: %q is taken", at, name))
		}
		seen[name] = true
		errs = append(errs, problems(at)...)
	}
	for i, w := range c.Webhooks {
		check("webhooks", i, w.Name, w.validate)
	}
	for i, e := range c.Emails {
		check("emails", i, e.Name, e.validate)
	}
	for i, v := range c.Chats {
		check("chats", i, v.Name, v.validate)
	}
	return errs
}
