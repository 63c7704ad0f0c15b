package crawler

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	maxHeaderBytes = 64 << 10
	maxRedirects   = 5
	maxTrusted     = 1 << 20 // bytes that are made ready because a server says that so many will come
)

// exchange is one request with its redirects: what it may still spend, and what is noted on the way.
type exchange struct {
	limit       int64         // bytes of a body, as sent and as unpacked
	truncate    bool          // cut a longer body instead of refusing it
	left        time.Duration // time not yet spent on the wire; waiting for politeness does not count
	contentType string        // of the last answer, before colly is kept from converting its charset
	body        []byte        // of the last answer, unpacked; the http.Response has none, so that nobody copies it
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	e, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		panic("crawler: a request without its limits")
	}
	return e
}

// transport is the only way out: every fetch of the package goes through it. It dials public addresses only, waits
// for the host's turn, and leaves the body in the exchange: read whole, unpacked and within its limits.
type transport struct {
	base  *http.Transport
	hosts *hostLimiter
	slots chan struct{} // requests under way over all hosts; a full one makes the next wait
}

func newTransport(allow allowList, parallel int) *transport {
	base := guarded(allow)
	base.ResponseHeaderTimeout, base.IdleConnTimeout = 20*time.Second, 30*time.Second
	base.MaxIdleConns, base.MaxIdleConnsPerHost = 64, 1
	base.DisableCompression = true // unpacked here, under a limit
	return &transport{base: base, hosts: newHostLimiter(), slots: make(chan struct{}, parallel)}
}

// guarded is what every way out is made of: it dials public addresses and those allowed, and waits for nobody for ever.
func guarded(allow allowList) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, ControlContext: allow.control}
	return &http.Transport{
		Proxy:                  nil, // a proxy from the environment would dial in our stead, unguarded
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  30 * time.Second,
		IdleConnTimeout:        time.Minute,
		MaxIdleConnsPerHost:    2,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ForceAttemptHTTP2:      true,
	}
}

// RoundTrip sends one request when its host's turn has come.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkTarget(req); err != nil {
		return nil, err
	}
	ctx := req.Context()
	release, err := t.hosts.acquire(ctx, hostKey(req.URL))
	if err != nil {
		return nil, err
	}
	defer release()
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	res, err := t.send(req, exchangeOf(ctx))
	if answered, known := hasAnswered(req.Context(), err); known {
		t.hosts.heard(hostKey(req.URL), answered)
	}
	return res, err
}

// hasAnswered reports whether a host answered in time; known is false when the failure says nothing of the host.
func hasAnswered(ctx context.Context, err error) (answered, known bool) {
	if err == nil {
		return true, true
	}
	if ctx.Err() != nil {
		return false, false // the caller went away
	}
	switch ReasonOf(classify(ctx, err)) {
	case ReasonTimeout, ReasonUnreachable:
		return false, true
	case ReasonForbidden:
		return false, false
	}
	return true, true // too large, unknown encoding: it is alive
}

// checkTarget refuses what must never be sent, whoever asked for it.
func checkTarget(req *http.Request) error {
	if s := req.URL.Scheme; s != "http" && s != "https" {
		return &Error{Reason: ReasonForbidden, Err: fmt.Errorf("scheme %q", s)}
	}
	if req.URL.User != nil || req.Header.Get("Authorization") != "" || req.Header.Get("Cookie") != "" {
		return &Error{Reason: ReasonForbidden, Err: fmt.Errorf("credentials in a request to %q", req.URL.Host)}
	}
	return nil
}

func (t *transport) send(req *http.Request, e *exchange) (*http.Response, error) {
	if e.left <= 0 {
		return nil, &Error{Reason: ReasonTimeout, Temporary: true, Err: context.DeadlineExceeded}
	}
	ctx, cancel := context.WithTimeout(req.Context(), e.left)
	defer cancel()
	start := time.Now()
	defer func() { e.left -= time.Since(start) }()

	req = req.Clone(ctx)
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Del("Referer")
	res, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // the body is read whole below, or given up
	if e.body, err = readBody(res, e); err != nil {
		return nil, err
	}
	t.noteRetryAfter(req, res)
	e.contentType = res.Header.Get("Content-Type")
	res.Header.Set("Content-Type", withoutCharset(e.contentType))
	res.Header.Del("Content-Encoding")
	res.Body, res.ContentLength, res.Uncompressed = http.NoBody, 0, true
	res.Request = req
	return res, nil
}

// withoutCharset keeps colly from converting a body by a label that may lie: Extract decides with the bytes before it.
func withoutCharset(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return kind
}

// readBody reads a body within the limit, as sent and as unpacked.
func readBody(res *http.Response, e *exchange) ([]byte, error) {
	if isRedirect(res.StatusCode) {
		return nil, nil
	}
	if res.ContentLength > e.limit && !e.truncate {
		return nil, tooLarge(e.limit)
	}
	raw, err := readLimited(res.Body, res.ContentLength, e)
	if err != nil {
		return nil, err
	}
	unpacked, err := unpacker(res.Header.Get("Content-Encoding"), raw)
	if err != nil {
		return nil, &Error{Reason: ReasonUnreachable, Temporary: true, Err: fmt.Errorf("unpack body: %w", err)}
	}
	if unpacked == nil {
		return raw, nil
	}
	return readLimited(unpacked, 4*int64(len(raw)), e)
}

// unpacker returns a reader of the unpacked body, or nil when it is not packed. A gzip file served as such
// ("feed.xml.gz") is known by its first bytes.
func unpacker(encoding string, raw []byte) (io.Reader, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "deflate":
		if r, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
			return r, nil
		}
		return flate.NewReader(bytes.NewReader(raw)), nil
	case "", "identity", "gzip", "x-gzip":
		if !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
			return nil, nil
		}
		return gzip.NewReader(bytes.NewReader(raw))
	}
	return nil, fmt.Errorf("unknown encoding %q", encoding)
}

// readLimited reads what is probably of that size; 0 or less is not known.
func readLimited(r io.Reader, size int64, e *exchange) ([]byte, error) {
	var out bytes.Buffer
	if size > 0 {
		out.Grow(int(min(size, e.limit, maxTrusted)) + bytes.MinRead)
	}
	_, err := out.ReadFrom(io.LimitReader(r, e.limit+1))
	if body := out.Bytes(); int64(len(body)) <= e.limit {
		return body, err
	}
	if !e.truncate {
		return nil, tooLarge(e.limit)
	}
	return out.Bytes()[:e.limit], nil
}

func tooLarge(limit int64) error {
	return &Error{Reason: ReasonTooLarge, Err: fmt.Errorf("more than %d bytes", limit)}
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
