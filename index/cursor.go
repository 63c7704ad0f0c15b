package index

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
)

// cursor says where the next page begins. People see it as one opaque word.
type cursor struct {
	Sort     Sort   `json:"s"`
	After    *place `json:"a,omitempty"` // nil: from the first
	Verified int    `json:"v,omitempty"` // matches up to here, where each has to be verified
	Loose    bool   `json:"l,omitempty"` // see Result.Loose
	Window   int    `json:"w,omitempty"` // hits put in order together, see searching.ranked
	Now      int64  `json:"n,omitempty"` // milliseconds, see ask.now
	From     int    `json:"f,omitempty"` // how many of them were on the pages before
}

func (c cursor) String() string {
	raw, err := json.Marshal(c)
	if err != nil { // a number that JSON does not have: there is no next page then
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

const maxCursorBytes = 1024

func parseCursor(s string, sort Sort) (*cursor, error) {
	if s == "" {
		return nil, nil
	}
	bad := fmt.Errorf("%w: after %.40q is not the mark of a next page, leave it out to begin at the first", ErrRequest, s)
	if len(s) > maxCursorBytes {
		return nil, bad
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, bad
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil || !c.sound() {
		return nil, bad
	}
	if c.Sort != sort {
		return nil, fmt.Errorf("%w: after belongs to a search sorted by %q, this one is by %q", ErrRequest, c.Sort, sort)
	}
	return &c, nil
}

// sound reports whether a cursor that came from outside may be used.
func (c cursor) sound() bool {
	return c.Verified >= 0 && c.Now >= 0 && c.From >= 0 && c.Window >= 0 && c.Window <= max(MaxLimit, nearDepth) &&
		(c.After == nil || !math.IsNaN(c.After.Key))
}

// cursor begins the mark of the next page with what all pages of a search share.
func (s *searching) cursor() cursor {
	c := cursor{Sort: s.ask.sort, Loose: s.result.Loose}
	if s.ask.sort == ByFreshness {
		c.Now = s.ask.now.UnixMilli()
	}
	return c
}
