package alerting

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Person is somebody of the desk. Nobody else is ever known by name.
type Person struct {
	ID    string `yaml:"id" json:"id"`       // as in "@lan" and in the audit trail
	Name  string `yaml:"name" json:"name"`   // as shown
	Email string `yaml:"email" json:"email"` // empty: told on the pages only
	Lead  bool   `yaml:"lead" json:"lead"`   // may decide what was escalated
}

var (
	personID = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)
	mention  = regexp.MustCompile(`@([a-z][a-z0-9._-]{0,31})`)
)

// person returns a person by ID.
func (c *Config) person(id string) (Person, bool) {
	i := slices.IndexFunc(c.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return c.People[i], true
}

// knows reports whether somebody of the desk has this ID. A desk without a list takes every name.
func (c *Config) knows(id string) bool {
	if len(c.People) == 0 {
		return id != ""
	}
	_, ok := c.person(id)
	return ok
}

// mentions returns the people whom a note calls by "@id", each once.
func (c *Config) mentions(note string) []string {
	var out []string
	for _, m := range mention.FindAllStringSubmatch(note, -1) {
		if _, ok := c.person(m[1]); ok && !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

func (c *Config) validatePeople() (errs []error) {
	seen := map[string]bool{}
	for i, p := range c.People {
		at := fmt.Sprintf("alerting.people[%d]", i)
		switch {
		case !personID.MatchString(p.ID):
			errs = append(errs, fmt.Errorf("%s.id: %q must begin with a small letter and hold small letters, digits, dots and dashes only", at, p.ID))
		case seen[p.ID]:
			errs = append(errs, fmt.Errorf("%s.id: %q is taken", at, p.ID))
		}
		seen[p.ID] = true
		if p.Name == "" {
			errs = append(errs, fmt.Errorf("%s.name: missing", at))
		}
	}
	if c.AckTimeout <= 0 {
		errs = append(errs, errors.New("alerting.ack_timeout: must be positive; 60m is usual"))
	}
	return errs
}
