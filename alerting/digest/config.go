package digest

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"haidang/internal/settings"
)

// Config says who gets the morning mail, when and through which server.
type Config struct {
	Time   string `yaml:"time"`   // when it is sent, "06:45" in Asia/Ho_Chi_Minh
	Cutoff string `yaml:"cutoff"` // where its 24 hours end, "06:30"
	From   string `yaml:"from"`   // "Hải Đăng <haidang@example.vn>"
	Link   string `yaml:"link"`   // address of the desk, for links to stories; empty: no links
	Lists  []List `yaml:"lists"`
	SMTP   SMTP   `yaml:"smtp"`
}

// List is a group of people who get the same mail.
type List struct {
	Name     string   `yaml:"name"`     // lower-case letters, digits and hyphens: it names files and rows
	Edition  string   `yaml:"edition"`  // daily, weekly (on Mondays) or monthly (on the 1st); empty: daily
	Language string   `yaml:"language"` // vi or en
	Fields   []string `yaml:"fields"`   // only stories of these fields; empty: all
	Places   []string `yaml:"places"`   // only stories that name one of these places, or none; IDs of the gazetteer; empty: all
	Topics   []string `yaml:"topics"`   // only stories about one of these topics, or none, and the coverage of these; IDs; empty: all, and what moved most
	Rules    bool     `yaml:"rules"`    // weekly and monthly: also which rules to mend or retire, for those who keep them
	To       []string `yaml:"to"`
}

// SMTP is the mail server. Without a host nothing is sent, and mails can only be written to a folder.
type SMTP struct {
	Host     string            `yaml:"host"`
	Port     int               `yaml:"port"`
	TLS      string            `yaml:"tls"` // starttls, implicit, or none for a server on this machine
	User     string            `yaml:"user"`
	Password settings.Secret   `yaml:"password"`
	Timeout  settings.Duration `yaml:"timeout"` // of one step of the conversation
	DKIM     DKIM              `yaml:"dkim"`
}

// The ways to protect the connection.
const (
	TLSStart    = "starttls"
	TLSImplicit = "implicit"
	TLSNone     = "none"
)

// DefaultConfig has one Vietnamese list with nobody on it and no mail server.
func DefaultConfig() Config {
	return Config{
		Time: "06:45", Cutoff: "06:30",
		From:  "Hải Đăng <hai-dang@localhost>",
		Lists: []List{{Name: "ban-chi-dao", Language: "vi"}},
		SMTP:  SMTP{Port: 587, TLS: TLSStart, Timeout: settings.Duration(30 * time.Second)},
	}
}

var listName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Validate reports every problem of the configuration at once.
func (c Config) Validate() error {
	var errs []error
	send, sendErr := parseClock(c.Time)
	cut, cutErr := parseClock(c.Cutoff)
	if sendErr != nil {
		errs = append(errs, fmt.Errorf("digest.time: %w", sendErr))
	}
	if cutErr != nil {
		errs = append(errs, fmt.Errorf("digest.cutoff: %w", cutErr))
	}
	if sendErr == nil && cutErr == nil && cut > send {
		errs = append(errs, fmt.Errorf("digest.cutoff: %s is after digest.time %s", c.Cutoff, c.Time))
	}
	if _, err := parseAddress(c.From); err != nil {
		errs = append(errs, fmt.Errorf("digest.from: %w", err))
	}
	if u, err := url.Parse(c.Link); c.Link != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		errs = append(errs, fmt.Errorf("digest.link: %q is not an absolute http or https address", c.Link))
	}
	errs = append(errs, c.validateLists()...)
	if c.SMTP.Host != "" {
		errs = append(errs, c.SMTP.validate()...)
		errs = append(errs, c.SMTP.DKIM.validate(c.From)...)
	}
	return errors.Join(errs...)
}

func (c Config) validateLists() (errs []error) {
	names := map[string]bool{}
	for i, l := range c.Lists {
		at := fmt.Sprintf("digest.lists[%d]", i)
		if !listName.MatchString(l.Name) {
			errs = append(errs, fmt.Errorf("%s.name: %q must be lower-case letters, digits and hyphens, at most 40", at, l.Name))
		} else if names[l.Name] {
			errs = append(errs, fmt.Errorf("%s.name: %q is taken", at, l.Name))
		}
		names[l.Name] = true
		if l.Language != "vi" && l.Language != "en" {
			errs = append(errs, fmt.Errorf("%s.language: %q is not known; write vi or en", at, l.Language))
		}
		if e := l.edition(); e != Daily && e != Weekly && e != Monthly {
			errs = append(errs, fmt.Errorf("%s.edition: %q is not known; write daily, weekly or monthly", at, e))
		}
		if l.Rules && l.edition() == Daily {
			errs = append(errs, fmt.Errorf("%s.rules: rules are told in a weekly or monthly edition; write edition: weekly", at))
		}
		for _, f := range l.Fields {
			if _, known := vietnamese().fields[f]; !known {
				errs = append(errs, fmt.Errorf("%s.fields: %q is not a field; there are %s", at, f, strings.Join(slices.Sorted(maps.Keys(vietnamese().fields)), ", ")))
			}
		}
		if len(l.To) == 0 && c.SMTP.Host != "" {
			errs = append(errs, fmt.Errorf("%s.to: nobody is on the list", at))
		}
		for j, to := range l.To {
			if _, err := parseAddress(to); err != nil {
				errs = append(errs, fmt.Errorf("%s.to[%d]: %w", at, j, err))
			}
		}
	}
	return errs
}

// CheckNames reports every topic and place of a list that the rules do not have: a list for one that does not exist would
// be an empty mail for ever.
func (c Config) CheckNames(topic, place func(id string) bool) error {
	var errs []error
	for i, l := range c.Lists {
		for j, id := range l.Topics {
			if !topic(id) {
				errs = append(errs, fmt.Errorf("digest.lists[%d].topics[%d]: the rules have no topic %q: topics.yaml lists them", i, j, id))
			}
		}
		for j, id := range l.Places {
			if !place(id) {
				errs = append(errs, fmt.Errorf("digest.lists[%d].places[%d]: the rules have no place %q: places.yaml lists them", i, j, id))
			}
		}
	}
	return errors.Join(errs...)
}

func (s SMTP) validate() (errs []error) {
	if s.Port < 1 || s.Port > 65535 {
		errs = append(errs, fmt.Errorf("digest.smtp.port: %d is not between 1 and 65535", s.Port))
	}
	switch s.TLS {
	case TLSStart, TLSImplicit:
	case TLSNone:
		if ip := net.ParseIP(s.Host); s.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			errs = append(errs, fmt.Errorf("digest.smtp.tls: none is only for a server on this machine, and %q is not; write starttls or implicit", s.Host))
		}
	default:
		errs = append(errs, fmt.Errorf("digest.smtp.tls: %q is not known; write starttls, implicit or none", s.TLS))
	}
	if (s.User == "") != (s.Password == "") {
		errs = append(errs, errors.New("digest.smtp: user and password go together"))
	}
	if s.Timeout <= 0 {
		errs = append(errs, errors.New("digest.smtp.timeout: must be positive; 30s is usual"))
	}
	return errs
}

// parseAddress reads one mail address and refuses anything that could become a second header.
func parseAddress(s string) (*mail.Address, error) {
	if strings.ContainsAny(s, "\r\n\x00") {
		return nil, fmt.Errorf("%q holds a line break", s)
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a mail address", s)
	}
	return a, nil
}

// clock is a time of day.
type clock time.Duration

func parseClock(s string) (clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, fmt.Errorf("%q is not a time of day; write 06:45", s)
	}
	return clock(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), nil
}
