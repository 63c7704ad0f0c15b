package digest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"haidang/alerting"
	"haidang/alerting/feedback"
	"haidang/alerting/response"
	"haidang/internal/coverage"
)

// Bounds of a mail: three stories to decide on, and lists that stay short enough to be read.
const (
	maxTop   = 3
	maxLines = 8
)

// lookback is how far before its window a mail still looks for stories that nobody has answered.
const lookback = 7 * 24 * time.Hour

// lateAfter is from when a queue is called late, and after how long it is said that a mail comes late.
const lateAfter = 30 * time.Minute

// Edition is one morning mail, built.
type Edition struct {
	Date      Date
	List      List
	MessageID string // without angle brackets
	Subject   string
	HTML      string // its chart is "cid:" + a name, see [Edition.Standalone]
	Text      string
	Chart     []byte // a PNG; nil: none
	rewritten int    // sentences in a lead's words
}

// content is what a mail says, before it is put into words.
type content struct {
	date     Date
	list     List
	review   Review
	from, to time.Time // the window
	now      time.Time
	preview  bool // built before the cut-off
	late     bool // built well after its time
	top      []item
	answered []item
	fresh    []item // new, and not among the top
	spread   []item
	waiting  []item // from before, still unanswered
	watching []item // answered or not, somebody works on it
	fields   []field
	newOnes  int
	oldNew   int           // as many were new in the period before
	settled  int           // new ones that have been answered
	typical  time.Duration // the median of how long they stood unanswered
	trend    trend
	coverage *coverage.Report // nil: nothing is known of it
	measured *response.Group  // nil: not told
	judged   bool             // rules are told
	rules    []feedback.Rule  // to mend or retire
	open     int              // unanswered, new and old
	openOld  int              // of them, those from before the window
	longest  time.Duration
	health   *Health // nil: nothing is known of the sources
}

// item is one story in a mail.
type item struct {
	alerting.Story
	isNew bool
	added int // articles since the window began
	since time.Duration
}

// field is the line of one field in the counts.
type field struct {
	name                        string
	fresh, open, active, before int
}

// Build builds the mail of a date for a list. A mail built before its cut-off says that it is a preview.
func (d *Digest) Build(ctx context.Context, date Date, list List) (Edition, error) {
	return d.build(ctx, date, list, Review{})
}

func (d *Digest) build(ctx context.Context, date Date, list List, review Review) (Edition, error) {
	c, err := d.gather(ctx, date, list, review)
	if err != nil {
		return Edition{}, fmt.Errorf("build the digest of %s: %w", date, err)
	}
	e, err := d.render(c, list)
	if err != nil {
		return Edition{}, fmt.Errorf("write the digest of %s for %s: %w", date, list.Name, err)
	}
	return e, nil
}

func (d *Digest) gather(ctx context.Context, date Date, list List, review Review) (*content, error) {
	from, to, err := d.window(date, list)
	if err != nil {
		return nil, err
	}
	due, err := d.at(date, d.sendAt)
	if err != nil {
		return nil, err
	}
	now := d.now()
	c := &content{
		date: date, list: list, review: review, from: from, to: to, now: now,
		preview: now.Before(to), late: now.Sub(due) > lateAfter,
	}
	at := to
	if c.preview {
		at = now.Add(time.Millisecond) // stored times are in milliseconds: what was seen just now counts
	}
	since := list.bars(to)[0]
	if back := from.Add(-lookback); back.Before(since) {
		since = back
	}
	after, err := d.stories(ctx, list, at, since)
	if err != nil {
		return nil, err
	}
	before, err := d.stories(ctx, list, from, since)
	if err != nil {
		return nil, err
	}
	c.sort(after, before, at)
	ids := make(map[string]bool, len(after))
	for _, s := range after {
		ids[s.ID] = true
	}
	if c.trend, err = d.trendOf(ctx, list, to, at, ids); err != nil {
		return nil, err
	}
	c.health, c.coverage = d.health(ctx), d.coverageOf(ctx, c, at)
	return c, d.lookBack(ctx, c)
}

// stories reads all of the stories that a list is for, page by page.
func (d *Digest) stories(ctx context.Context, list List, at, since time.Time) ([]alerting.Story, error) {
	const page = 1000
	var out []alerting.Story
	for offset := 0; ; offset += page {
		f := alerting.Filter{Since: since, Limit: page, Offset: offset}
		stories, err := d.deps.Stories.StoriesAt(ctx, at, f)
		if err != nil {
			return nil, err
		}
		for i := range stories {
			if list.wants(&stories[i]) {
				out = append(out, stories[i])
			}
		}
		if len(stories) == 0 {
			return out, nil
		}
	}
}

// health asks how the sources are. A mail goes out even when nobody can say; it then says so.
func (d *Digest) health(ctx context.Context) *Health {
	if d.deps.Health == nil {
		return nil
	}
	h, err := d.deps.Health.SourceHealth(ctx)
	if err != nil {
		d.log.Warn("source health not known", "err", err)
		return nil
	}
	return &h
}

// sort puts each story into the one place where it is told.
func (c *content) sort(after, before []alerting.Story, at time.Time) {
	earlier := make(map[string]alerting.Story, len(before))
	for _, s := range before {
		earlier[s.ID] = s
	}
	var items []item
	unanswered := c.from.Add(-lookback) // what lay still for longer is history
	for _, s := range after {
		if s.LastSeen.Before(unanswered) {
			continue
		}
		old := earlier[s.ID]
		items = append(items, item{Story: s, isNew: !s.RangAt.Before(c.from), added: s.Articles - old.Articles, since: s.Unanswered(at)})
	}
	c.count(items)
	c.compare(before)
	slices.SortFunc(items, byUrgency)
	for _, it := range items {
		c.place(it)
	}
}

func (it *item) closed() bool {
	return it.State == alerting.StateClosed || it.State == alerting.StateMerged || it.State == alerting.StateSuppressed
}

// worked reports whether somebody of the desk has the story in hand.
func (it *item) worked() bool {
	switch it.State {
	case alerting.StateAcknowledged, alerting.StateInReview, alerting.StateEscalated, alerting.StateSnoozed:
		return true
	}
	return false
}

// place decides where a story is told. Only what is new or unanswered can need a decision.
func (c *content) place(it item) {
	answeredNow := it.Answered() && !it.AnsweredAt.Before(c.from)
	switch {
	case len(c.top) < maxTop && !it.closed() && !slices.Contains(c.review.LeftOut, it.ID) && (it.isNew || !it.Answered()):
		c.top = append(c.top, it)
	case it.isNew:
		c.fresh = append(c.fresh, it)
	case answeredNow:
		c.answered = append(c.answered, it)
	case it.added > 0:
		c.spread = append(c.spread, it)
	case !it.Answered() && !it.closed():
		c.waiting = append(c.waiting, it)
	case it.worked():
		c.watching = append(c.watching, it)
	}
}

// byUrgency orders stories as they should be decided: unanswered first, then by severity, new before old, by spread
// in own words, by score and by age.
func byUrgency(a, b item) int {
	return cmp.Or(
		compareBool(a.Answered(), b.Answered()),
		cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
		compareBool(!a.isNew, !b.isNew),
		cmp.Compare(b.Outlets, a.Outlets),
		cmp.Compare(b.MaxScore, a.MaxScore),
		a.FirstSeen.Compare(b.FirstSeen),
		cmp.Compare(a.ID, b.ID),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (c *content) count(items []item) {
	byField := map[string]*field{}
	for i := range items {
		it := &items[i]
		if it.closed() {
			continue
		}
		f := byField[it.Field]
		if f == nil {
			f = &field{name: it.Field}
			byField[it.Field] = f
		}
		if it.isNew {
			c.newOnes++
			f.fresh++
		}
		if it.added > 0 {
			f.active += it.added
		}
		if !it.Answered() {
			c.open++
			f.open++
			c.longest = max(c.longest, it.since)
			if !it.isNew {
				c.openOld++
			}
		}
	}
	c.measure(items)
	for _, f := range byField {
		if f.fresh+f.open+f.active > 0 {
			c.fields = append(c.fields, *f)
		}
	}
	slices.SortFunc(c.fields, func(a, b field) int {
		return cmp.Or(cmp.Compare(b.open, a.open), cmp.Compare(b.fresh, a.fresh), cmp.Compare(a.name, b.name))
	})
}

// behind reports whether the numbers may be incomplete because articles wait to be handled.
func (c *content) behind() bool {
	return c.health != nil && c.health.Waiting > 0 && c.health.Behind > lateAfter/2
}

// dry reports whether nothing at all came in for a long time, which no real day looks like.
func (c *content) dry() bool {
	const quiet = 6 * time.Hour
	return c.health != nil && c.health.Sources > 0 && !c.preview && c.to.Sub(c.health.LastArticle) > quiet
}
