// Package digest writes and sends the morning mail: what a committee must decide on, what was answered, and whether
// the watch itself was complete. It is whole in itself, as HTML and as plain text, and is sent on an empty day too.
//
// Build a [Digest] with [New]. [Digest.Run] sends each list its mail every morning, [Digest.Send] sends one now and
// [Digest.WriteFiles] only writes it to a folder.
//
// Promise: one mail per date, list and address. The mail is built once and stored before it is sent; if the process
// dies between the server's "accepted" and our note of it, that one address gets the same mail again, with the same
// Message-ID, by which mail programs know it. A morning that was slept through is sent late, and says so.
//
// A mail is built at its cut-off and waits, as a draft, for its time. Until then a lead can put a note at its head, take
// stories from its top, write sentences of the house in other words and approve it with [Digest.Review]; one that nobody
// reviewed says so, and one with other words says how many.
//
// Limits: what a story says (its owner, its verdict) is as it is when the mail is built; its numbers are those of the
// cut-off.
package digest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the schedule is Vietnam's on any machine

	"github.com/prometheus/client_golang/prometheus"

	"haidang/alerting"
	"haidang/internal/store"
)

// Stories is what the digest reads of the desk.
type Stories interface {
	StoriesAt(ctx context.Context, at time.Time, f alerting.Filter) ([]alerting.Story, error)
	ByDay(ctx context.Context, from, to time.Time) ([]alerting.DayCount, error)
}

// SourceHealth says how the watch itself is doing.
type SourceHealth interface {
	SourceHealth(ctx context.Context) (Health, error)
}

// Health is the state of the sources and of the pipeline behind them.
type Health struct {
	Sources     int             // all that are configured
	Failing     []FailingSource // those that cannot be read, or have gone quiet
	LastArticle time.Time       // when the newest article came in; zero if never
	Waiting     int64           // messages that are not handled yet
	Behind      time.Duration   // age of the oldest of them
}

// FailingSource is one source that is not being read.
type FailingSource struct {
	Name   string
	Since  time.Time // zero if not known
	Reason Sentence  // why
}

// Sentence is a few words in both languages of the mail.
type Sentence struct{ VI, EN string }

// Deps are the live things that a digest works with.
type Deps struct {
	DB         *store.DB // required for sending
	Stories    Stories   // required
	Health     SourceHealth
	Coverage   Coverage                         // nil: the mail tells no coverage, and is drafted a little later than by a process that can
	Response   Response                         // how fast the desk was; nil: not told
	Feedback   Feedback                         // how the rules were judged; nil: not told
	ClaimName  func(id, language string) string // nil: rules are told by their IDs
	TLS        *tls.Config                      // nil: the system's roots
	Logger     *slog.Logger                     // nil: silent
	Registerer prometheus.Registerer            // nil: no metrics
	Now        func() time.Time                 // nil: time.Now
}

// Digest builds and sends morning mails. It is safe for concurrent use.
type Digest struct {
	cfg      Config
	deps     Deps
	log      *slog.Logger
	now      func() time.Time
	zone     *time.Location
	from     *mail.Address
	sendAt   clock
	cutoff   clock
	metrics  *metrics
	delivery mailer
}

// New returns a digest.
func New(cfg Config, deps Deps) (*Digest, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("digest configuration: %w", err)
	}
	if deps.Stories == nil || deps.DB == nil {
		return nil, errors.New("digest: no stories or no database given")
	}
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return nil, fmt.Errorf("digest: %w", err)
	}
	d := &Digest{cfg: cfg, deps: deps, log: deps.Logger, now: deps.Now, zone: zone}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	d.log = d.log.With("component", "digest")
	if d.now == nil {
		d.now = time.Now
	}
	if d.from, err = parseAddress(cfg.From); err != nil {
		return nil, fmt.Errorf("digest: from: %w", err)
	}
	d.sendAt, _ = parseClock(cfg.Time) // both were validated above
	d.cutoff, _ = parseClock(cfg.Cutoff)
	d.metrics = newMetrics(deps.Registerer)
	key, err := cfg.SMTP.DKIM.key()
	if err != nil {
		return nil, err
	}
	d.delivery = smtpMailer{cfg: cfg.SMTP, tls: deps.TLS, key: key}
	return d, nil
}

// Lists are the configured lists.
func (d *Digest) Lists() []List { return slices.Clone(d.cfg.Lists) }

// SendTime is when the mail of a date is sent.
func (d *Digest) SendTime(date Date) (time.Time, error) { return d.at(date, d.sendAt) }

// List returns the list with a name; the first one for "".
func (d *Digest) List(name string) (List, error) {
	var names []string
	for _, l := range d.cfg.Lists {
		if l.Name == name || name == "" {
			return l, nil
		}
		names = append(names, l.Name)
	}
	if len(names) == 0 {
		return List{}, errors.New("no digest list is configured: add one under digest.lists")
	}
	return List{}, fmt.Errorf("no digest list %q: there are %s", name, strings.Join(names, ", "))
}

// Date is the morning that a mail is for, "2026-11-22".
type Date string

// ParseDate reads a date.
func ParseDate(s string) (Date, error) {
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Year() < 1970 {
		return "", fmt.Errorf("%q is not a date; write 2026-11-22", s)
	}
	return Date(s), nil
}

// at returns the moment of a time of day on a date.
func (d *Digest) at(date Date, c clock) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, string(date), d.zone)
	if err != nil {
		return day, fmt.Errorf("%q is not a date; write 2026-11-22", string(date))
	}
	return day.Add(time.Duration(c)), nil // Vietnam has no summer time
}

// window returns the day, week or month that a mail covers.
func (d *Digest) window(date Date, list List) (from, to time.Time, err error) {
	if err := list.check(date); err != nil {
		return from, to, err
	}
	to, err = d.at(date, d.cutoff)
	return list.before(to), to, err
}

// Current returns the date of the list's mail that covers this moment: until the cut-off the next one, then the one after.
func (d *Digest) Current(list List) Date { return list.atOrAfter(d.dateOf(d.now(), d.cutoff, 1)) }

// Due returns the date of the list's newest mail whose time to be sent has come.
func (d *Digest) Due(list List) Date { return list.atOrBefore(d.dateOf(d.now(), d.sendAt, 0)) }

// Drafted returns the date of the list's newest mail whose period has ended.
func (d *Digest) Drafted(list List) Date { return list.atOrBefore(d.dateOf(d.now(), d.cutoff, 0)) }

// dateOf returns the local date of t, or the day after when it is at or past c and after is 1; with after 0, the local
// date when it is at or past c, or the day before.
func (d *Digest) dateOf(t time.Time, c clock, after int) Date {
	local := t.In(d.zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, d.zone)
	if local.Sub(day) < time.Duration(c) {
		after--
	}
	return Date(day.AddDate(0, 0, after).Format(time.DateOnly))
}
