// Package chat writes messages into chat and push services through shoutrrr.
//
// Check an address with [Check], make a [Sender] with [New], and hand it a message with [Sender.Send].
//
// Promise: a message leaves by the transport that New was given, so that no address in a configuration, nor a redirect,
// reaches where that does not dial; an answer is bounded in time and size; no error shows what is secret in an address.
// Limits: shoutrrr's services cannot be stopped half-way and know no key, so a repeat is there twice. Services that build
// a way out of their own, run a program or send mail are not offered.
package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// services are those that can be used: each is held to the guarded transport by a test.
var services = []string{"discord", "googlechat", "gotify", "lark", "matrix", "mattermost", "ntfy", "rocketchat", "slack", "teams", "telegram", "wecom"}

// Check says what is wrong with an address, without any secret of it. It sends nothing.
func Check(address string) error {
	name := service(address)
	if !slices.Contains(services, name) {
		return fmt.Errorf("it must begin with one of %s://, as in telegram://TOKEN@telegram?chats=@desk", strings.Join(services, "://, "))
	}
	if name == "matrix" {
		return nil // it signs in as soon as its address is read
	}
	if _, err := new(router.ServiceRouter).Locate(address); err != nil {
		return fmt.Errorf("not as %s needs it; see https://shoutrrr.nickfedor.com/services/", name)
	}
	return nil
}

// service is the name of an address's service: "teams" of "teams+https://…" too.
func service(address string) string {
	scheme, _, _ := strings.Cut(address, "://")
	name, _, _ := strings.Cut(scheme, "+")
	return name
}

// hosts are where the services are that have one host for everybody.
var hosts = map[string]string{
	"discord": "discord.com", "slack": "hooks.slack.com", "telegram": "api.telegram.org", "wecom": "qyapi.weixin.qq.com",
}

// host is where an address's messages go.
func host(u *url.URL) string {
	if known, ok := hosts[service(u.String())]; ok {
		return known
	}
	if u.Query().Has("host") { // Teams has one for each customer
		return u.Query().Get("host")
	}
	return u.Host
}

// Sender sends messages. It is safe for concurrent use; messages to one host go one after the other.
type Sender struct{ way *guard }

// New makes a sender whose messages leave by next, each request within a time. Most services have no other way in, so it
// takes the place of [http.DefaultTransport] for this process.
func New(next http.RoundTripper, timeout time.Duration) *Sender {
	g := &guard{next: next, timeout: timeout, watched: map[string]*watch{}}
	http.DefaultTransport = g
	return &Sender{g}
}

// Send writes a title and a text into the room that an address names. It returns when the service has answered, whatever
// becomes of the context meanwhile. What the transport saw counts, not what the service says: shoutrrr's Telegram takes a
// network that is down for success.
func (s *Sender) Send(ctx context.Context, address, title, text string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("the address cannot be read")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	done := s.way.watch(host(u))
	said := s.send(address, title+"\n"+text)
	requests, failed := done()
	switch {
	case failed != nil:
		return fmt.Errorf("%s: %w", service(address), failed)
	case said != nil:
		return withoutSecrets(said, address, u)
	case requests == 0:
		return fmt.Errorf("%s: nothing was sent to %s", service(address), host(u))
	}
	return nil
}

func (s *Sender) send(address, message string) (err error) {
	defer func() {
		if p := recover(); p != nil { // a service that takes an answer for granted must not take the process along
			err = fmt.Errorf("broken off: %v", p)
		}
	}()
	room, err := new(router.ServiceRouter).Locate(address)
	if err != nil {
		return err
	}
	if own, ok := room.(interface{ GetHTTPClient() *http.Client }); ok {
		own.GetHTTPClient().Transport = s.way
	}
	if own, ok := room.(interface{ SetHTTPClient(client *http.Client) }); ok {
		own.SetHTTPClient(&http.Client{Transport: s.way})
	}
	return room.Send(message, &types.Params{})
}

// secret is a piece of an address that may be a token, a room or a password.
var secret = regexp.MustCompile(`[A-Za-z0-9_]{4,}`)

// withoutSecrets puts a service's error into one that a page may show: shoutrrr writes whole addresses into its errors.
func withoutSecrets(err error, address string, u *url.URL) error {
	password, _ := u.User.Password()
	hidden := strings.Join([]string{u.Path, u.RawQuery, u.User.Username(), password}, " ")
	if host(u) != u.Host {
		hidden += " " + u.Host // it names no host: it is a key
	}
	words := secret.FindAllString(hidden, -1)
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	said := strings.ReplaceAll(err.Error(), address, service(address))
	for _, word := range words {
		said = strings.ReplaceAll(said, word, "…")
	}
	return errors.New(said)
}
