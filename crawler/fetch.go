package crawler

import (
	"context"
	"errors"
	"net/http"
)

// Fetcher asks the web for feeds, pages and robots.txt, politely and safely. It is safe for concurrent use.
type Fetcher struct{}

// Response is an answer, read whole, unpacked and within its limits.
type Response struct {
	URL         string // after redirects
	Status      int
	Header      http.Header
	ContentType string
	Body        []byte
	Unchanged   bool // 304
}

// NewFetcher builds a Fetcher for commands that need no state. It makes no request.
func NewFetcher(cfg Config, deps Deps) (*Fetcher, error) { return nil, errors.ErrUnsupported }

// Feed fetches one feed.
func (f *Fetcher) Feed(ctx context.Context, url string) (Response, error) {
	return Response{}, errors.ErrUnsupported
}

// Page fetches one page, if robots.txt allows it.
func (f *Fetcher) Page(ctx context.Context, url string) (Response, error) {
	return Response{}, errors.ErrUnsupported
}
