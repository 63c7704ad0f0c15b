package crawler

import (
	"errors"
	"time"

	"haidang/internal/article"
)

// Page is what a page says. Either Reason is set and there is no article, or Title and Text are.
type Page struct {
	URL           string
	CanonicalURL  string
	Title         string
	Lead          string
	Text          string // paragraphs, one a line
	Published     time.Time
	PublishedFrom article.DateSource
	Modified      time.Time
	Language      string // "vi", "en" or "other", of the text
	Outlet        string // the site's own name, as declared
	Method        string // which extractor won: for logs and measuring
	Reason        Reason // why there is no article
}

// Extract reads the article out of an HTML page. It does no I/O and always comes back: within about a second, with
// an article or a Reason. contentType is the header of the response ("" when unknown); src may be nil. The error is for
// a pageURL that is not an address.
func Extract(html []byte, pageURL, contentType string, src *Source) (Page, error) {
	return Page{}, errors.ErrUnsupported
}
