package article

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Record is an article read from somebody's JSON lines, with the fields that are not ours kept as they were.
type Record struct {
	Article
	Extra map[string]json.RawMessage
}

// aliases are the names that other tools give our fields. The first name that is present and not empty wins.
var aliases = []struct{ ours, theirs string }{
	{"text", "body"}, {"text", "content"}, {"lead", "summary"}, {"outlet", "source"}, {"url", "link"}, {"published", "date"},
}

// ParseRecord reads one JSON object in the documented schema or with the aliases body, summary, source, link, content
// and date. Strings are taken byte for byte. The article is given its canonical URL and its ID, which comes from the
// URL, or else from the given id, or else from the wording; everything else is left for Revise.
func ParseRecord(line []byte) (Record, error) {
	fields, err := parseFields(line)
	if err != nil {
		return Record{}, err
	}
	given := stringOf(fields["id"])
	published := takeDate(fields)
	rec := Record{Extra: map[string]json.RawMessage{}}
	known, err := json.Marshal(fields)
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if err := json.Unmarshal(known, &rec.Article); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if rec.Schema > SchemaVersion {
		return Record{}, fmt.Errorf("schema %d, this program reads up to %d: %w", rec.Schema, SchemaVersion, ErrNewerSchema)
	}
	for name, raw := range fields {
		if !isOurs(name) {
			rec.Extra[name] = raw
		}
	}
	if strings.TrimSpace(rec.Title+rec.Lead+rec.Text) == "" {
		return Record{}, fmt.Errorf("%w: it has no title, lead or text", ErrMalformed)
	}
	rec.Schema = SchemaVersion
	if !published.IsZero() {
		rec.Published = published
		if rec.PublishedFrom == "" {
			rec.PublishedFrom = DateFromInput
		}
	}
	return rec, rec.identify(given)
}

// parseFields reads the object and renames aliased fields.
func parseFields(line []byte) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	for name, raw := range fields {
		if isOurs(name) && bytes.Equal(raw, []byte("null")) {
			delete(fields, name)
		}
	}
	for _, a := range aliases {
		raw, ok := fields[a.theirs]
		if !ok || stringOf(raw) == "" {
			continue
		}
		if stringOf(fields[a.ours]) == "" {
			fields[a.ours] = raw
			delete(fields, a.theirs)
		}
	}
	return fields, nil
}

// identify sets the canonical URL and the ID.
func (r *Record) identify(given string) error {
	if r.URL != "" {
		address := r.CanonicalURL
		if address == "" {
			address = r.URL
		}
		canonical, err := Canonicalize(address)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		r.CanonicalURL, r.ID = canonical, ID(canonical)
		return nil
	}
	r.ID = idFromGiven(given)
	if r.ID == "" {
		r.ID = digest("wording", r.Title, r.Lead, r.Text)
	}
	return nil
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,95}$`)

// idFromGiven keeps a given id that is plain and hashes any other.
func idFromGiven(given string) string {
	if given == "" || plainID.MatchString(given) {
		return given
	}
	return digest("id", given)
}

// MarshalJSON writes the article in the documented schema, followed by the fields that were not ours.
func (r Record) MarshalJSON() ([]byte, error) {
	ours, err := json.Marshal(r.Article)
	if err != nil {
		return nil, err
	}
	if len(r.Extra) == 0 {
		return ours, nil
	}
	out := bytes.NewBuffer(bytes.TrimSuffix(ours, []byte("}")))
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		out.WriteByte(',')
		out.Write(key)
		out.WriteByte(':')
		out.Write(r.Extra[name])
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// isOurs reports whether a name belongs to the documented schema.
func isOurs(name string) bool {
	switch name {
	case "schema", "id", "url", "canonical_url", "outlet", "outlet_country", "language", "title", "lead", "text", "published",
		"published_from", "first_seen", "revision", "origin", "fingerprint", "feed_only", "verdict":
		return true
	}
	return false
}

func stringOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil || !utf8.ValidString(s) {
		return ""
	}
	return s
}

// inputZone is where a date without a zone is taken to be: the files are Vietnamese.
var inputZone = time.FixedZone("+07", 7*60*60)

// takeDate reads the publication date, which may be in a form that JSON times do not allow, and takes it out of the
// fields so that a date nobody can read does not lose the article.
func takeDate(fields map[string]json.RawMessage) time.Time {
	raw, ok := fields["published"]
	if !ok {
		return time.Time{}
	}
	delete(fields, "published")
	t, err := ParseDate(stringOf(raw))
	if err != nil {
		fields["published_raw"] = raw
		return time.Time{}
	}
	return t
}

// ErrDate is returned for a date in no known form.
var ErrDate = errors.New("not a date")

// ParseDate reads the ISO 8601 forms that data files hold; without a zone it is Vietnamese time.
func ParseDate(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999-07:00",
		"2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly, time.RFC1123Z, time.RFC1123,
	} {
		if t, err := time.ParseInLocation(layout, s, inputZone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: %w", s, ErrDate)
}
