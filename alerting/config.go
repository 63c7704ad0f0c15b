package alerting

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"haidang/internal/settings"
	"haidang/internal/text"
)

// Config says how stories are formed and who is told.
type Config struct {
	// Window is how far apart two articles with the same claim may be and still be one story.
	Window settings.Duration `yaml:"window"`
	// CopyWindow is how far apart near-identical texts with the same claim may be and still be one story.
	CopyWindow settings.Duration `yaml:"copy_window"`
	// CopySimilarity is the estimated share of common word sequences from which a text is a copy, 0 to 1.
	CopySimilarity float64 `yaml:"copy_similarity"`
	// AckTimeout is how long an acknowledgement lasts: a story that nobody went on with is new again then.
	AckTimeout settings.Duration `yaml:"ack_timeout"`
	// People are those of the desk. Without any, every name is taken.
	People []Person `yaml:"people"`
	// Roster says who is called, and when.
	Roster Roster `yaml:"roster"`
	// Webhooks, Emails and Chats are the receivers. Without a Route each is told of every story that rings.
	Webhooks []Webhook `yaml:"webhooks"`
	Emails   []Email   `yaml:"emails"`
	Chats    []Chat    `yaml:"chats"`
	// Route is the root of the tree that says who is told of what.
	Route Route `yaml:"route"`
	// Inhibit says what a more important open story makes unimportant.
	Inhibit []Inhibition `yaml:"inhibit"`
	// Flood bounds the messages to one receiver.
	Flood Flood `yaml:"flood"`
	// Link is the address of the desk, for links in messages; empty: no links.
	Link string `yaml:"link"`
	// Retry says how a notification that was refused is tried again.
	Retry Retry `yaml:"retry"`
}

// Retry is a policy of exponential backoff with jitter.
type Retry struct {
	Attempts int               `yaml:"attempts"` // all of them, the first included
	First    settings.Duration `yaml:"first"`
	Max      settings.Duration `yaml:"max"`
	Timeout  settings.Duration `yaml:"timeout"` // of one attempt
	// Expire is how long a notification may wait for a receiver that is away before it is given up, on the desk.
	Expire settings.Duration `yaml:"expire"`
}

// DefaultConfig tells nobody but the desk.
func DefaultConfig() Config {
	return Config{
		Window:         settings.Duration(72 * time.Hour),
		CopyWindow:     settings.Duration(7 * 24 * time.Hour),
		CopySimilarity: text.CopySimilarity,
		AckTimeout:     settings.Duration(time.Hour),
		Route:          Route{GroupWait: settings.Duration(30 * time.Second), GroupInterval: settings.Duration(5 * time.Minute), RepeatInterval: settings.Duration(4 * time.Hour)},
		Flood:          Flood{Most: 30, Per: settings.Duration(10 * time.Minute)},
		Roster:         Roster{CallAfter: settings.Duration(5 * time.Minute), Zone: "Asia/Ho_Chi_Minh"},
		Retry: Retry{
			Attempts: 12,
			First:    settings.Duration(2 * time.Second),
			Max:      settings.Duration(15 * time.Minute),
			Timeout:  settings.Duration(10 * time.Second),
			Expire:   settings.Duration(24 * time.Hour),
		},
	}
}

// Validate reports every problem of the configuration at once.
func (c Config) Validate() error {
	var errs []error
	if c.Window <= 0 {
		errs = append(errs, errors.New("alerting.window: must be positive; 72h is usual"))
	}
	if c.CopyWindow <= 0 {
		errs = append(errs, errors.New("alerting.copy_window: must be positive; 7d is usual"))
	}
	if !(c.CopySimilarity > 0 && c.CopySimilarity <= 1) {
		errs = append(errs, fmt.Errorf("alerting.copy_similarity: %v is not above 0 and at most 1; %v is usual", c.CopySimilarity, text.CopySimilarity))
	}
	errs = append(errs, c.validatePeople()...)
	errs = append(errs, c.Roster.validate(&c)...)
	errs = append(errs, c.validateReceivers()...)
	if u, err := url.Parse(c.Link); c.Link != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		errs = append(errs, fmt.Errorf("alerting.link: %q is not an absolute http or https address", c.Link))
	}
	errs = append(errs, c.validateRoutes()...)
	return errors.Join(append(errs, c.Retry.validate()...)...)
}

func (r Retry) validate() (errs []error) {
	if r.Attempts < 1 {
		errs = append(errs, errors.New("alerting.retry.attempts: must be at least 1"))
	}
	if r.First <= 0 || r.Max < r.First {
		errs = append(errs, errors.New("alerting.retry: first must be positive and max not below it"))
	}
	if r.Timeout <= 0 {
		errs = append(errs, errors.New("alerting.retry.timeout: must be positive"))
	}
	if r.Expire <= 0 {
		errs = append(errs, errors.New("alerting.retry.expire: must be positive; 24h is usual"))
	}
	return errs
}
