package alerting

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
)

// Webhook is a receiver that takes a signed POST.
type Webhook struct {
	Name   string          `yaml:"name"`
	URL    string          `yaml:"url"`
	Secret settings.Secret `yaml:"secret"` // key of the HMAC-SHA256
	// MinSeverity leaves out what is less urgent; empty means everything.
	MinSeverity article.Severity `yaml:"min_severity"`
}

// minSecret is the shortest key that is accepted: 128 bits as text of any kind.
const minSecret = 16

func (w Webhook) validate(at string) (errs []error) {
	u, err := url.Parse(w.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		errs = append(errs, fmt.Errorf("%s.url: not an absolute http or https address", at))
	} else if u.User != nil {
		errs = append(errs, fmt.Errorf("%s.url: holds a password; the signature takes its place", at))
	}
	if len(w.Secret) < minSecret {
		errs = append(errs, fmt.Errorf("%s.secret: must have at least %d characters", at, minSecret))
	}
	if w.MinSeverity != "" && w.MinSeverity.Rank() > article.Info.Rank() {
		errs = append(errs, fmt.Errorf("%s.min_severity: %q is not known; write critical, high, normal or info", at, w.MinSeverity))
	}
	return errs
}

// The headers of a webhook. The signature is "sha256=" and the hexadecimal HMAC-SHA256 of the timestamp, a full stop
// and the body. A receiver checks it with [Signature], refuses an old timestamp and forgets a repeated key.
const (
	HeaderSignature      = "X-Haidang-Signature"
	HeaderTimestamp      = "X-Haidang-Timestamp" // Unix seconds
	HeaderIdempotencyKey = "Idempotency-Key"
)

// maxAnswer bounds what is read of a receiver's answer: only the status matters, the rest lets the connection live on.
const maxAnswer = 64 << 10

// Signature returns the value of [HeaderSignature] for a timestamp in Unix seconds and a body.
func Signature(secret string, timestamp int64, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strconv.FormatInt(timestamp, 10) + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook sends to one receiver.
type webhook struct {
	Webhook
	client *http.Client
	now    func() time.Time
}

func (w webhook) kind() string { return kindWebhook }

func (w webhook) send(ctx context.Context, m message) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(m.body))
	if err != nil {
		return fmt.Errorf("webhook %q: %w", w.Name, err)
	}
	at := w.now().Unix()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "haidang")
	req.Header.Set(HeaderIdempotencyKey, m.id)
	req.Header.Set(HeaderTimestamp, strconv.FormatInt(at, 10))
	req.Header.Set(HeaderSignature, Signature(w.Secret.Reveal(), at, m.body))
	res, err := w.client.Do(req)
	if err != nil {
		return fmt.Errorf("webhook %q: %w", w.Name, withoutAddress(err))
	}
	defer func() { _ = res.Body.Close() }()                         // nothing was written to it
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer)) // the status has been read already
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("webhook %q: it answered %d %s", w.Name, res.StatusCode, http.StatusText(res.StatusCode))
	}
	return nil
}

// withoutAddress takes the address out of an HTTP error: chat services keep their key in it, and the error is shown.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// withoutRedirects returns a copy of the client that hands back a redirect instead of following it: a signed body
// goes to the address in the configuration and nowhere else.
func withoutRedirects(c *http.Client) *http.Client {
	out := *c
	out.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &out
}
