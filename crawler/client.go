package crawler

import (
	"net"
	"net/http"
	"time"
)

// NewClient returns an HTTP client that dials public addresses only, whatever a name resolves to and wherever a redirect
// leads, and the special ones that allow lists. It is for what is not crawled, such as webhooks: there is no robots.txt
// and no delay. No proxy of the environment goes round it.
func NewClient(allow []string) (*http.Client, error) {
	list, err := parseAllowList(allow)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, ControlContext: list.control}
	return &http.Client{Transport: &http.Transport{
		Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
	}}, nil
}
