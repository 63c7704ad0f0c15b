package crawler

import "net/http"

// NewClient returns an HTTP client that dials public addresses only, whatever a name resolves to and wherever a redirect
// leads, and the special ones that allow lists. It is for what is not crawled, such as webhooks: there is no robots.txt
// and no delay. No proxy of the environment goes round it.
func NewClient(allow []string) (*http.Client, error) {
	list, err := parseAllowList(allow)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: guarded(list)}, nil
}
