// Package coverage tells how much was written about what: volumes over time by topic, outlet, country, language and tone,
// each one's share, two periods side by side, what rose and fell between them, and spikes. Pages, digest, API and command
// line all ask it, so that they all give the same numbers.
//
// Give [New] a [Source], which counts articles, and ask [Coverage.Report]. Copies of a text count once unless the request
// says otherwise. A spike is told against the same hour of the same weekday in the weeks before, by median and median
// absolute deviation, so that neither the daily rhythm of the press nor one earlier event hides or invents one; [Spike.Said]
// explains it.
//
// Limits: it counts articles, never people. Where counting ran out of time the report says so in [Report.Partial]. Days
// begin in Việt Nam.
package coverage

import (
	"context"
	"fmt"
	"time"
)

// Clock is the time by which articles are counted.
type Clock string

// The clocks.
const (
	Published Clock = "published" // when the outlet published them; the zero Clock means it
	Seen      Clock = "seen"      // when they came in
)

// Dimension is a property by which articles are counted. Its name is its filter in the query language.
type Dimension string

// The dimensions.
const (
	Outlet   Dimension = "outlet"
	Topic    Dimension = "topic"
	Place    Dimension = "place"
	Claim    Dimension = "claim"
	Stance   Dimension = "stance"
	Country  Dimension = "country"
	Language Dimension = "lang"
)

// Dimensions are all of them.
var Dimensions = []Dimension{Topic, Outlet, Place, Claim, Stance, Country, Language}

// Ask is one question to a source: how many articles there are, in equal cells of time.
type Ask struct {
	Query  string // in the query language; empty: every article
	Clock  Clock
	From   time.Time     // the first cell begins here
	To     time.Time     // the last ends here, or earlier than the others
	Cell   time.Duration // how long each is
	By     []Dimension
	Copies bool // count copies too
}

// Cells is how many cells there are.
func (a Ask) Cells() int { return int((a.To.Sub(a.From) + a.Cell - 1) / a.Cell) }

// mostCells bounds them: a year of hours, or twenty of days.
const mostCells = 24 * 366

// Tally is the answer: for each cell how many articles.
type Tally struct {
	Articles []int // without copies, unless they were asked for
	Copies   []int // copies among all that was found
	By       map[Dimension]map[string][]int
	Names    map[string]string // of outlets, as they write themselves
	Partial  []string          // what was left out and why, in sentences; empty: nothing
}

// Source counts articles. The archive is one.
type Source interface {
	Tally(ctx context.Context, ask Ask) (Tally, error)
}

// Deps is what coverage works with besides its source. All of it may be left out.
type Deps struct {
	Name func(d Dimension, id, language string) string // what a topic, place or claim is called; "" where it is not known
	Now  func() time.Time
}

// Coverage asks a source. It is safe for concurrent use if the source is.
type Coverage struct {
	source Source
	deps   Deps
}

// New returns the coverage of a source.
func New(source Source, deps Deps) *Coverage {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Name == nil {
		deps.Name = func(Dimension, string, string) string { return "" }
	}
	return &Coverage{source: source, deps: deps}
}

// Zone is where days begin. Việt Nam has no summer time.
var Zone = time.FixedZone("ICT", 7*60*60)

const (
	hour = time.Hour
	day  = 24 * time.Hour
	week = 7 * day
)

// Midnight is the beginning of the day in which t lies.
func Midnight(t time.Time) time.Time {
	y, m, d := t.In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Zone)
}

// FirstDay is the beginning of the first of so many days that end at a moment.
func FirstDay(end time.Time, days int) time.Time {
	return Midnight(end.Add(-time.Nanosecond)).AddDate(0, 0, 1-days)
}

// tally asks for the cells between two moments.
func (c *Coverage) tally(ctx context.Context, r Request, from, to time.Time, cell time.Duration, by []Dimension) (Tally, error) {
	ask := Ask{Query: r.Query, Clock: r.Clock, From: from, To: to, Cell: cell, By: by, Copies: r.Copies}
	if n := ask.Cells(); n < 1 || n > mostCells {
		return Tally{}, fmt.Errorf("%w: %s to %s is %d cells of %s, at most %d are counted", ErrRequest, from.Format(time.DateOnly), to.Format(time.DateOnly), n, cell, mostCells)
	}
	return c.source.Tally(ctx, ask)
}

func sum(cells []int) (n int) {
	for _, v := range cells {
		n += v
	}
	return n
}
