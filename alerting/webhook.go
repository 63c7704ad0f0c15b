package alerting

import "net/http"

// kafkaReceiver is the name under which the alerts topic stands in the outbox.
const kafkaReceiver = "kafka"

// The kinds of receivers, as metric labels.
const (
	kindWebhook = "webhook"
	kindKafka   = "kafka"
)

// withoutRedirects returns a copy of the client that hands back a redirect instead of following it: a signed body
// goes to the address in the configuration and nowhere else.
func withoutRedirects(c *http.Client) *http.Client {
	out := *c
	out.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &out
}
