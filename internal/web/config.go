package web

import (
	"errors"
	"fmt"
	"net"
	"regexp"
)

// Config says where the pages are served and in which language they begin.
type Config struct {
	// Listen is the address of the pages; port 0 takes a free one. An address that other machines reach needs Hosts.
	Listen string `yaml:"listen"`
	// Hosts are the names under which a TLS proxy serves the pages to other machines, as "desk.example.vn". With any of
	// them every page asks for sign-in, and cookies travel over TLS only. Empty: this machine only.
	Hosts []string `yaml:"hosts"`
	// Language is what a visitor sees who has not chosen: vi or en.
	Language string `yaml:"language"`
}

var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

// DefaultConfig is Vietnamese pages on this machine only.
func DefaultConfig() Config { return Config{Listen: "127.0.0.1:8420", Language: "vi"} }

// Validate reports every problem of the configuration at once.
func (c Config) Validate() error {
	var errs []error
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("web.listen: %q is not host:port; write 127.0.0.1:8420", c.Listen))
	case host != "localhost" && (ip == nil || !ip.IsLoopback()) && len(c.Hosts) == 0:
		errs = append(errs, fmt.Errorf("web.listen: %q is reached by other machines: name the pages' own names in web.hosts, or write 127.0.0.1:8420", c.Listen))
	}
	for i, name := range c.Hosts {
		if !hostName.MatchString(name) {
			errs = append(errs, fmt.Errorf("web.hosts[%d]: %q is not a name; write desk.example.vn, without a port", i, name))
		}
	}
	if c.Language != "vi" && c.Language != "en" {
		errs = append(errs, fmt.Errorf("web.language: %q is not known; write vi or en", c.Language))
	}
	return errors.Join(errs...)
}
