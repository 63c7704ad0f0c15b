package crawler

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"

	"haidang/internal/settings"
)

// Config says what is crawled, how often and how politely.
type Config struct {
	// UserAgent is the product token sent and looked for in robots.txt, such as "HaiDang".
	UserAgent string `yaml:"user_agent"`
	// Contact is the web or e-mail address that a webmaster can write to; it is part of the user agent sent.
	Contact string `yaml:"contact"`
	// AllowAddresses lists special addresses that may be dialled all the same, for tests, the demo and intranets:
	// "127.0.0.1:8080", "127.0.0.1", "10.1.0.0/16".
	AllowAddresses []string `yaml:"allow_addresses"`
	// Delay is the pause between two requests to one host; a longer Crawl-delay in robots.txt wins, up to a minute.
	Delay settings.Duration `yaml:"delay"`
	// Timeout bounds one request, redirects and body included.
	Timeout settings.Duration `yaml:"timeout"`
	// MaxFeedBytes and MaxPageBytes bound a body as sent and as unpacked.
	MaxFeedBytes settings.Bytes `yaml:"max_feed_bytes"`
	MaxPageBytes settings.Bytes `yaml:"max_page_bytes"`
	// PollMin is the time between two polls of the busiest outlets of the first tier, and PollMax the longest of any feed
	// that can be read. Within them each feed has its own rhythm, and each tier its own bounds.
	PollMin settings.Duration `yaml:"poll_min"`
	PollMax settings.Duration `yaml:"poll_max"`
	// SeenFor is how long an item that its feed no longer shows is remembered.
	SeenFor settings.Duration `yaml:"seen_for"`
	// Fetchers is how many hosts are asked at the same time.
	Fetchers int `yaml:"fetchers"`
	// WebSub lets hubs call when a feed has changed.
	WebSub WebSub `yaml:"websub"`
	// Sources are the outlets.
	Sources []Source `yaml:"sources"`
}

// Source is one outlet.
type Source struct {
	ID       string   `yaml:"id"`       // short and stable: "tuoitre"
	Name     string   `yaml:"name"`     // as shown: "Tuổi Trẻ Online"
	Country  string   `yaml:"country"`  // ISO 3166-1 alpha-2
	Language string   `yaml:"language"` // "vi", "en" or another ISO 639-1 code
	Tier     int      `yaml:"tier"`     // 1 national reach … 3 small
	Kind     string   `yaml:"kind"`     // one of Kinds
	Timezone string   `yaml:"timezone"` // of dates without a zone: "Asia/Ho_Chi_Minh"
	Feeds    []string `yaml:"feeds"`
	// Sitemaps are news sitemaps, by which the feeds are checked to be complete; without feeds they are what is read.
	Sitemaps []string `yaml:"sitemaps"`
	// Sections are pages of headlines, for outlets that have no feeds.
	Sections []Section `yaml:"sections"`
	// Delay, PollMin and PollMax override those of the Config.
	Delay   settings.Duration `yaml:"delay"`
	PollMin settings.Duration `yaml:"poll_min"`
	PollMax settings.Duration `yaml:"poll_max"`
	// Selectors are CSS selectors for outlets whose pages the general rules read badly.
	Selectors Selectors `yaml:"selectors"`
	// Unverified marks an address nobody has tried yet.
	Unverified bool `yaml:"unverified"`
	// Disabled keeps the entry and polls nothing.
	Disabled bool `yaml:"disabled"`
}

// Section is a page of headlines.
type Section struct {
	URL   string `yaml:"url" json:"url"`
	Links string `yaml:"links" json:"links"` // regular expression: which paths, with their query, are articles
}

// Selectors are CSS selectors into an outlet's pages. An empty one leaves that part to the general rules.
type Selectors struct {
	Title  string   `yaml:"title" json:"title,omitempty"`
	Lead   string   `yaml:"lead" json:"lead,omitempty"`
	Text   string   `yaml:"text" json:"text,omitempty"`
	Date   string   `yaml:"date" json:"date,omitempty"`
	Remove []string `yaml:"remove" json:"remove,omitempty"` // taken out before anything is read
}

// Kinds are the kinds of outlet.
func Kinds() []string {
	return []string{"press", "agency", "broadcaster", "government", "magazine", "blog", "aggregator", "factcheck"}
}

// DefaultConfig is polite and has no sources.
func DefaultConfig() Config {
	return Config{
		UserAgent:    "HaiDang",
		Delay:        settings.Duration(5 * time.Second),
		Timeout:      settings.Duration(30 * time.Second),
		MaxFeedBytes: 5 << 20,
		MaxPageBytes: 4 << 20,
		PollMin:      settings.Duration(2 * time.Minute),
		PollMax:      settings.Duration(6 * time.Hour),
		SeenFor:      settings.Duration(90 * 24 * time.Hour),
		Fetchers:     16,
	}
}

var (
	tokenPattern    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{1,40}$`)
	sourceIDPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,40}$`)
	countryPattern  = regexp.MustCompile(`^[A-Z]{2}$`)
	languagePattern = regexp.MustCompile(`^[a-z]{2,3}$`)
)

// Validate reports every problem of the configuration at once.
func (c Config) Validate() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !tokenPattern.MatchString(c.UserAgent) {
		add("user_agent: %q is not one word of letters, such as HaiDang", c.UserAgent)
	}
	if strings.ContainsFunc(c.Contact, func(r rune) bool { return r < ' ' || r > '~' || r == '(' || r == ')' }) {
		add("contact: %q is not a web or e-mail address", c.Contact)
	}
	if _, err := parseAllowList(c.AllowAddresses); err != nil {
		errs = append(errs, err)
	}
	if c.Delay < 0 || c.Delay.Std() > time.Hour {
		add("delay: %v is not between 0s and 1h", c.Delay)
	}
	if c.Timeout.Std() < 100*time.Millisecond || c.Timeout.Std() > 10*time.Minute {
		add("timeout: %v is not between 100ms and 10m", c.Timeout)
	}
	for name, n := range map[string]settings.Bytes{"max_feed_bytes": c.MaxFeedBytes, "max_page_bytes": c.MaxPageBytes} {
		if n < 1<<10 || n > 64<<20 {
			add("%s: %d is not between 1KB and 64MB", name, n)
		}
	}
	if c.PollMin <= 0 || c.PollMax < c.PollMin {
		add("poll_min, poll_max: %v and %v are not a positive range", c.PollMin, c.PollMax)
	}
	if c.SeenFor.Std() < 24*time.Hour {
		add("seen_for: %v is less than 1d: items would come back as new", c.SeenFor)
	}
	if c.Fetchers < 1 || c.Fetchers > 1000 {
		add("fetchers: %d is not between 1 and 1000", c.Fetchers)
	}
	if err := c.WebSub.validate(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, validateSources(c.Sources)...)
	return errors.Join(errs...)
}

func validateSources(sources []Source) []error {
	var errs []error
	ids, feeds := map[string]int{}, map[string]string{}
	for i, s := range sources {
		at := fmt.Sprintf("sources[%d]", i)
		errs = append(errs, s.validate(at)...)
		if first, ok := ids[s.ID]; ok {
			errs = append(errs, fmt.Errorf("%s.id: %q is also the id of sources[%d]", at, s.ID, first))
		} else {
			ids[s.ID] = i
		}
		for _, p := range s.places(at) {
			if first, ok := feeds[p.url]; ok {
				errs = append(errs, fmt.Errorf("%s: %q is also %s", p.where, p.url, first))
				continue
			}
			feeds[p.url] = p.where
		}
	}
	return errs
}

func (s Source) validate(at string) []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(at+"."+format, args...)) }
	if !sourceIDPattern.MatchString(s.ID) {
		add("id: %q is not a short name of lower-case letters, digits, - and _", s.ID)
	}
	if strings.TrimSpace(s.Name) == "" {
		add("name: missing")
	}
	if s.Country != "" && !countryPattern.MatchString(s.Country) {
		add("country: %q is not two capital letters, such as VN", s.Country)
	}
	if s.Language != "" && !languagePattern.MatchString(s.Language) {
		add("language: %q is not a code such as vi or en", s.Language)
	}
	if s.Tier < 0 || s.Tier > 3 {
		add("tier: %d is not 1, 2 or 3", s.Tier)
	}
	if s.Kind != "" && !slices.Contains(Kinds(), s.Kind) {
		add("kind: %q is not one of %s", s.Kind, strings.Join(Kinds(), ", "))
	}
	if _, err := time.LoadLocation(s.Timezone); err != nil {
		add("timezone: %q is not known; write one such as Asia/Ho_Chi_Minh", s.Timezone)
	}
	if len(s.Feeds)+len(s.Sitemaps)+len(s.Sections) == 0 {
		add("feeds: missing; write feeds, sitemaps or sections")
	}
	for _, p := range s.places(at) {
		if u, err := url.Parse(p.url); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
			errs = append(errs, fmt.Errorf("%s: %q is not an absolute http or https address without a password", p.where, p.url))
		}
	}
	for j, sec := range s.Sections {
		if _, err := regexp.Compile(sec.Links); err != nil || sec.Links == "" {
			add("sections[%d].links: %q is not a regular expression for the paths of articles, such as -\\d+\\.html$", j, sec.Links)
		}
	}
	if s.Delay < 0 || s.PollMin < 0 || s.PollMax < 0 || (s.PollMin > 0 && s.PollMax > 0 && s.PollMax < s.PollMin) {
		add("delay, poll_min, poll_max: %v, %v, %v: negative, or the smallest above the largest", s.Delay, s.PollMin, s.PollMax)
	}
	return append(errs, s.Selectors.validate(at+".selectors")...)
}

// place is an address in the configuration.
type place struct{ where, url string }

func (s Source) places(at string) []place {
	var out []place
	for j, u := range s.Feeds {
		out = append(out, place{fmt.Sprintf("%s.feeds[%d]", at, j), u})
	}
	for j, u := range s.Sitemaps {
		out = append(out, place{fmt.Sprintf("%s.sitemaps[%d]", at, j), u})
	}
	for j, sec := range s.Sections {
		out = append(out, place{fmt.Sprintf("%s.sections[%d].url", at, j), sec.URL})
	}
	return out
}

func (s Selectors) validate(at string) []error {
	var errs []error
	check := func(name, selector string) {
		if selector == "" {
			return
		}
		if _, err := cascadia.ParseGroup(selector); err != nil {
			errs = append(errs, fmt.Errorf("%s.%s: %q is not a CSS selector: %w", at, name, selector, err))
		}
	}
	check("title", s.Title)
	check("lead", s.Lead)
	check("text", s.Text)
	check("date", s.Date)
	for i, r := range s.Remove {
		check(fmt.Sprintf("remove[%d]", i), r)
	}
	return errs
}
