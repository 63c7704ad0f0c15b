package crawler

import (
	"errors"
	"fmt"
	"time"
)

// Reason names the outcome of one step: it is the metric label, the log value and, through [Reason.Words], the
// sentence a person reads. The empty Reason means that all went well.
type Reason string

// Why a page or feed gave nothing.
const (
	ReasonNone         Reason = ""
	ReasonNotFeed      Reason = "not_a_feed"         // the body is no RSS, Atom or JSON feed
	ReasonTooDeep      Reason = "too_deep"           // nested beyond the limit
	ReasonTooLarge     Reason = "too_large"          // more bytes than allowed, as sent or unpacked
	ReasonEmpty        Reason = "empty"              // no content
	ReasonNotHTML      Reason = "not_html"           // a picture, a PDF, a film
	ReasonListing      Reason = "listing_page"       // a front or section page: headlines, no article
	ReasonNoArticle    Reason = "no_article_text"    // nothing on the page reads like an article
	ReasonErrorPage    Reason = "error_page"         // "not found" served as a page
	ReasonScriptOnly   Reason = "script_only"        // the text is drawn by scripts, or a check stands before it
	ReasonRobots       Reason = "robots"             // robots.txt forbids it
	ReasonRobotsDown   Reason = "robots_unreachable" // robots.txt could not be asked: taken as forbidden
	ReasonForbidden    Reason = "forbidden_address"  // not a public address, or not http and https
	ReasonRedirects    Reason = "redirects"          // too many, or in a circle
	ReasonGone         Reason = "gone"               // 404 or 410
	ReasonRefused      Reason = "refused"            // another 4xx
	ReasonThrottled    Reason = "throttled"          // 429, or 503 with Retry-After
	ReasonServerError  Reason = "server_error"       // 5xx
	ReasonUnreachable  Reason = "unreachable"        // no address, no connection, broken connection, TLS
	ReasonTimeout      Reason = "timeout"            // too slow
	ReasonHostDown     Reason = "host_down"          // did not answer a short while ago, and is left alone
	ReasonTrap         Reason = "trap"               // an address as endless calendars, sessions and queries make them
	ReasonInvalidURL   Reason = "invalid_url"        // cannot be asked at all
	ReasonRepeat       Reason = "repeat"             // already done
	ReasonOutside      Reason = "outside_dates"      // published before or after what a backfill asks for
	ReasonFeedOnly     Reason = "feed_only"          // published with what the feed gave
	ReasonPostponed    Reason = "postponed"          // failed for now, to be tried again
	ReasonBrokerFailed Reason = "broker"             // the bus did not acknowledge
	ReasonStateFailed  Reason = "state"              // the state could not be read or written
)

// Error is a failure with its Reason. Temporary says whether asking again later may help, and Wait how long the server
// is to be left alone before that, where it said so.
type Error struct {
	Reason    Reason
	Temporary bool
	Wait      time.Duration
	Err       error
}

// Error returns the reason and its cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Reason)
	}
	return fmt.Sprintf("%s: %v", e.Reason, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the Reason of an error of this package, and ReasonUnreachable for any other error.
func ReasonOf(err error) Reason {
	if err == nil {
		return ReasonNone
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ReasonUnreachable
}

// waitOf is how long an error asks to be left alone.
func waitOf(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return min(e.Wait, maxRetryAfter)
	}
	return 0
}

// Refused is a link that gives no article and never will: its address is not one that an outlet could have meant, its
// page is a list, or neither page nor feed says anything. It is settled: a redelivery of it gives nil.
type Refused struct {
	URL string
	Err error
}

// Error names the link and the cause.
func (e *Refused) Error() string { return fmt.Sprintf("link %q refused: %v", e.URL, e.Err) }

// Unwrap returns the cause.
func (e *Refused) Unwrap() error { return e.Err }

// IsRefused reports whether an error of HandleLink refuses the link for good: it belongs among the dead letters.
func IsRefused(err error) bool {
	_, ok := errors.AsType[*Refused](err)
	return ok
}
