package alerting

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
)

// Route is a node of the tree that says who is told. A story goes into the first of the routes below that is for it, and
// on to the next ones where that says continue; where none is, the node's own receivers are told. What a node does not
// say it has from the one above.
type Route struct {
	Name      string   `yaml:"name"` // for people; its place in the tree where it is empty
	Match     Match    `yaml:"match"`
	Receivers []string `yaml:"receivers"`
	Continue  bool     `yaml:"continue"`
	// GroupWait is how long the first message of a group waits for others; critical ones never wait.
	GroupWait settings.Duration `yaml:"group_wait"`
	// GroupInterval is the least time between two messages to one receiver that are not critical.
	GroupInterval settings.Duration `yaml:"group_interval"`
	// RepeatInterval is after how long a story that nobody has taken is told again; 0: never.
	RepeatInterval settings.Duration `yaml:"repeat_interval"`
	Routes         []Route           `yaml:"routes"`
}

// Target is one receiver that a story goes to, and why.
type Target struct {
	Receiver string
	Route    string // the way through the tree
	Wait     time.Duration
	Interval time.Duration
	Repeat   time.Duration
	groups   bool // several stories are told of together
}

// Step is one node that was looked at on the way, for people who ask why.
type Step struct {
	Route   string
	Depth   int
	Taken   bool
	Missing string // which of the match's lists is not for the story
}

// route returns who is told of a story with these facts, each receiver once, and the way there.
func (c *Config) route(f Facts) ([]Target, []Step) {
	root := c.Route
	if len(root.Receivers) == 0 && len(root.Routes) == 0 {
		root.Receivers = c.everyReceiver(f.Severity)
	}
	var w walk
	w.node(&root, "default", 0, Target{}, f)
	return w.targets, w.steps
}

// walk is one way through the tree.
type walk struct {
	targets []Target
	steps   []Step
}

// node looks at one route and those below it, and reports whether the story went into it.
func (w *walk) node(r *Route, name string, depth int, above Target, f Facts) bool {
	if r.Name != "" {
		name = r.Name
	}
	ok, missing := r.Match.holds(f)
	w.steps = append(w.steps, Step{name, depth, ok, missing})
	if !ok {
		return false
	}
	mine := Target{Route: name, Wait: or(r.GroupWait, above.Wait), Interval: or(r.GroupInterval, above.Interval), Repeat: or(r.RepeatInterval, above.Repeat)}
	deeper := false
	for i := range r.Routes {
		child := &r.Routes[i]
		if w.node(child, fmt.Sprintf("%s/%d", name, i+1), depth+1, mine, f) {
			deeper = true
			if !child.Continue {
				break
			}
		}
	}
	if deeper {
		return true
	}
	for _, receiver := range r.Receivers {
		if !slices.ContainsFunc(w.targets, func(t Target) bool { return t.Receiver == receiver }) {
			mine.Receiver = receiver
			w.targets = append(w.targets, mine)
		}
	}
	return true
}

func or(d settings.Duration, above time.Duration) time.Duration {
	if d > 0 {
		return d.Std()
	}
	return above
}

// RouteTest says who would be told of a story with these facts, and by which way through the tree.
func (c *Config) RouteTest(f Facts) ([]Target, []Step) { return c.route(f) }

// DrawRoutes draws the tree of routes.
func (c *Config) DrawRoutes() string {
	var out strings.Builder
	root := c.Route
	if len(root.Receivers) == 0 && len(root.Routes) == 0 {
		root.Receivers = c.everyReceiver(article.Critical)
	}
	draw(&out, &root, "default", "", "")
	return out.String()
}

func draw(out *strings.Builder, r *Route, name, first, rest string) {
	if r.Name != "" {
		name = r.Name
	}
	fmt.Fprintf(out, "%s%s", first, name)
	if m := r.Match.String(); m != "" {
		fmt.Fprintf(out, " [%s]", m)
	}
	if len(r.Receivers) > 0 {
		fmt.Fprintf(out, " → %s", strings.Join(r.Receivers, ", "))
	}
	for _, v := range []struct {
		name string
		d    settings.Duration
	}{{"wait", r.GroupWait}, {"interval", r.GroupInterval}, {"repeat", r.RepeatInterval}} {
		if v.d > 0 {
			fmt.Fprintf(out, ", %s %s", v.name, short(v.d.Std()))
		}
	}
	if r.Continue {
		out.WriteString(", and goes on")
	}
	out.WriteByte('\n')
	for i := range r.Routes {
		branch, below := "├─ ", "│  "
		if i == len(r.Routes)-1 {
			branch, below = "└─ ", "   "
		}
		draw(out, &r.Routes[i], fmt.Sprintf("%s/%d", name, i+1), rest+branch, rest+below)
	}
}

// short writes 5m where time writes 5m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Inhibition mutes what a more important open story makes unimportant: while one that matches When is open, those that
// match Mute, with the same values of Same, are held back.
type Inhibition struct {
	When Match    `yaml:"when"`
	Mute Match    `yaml:"mute"`
	Same []string `yaml:"same"` // of field, place, claim
}

// Flood bounds how many messages that are not critical one receiver gets: what is over it is held back, shown on the desk
// and sent together later.
type Flood struct {
	Most int               `yaml:"most"` // 0: no bound
	Per  settings.Duration `yaml:"per"`
}

func (c *Config) validateRoutes() (errs []error) {
	known := map[string]bool{}
	for _, name := range c.everyReceiver(article.Critical) {
		known[name] = true
	}
	errs = append(errs, c.Route.validate("alerting.route", known, 0)...)
	if !c.Route.Match.empty() {
		errs = append(errs, errors.New("alerting.route.match: the root is for every story; put a match into a route below it"))
	}
	for i, in := range c.Inhibit {
		at := fmt.Sprintf("alerting.inhibit[%d]", i)
		errs = append(errs, in.When.validate(at+".when"), in.Mute.validate(at+".mute"))
		if in.When.empty() || in.Mute.empty() {
			errs = append(errs, fmt.Errorf("%s: when and mute must both say something", at))
		}
		for _, s := range in.Same {
			if s != "field" && s != "place" && s != "claim" {
				errs = append(errs, fmt.Errorf("%s.same: %q is not known; write field, place or claim", at, s))
			}
		}
	}
	if c.Flood.Most < 0 || c.Flood.Most > 0 && c.Flood.Per <= 0 {
		errs = append(errs, errors.New("alerting.flood: most and per must be positive; 30 and 10m are usual"))
	}
	return errs
}

// maxRouteDepth bounds the tree: a person has to understand it.
const maxRouteDepth = 8

func (r *Route) validate(at string, known map[string]bool, depth int) (errs []error) {
	if depth > maxRouteDepth {
		return []error{fmt.Errorf("%s: the tree is more than %d deep", at, maxRouteDepth)}
	}
	errs = append(errs, r.Match.validate(at+".match"))
	for _, name := range r.Receivers {
		if !known[name] {
			errs = append(errs, fmt.Errorf("%s.receivers: there is no receiver %q among webhooks, emails and chats", at, name))
		}
	}
	if depth > 0 && len(r.Receivers) == 0 && len(r.Routes) == 0 {
		errs = append(errs, fmt.Errorf("%s: tells nobody; name receivers, or routes below it", at))
	}
	for i := range r.Routes {
		errs = append(errs, r.Routes[i].validate(fmt.Sprintf("%s.routes[%d]", at, i), known, depth+1)...)
	}
	return errs
}
