package crawler

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what some hubs sign with
	"crypto/sha256"
	"crypto/sha512"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// WebSub lets hubs call when a feed has changed. It is off unless both are set.
type WebSub struct {
	// Listen is where the callbacks are taken: "127.0.0.1:8424", behind a proxy that the world reaches.
	Listen string `yaml:"listen"`
	// Callback is how hubs reach that: "https://news.example.vn/websub".
	Callback string `yaml:"callback"`
}

func (w WebSub) on() bool { return w.Listen != "" && w.Callback != "" }

func (w WebSub) validate() error {
	if w.Listen == "" && w.Callback == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(w.Listen); err != nil {
		return fmt.Errorf("websub.listen: %q is not host:port; websub needs listen and callback", w.Listen)
	}
	if u, err := url.Parse(w.Callback); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("websub.callback: %q is not an absolute http or https address without a query", w.Callback)
	}
	return nil
}

const (
	websubEvery  = time.Minute // how often subscriptions are looked after
	websubLease  = 10 * 24 * time.Hour
	websubAnswer = time.Hour          // a hub that has not verified by then is asked again
	websubDenied = 7 * 24 * time.Hour // after it said no
	pushPause    = 30 * time.Second   // between two polls, however often a hub calls
)

// The states of a subscription.
const (
	websubNew    = "new"
	websubAsked  = "asked"
	websubOn     = "on"
	websubRefuse = "denied"
)

// subscription is one row of crawl_websub.
type subscription struct {
	feed, hub, topic, token, secret, state string
	next, lease, pushed                    time.Time
}

// subscriptions are the crawler's dealings with hubs. A hub is trusted with one thing: to say that a feed is to be polled
// now. What it sends is not read, but for its signature.
type subscriptions struct {
	c *Crawler
}

// want notes the hub that a feed declares. Another hub than before is asked anew.
func (s subscriptions) want(ctx context.Context, feed, hub, topic string) error {
	if !s.c.cfg.WebSub.on() || hub == "" || len(hub) > 2048 || checkAddress(hub) != nil {
		return nil
	}
	_, err := s.c.state.db.Exec(ctx, `INSERT INTO crawl_websub (feed, hub, topic, token, secret, state, next_at, lease_until, pushed_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)
ON CONFLICT (feed) DO UPDATE SET hub = excluded.hub, topic = excluded.topic, token = excluded.token, secret = excluded.secret, state = excluded.state,
next_at = excluded.next_at, lease_until = 0 WHERE crawl_websub.hub <> excluded.hub OR crawl_websub.topic <> excluded.topic`,
		feed, hub, topic, rand.Text(), rand.Text(), websubNew, millis(s.c.deps.Now()))
	return stateError("note hub", err)
}

const websubColumns = "feed, hub, topic, token, secret, state, next_at, lease_until, pushed_at"

func (s subscriptions) scan(row interface{ Scan(...any) error }) (subscription, error) {
	var out subscription
	var next, lease, pushed int64
	err := row.Scan(&out.feed, &out.hub, &out.topic, &out.token, &out.secret, &out.state, &next, &lease, &pushed)
	out.next, out.lease, out.pushed = fromMillis(next), fromMillis(lease), fromMillis(pushed)
	return out, err
}

// renew asks hubs whose turn it is.
func (s subscriptions) renew(ctx context.Context) error {
	rows, err := s.c.state.db.Query(ctx, "SELECT "+websubColumns+" FROM crawl_websub WHERE next_at <= ? ORDER BY next_at LIMIT 50", millis(s.c.deps.Now()))
	if err != nil {
		return stateError("read subscriptions", err)
	}
	var due []subscription
	for rows.Next() {
		sub, err := s.scan(rows)
		if err != nil {
			return stateError("read subscriptions", errors.Join(err, rows.Close()))
		}
		due = append(due, sub)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return stateError("read subscriptions", err)
	}
	for _, sub := range due {
		if _, followed := s.c.wakes[sub.feed]; !followed {
			_, err := s.c.state.db.Exec(ctx, "DELETE FROM crawl_websub WHERE feed = ?", sub.feed) // no longer among the sources
			if err != nil {
				return stateError("forget subscription", err)
			}
			continue
		}
		if err := s.ask(ctx, sub); err != nil {
			return err
		}
	}
	return nil
}

// ask sends one request to subscribe. The row is written first: a hub may verify before it has answered.
func (s subscriptions) ask(ctx context.Context, sub subscription) error {
	now := s.c.deps.Now()
	state := websubAsked
	if sub.state == websubOn && now.Before(sub.lease) {
		state = websubOn // renewed while it lasts
	}
	if _, err := s.c.state.db.Exec(ctx, "UPDATE crawl_websub SET state = ?, next_at = ? WHERE token = ?", state, millis(now.Add(websubAnswer)), sub.token); err != nil {
		return stateError("note subscription", err)
	}
	err := s.c.fetcher.post(ctx, sub.hub, url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {sub.topic}, "hub.callback": {s.callback(sub.token)},
		"hub.lease_seconds": {strconv.Itoa(int(websubLease.Seconds()))}, "hub.secret": {sub.secret},
	})
	s.c.metrics.websub.WithLabelValues(map[bool]string{true: "asked", false: "failed"}[err == nil]).Inc()
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	s.c.log.Warn("hub not asked", "feed", sub.feed, "hub", sub.hub, "err", err)
	_, err = s.c.state.db.Exec(ctx, "UPDATE crawl_websub SET next_at = ? WHERE token = ?", millis(now.Add(max(6*time.Hour, waitOf(err)))), sub.token)
	return stateError("note subscription", err)
}

func (s subscriptions) callback(token string) string {
	return strings.TrimSuffix(s.c.cfg.WebSub.Callback, "/") + "/" + token
}

// ServeHTTP takes what hubs send: a GET that verifies a subscription, a POST that says that a feed has changed.
func (s subscriptions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	sub, err := s.scan(s.c.state.db.QueryRow(r.Context(), "SELECT "+websubColumns+" FROM crawl_websub WHERE token = ?", token))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		s.count("unknown")
		http.NotFound(w, r)
	case err != nil:
		http.Error(w, "not now", http.StatusServiceUnavailable)
	case r.Method == http.MethodGet:
		s.verify(w, r, sub)
	case r.Method == http.MethodPost:
		s.push(w, r, sub)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (s subscriptions) count(outcome string) { s.c.metrics.websub.WithLabelValues(outcome).Inc() }

// verify confirms what was asked for, and nothing else: the topic must be ours, and we must have asked.
func (s subscriptions) verify(w http.ResponseWriter, r *http.Request, sub subscription) {
	q := r.URL.Query()
	now := s.c.deps.Now()
	challenge, mode := q.Get("hub.challenge"), q.Get("hub.mode")
	if mode == "denied" && q.Get("hub.topic") == sub.topic {
		s.count("denied")
		s.store(w, r, "UPDATE crawl_websub SET state = ?, next_at = ? WHERE token = ?", websubRefuse, millis(now.Add(websubDenied)), sub.token)
		return
	}
	asked := sub.state == websubAsked || sub.state == websubOn
	if mode != "subscribe" || q.Get("hub.topic") != sub.topic || !asked || challenge == "" || len(challenge) > 1024 {
		s.count("unknown")
		http.NotFound(w, r)
		return
	}
	seconds, err := strconv.ParseInt(q.Get("hub.lease_seconds"), 10, 32)
	lease := time.Duration(seconds) * time.Second
	if err != nil || lease <= 0 {
		lease = websubLease
	}
	lease = min(max(lease, time.Hour), 3*websubLease)
	if !s.store(w, r, "UPDATE crawl_websub SET state = ?, next_at = ?, lease_until = ? WHERE token = ?", websubOn, millis(now.Add(lease*9/10)), millis(now.Add(lease)), sub.token) {
		return
	}
	s.count("verified")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, challenge) // a hub that has gone away asks again
}

func (s subscriptions) store(w http.ResponseWriter, r *http.Request, query string, args ...any) bool {
	if _, err := s.c.state.db.Exec(r.Context(), query, args...); err != nil {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return false
	}
	return true
}

// push polls the feed now if the signature is right. As the standard asks, the answer does not tell whether it was.
func (s subscriptions) push(w http.ResponseWriter, r *http.Request, sub subscription) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(s.c.cfg.MaxFeedBytes)))
	if err != nil {
		s.count("unsigned")
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if sub.state != websubOn || !signed(r.Header.Get("X-Hub-Signature"), sub.secret, body) {
		s.count("unsigned")
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if s.store(w, r, "UPDATE crawl_websub SET pushed_at = ? WHERE token = ?", millis(s.c.deps.Now()), sub.token) {
		s.count("pushed")
		s.c.wake(sub.feed)
		w.WriteHeader(http.StatusAccepted)
	}
}

// signed checks "sha256=…" over a body.
func signed(header, secret string, body []byte) bool {
	method, signature, _ := strings.Cut(header, "=")
	hashes := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	newHash, ok := hashes[strings.ToLower(method)]
	given, err := hex.DecodeString(signature)
	if !ok || err != nil {
		return false
	}
	mac := hmac.New(newHash, []byte(secret))
	_, _ = mac.Write(body) // a hash never returns an error
	return hmac.Equal(given, mac.Sum(nil))
}

// serve takes callbacks until ctx ends.
func (s subscriptions) serve(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.c.cfg.WebSub.Listen)
	if err != nil {
		return fmt.Errorf("crawler.websub.listen: %w", err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("crawler.websub: %w", err)
	}
	return nil
}

// post sends a form through the guarded transport. A redirect is followed only where it keeps the method.
func (f *Fetcher) post(ctx context.Context, address string, form url.Values) error {
	if err := checkAddress(address); err != nil {
		return err
	}
	e := &exchange{limit: 64 << 10, truncate: true, left: f.cfg.Timeout.Std()}
	req, err := http.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, e), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return &Error{Reason: ReasonInvalidURL, Err: err}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", f.agent)
	client := &http.Client{Transport: f.transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if req.Method != http.MethodPost {
			return &Error{Reason: ReasonRedirects, Err: errors.New("a hub redirects a subscription to a page")}
		}
		return checkRedirect(req, via)
	}}
	res, err := client.Do(req)
	if err != nil {
		return classify(ctx, err)
	}
	defer func() { _ = res.Body.Close() }() // there is none
	out := Response{Status: res.StatusCode, Header: res.Header}
	return out.judge(time.Now())
}
