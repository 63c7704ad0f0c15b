package web

import (
	"errors"
	"fmt"
	"net"
)

// Config says where the pages are served and in which language they begin.
type Config struct {
	// Listen is the address of the pages. Until there is sign-in it must be a loopback address; port 0 takes a free one.
	Listen string `yaml:"listen"`
	// Language is what a visitor sees who has not chosen: vi or en.
	Language string `yaml:"language"`
}

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
	case host != "localhost" && (ip == nil || !ip.IsLoopback()):
		errs = append(errs, fmt.Errorf("web.listen: %q is not a loopback address; there is no sign-in yet, so write 127.0.0.1:8420", c.Listen))
	}
	if c.Language != "vi" && c.Language != "en" {
		errs = append(errs, fmt.Errorf("web.language: %q is not known; write vi or en", c.Language))
	}
	return errors.Join(errs...)
}
