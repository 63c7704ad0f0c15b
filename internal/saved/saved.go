// Package saved keeps searches for people: under a name, with an owner, on a schedule, on the owner's own list or on one
// that all share. Each new live article is held against all of them at once.
//
// Make one with [New]. [Saved.Add] refuses what could not be an alert, with the sentence that the search box would say.
// [Saved.Edit] changes one that nobody else has
// changed. [Saved.Handle] takes articles as they come and may be given them twice: a search matches an article once. [Saved.Preview]
// tells how often a search would have rung, [Saved.Issues] what one has told: each article of a live one, lists of days or weeks. A search with COUNT(sources) >= n WITHIN t rings when its matches of the last
// t come from n different outlets, and then not again for t.
//
// Limits: only live articles match, imported ones never ring. Matches are kept for ninety days. Any process may add
// searches; one that matches reads them again before its next articles.
package saved

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/index"
	"haidang/internal/query"
	"haidang/internal/store"
)

// Schedule is when a search tells of what it found.
type Schedule string

// The schedules.
const (
	Live   Schedule = "live"   // at once
	Daily  Schedule = "daily"  // in one list, each morning
	Weekly Schedule = "weekly" // in one list, on Monday morning
)

// Schedules are all of them.
var Schedules = []Schedule{Live, Daily, Weekly}

// Search is one saved search.
type Search struct {
	ID       string    `json:"id"`
	Owner    string    `json:"owner"`
	Name     string    `json:"name"`
	Query    string    `json:"query"`
	Schedule Schedule  `json:"schedule"`
	List     string    `json:"list,omitempty"` // the shared list it stands on; empty: its owner's own
	Created  time.Time `json:"created"`
	Version  int64     `json:"version"` // grows with each edit
	Matches  int       `json:"matches"` // in the last thirty days
	Rings    int       `json:"rings"`   // of them
	Last     time.Time `json:"last,omitzero"`
}

// Limits of what people may save.
const (
	maxName   = 120   // characters of a name or of a list's
	maxQuery  = 4_000 // characters
	maxOwned  = 200   // searches of one owner
	keepFor   = 90 * 24 * time.Hour
	countDays = 30
)

// Deps is what saved searches work with. All but DB may be left out.
type Deps struct {
	DB         *store.DB
	Lists      func(name string) ([]string, bool)
	Synonyms   *index.Synonyms
	Mail       func(context.Context, Mail) error         // nil: nobody is told by mail
	Reader     func(owner string) (r Reader, known bool) // who an owner is
	Link       string                                    // address of the pages, for links in mails; empty: none
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
}

// Saved is the searches of one database. It is safe for concurrent use.
type Saved struct {
	deps    Deps
	metrics *metrics

	mu      sync.Mutex // guards what is compiled, and keeps batches in order
	version int64      // of the searches that are compiled; -1 for none
	set     *query.Set
	rules   map[string]rule
	pruned  time.Time
}

// rule is a search as it is matched.
type rule struct {
	Search
	story *query.Count
}

// The mistakes of those who save.
var (
	ErrWrong    = errors.New("saved search") // wrapped by every error about what was given
	ErrNotFound = errors.New("there is no such saved search, or it is somebody else's")
)

// New returns the saved searches of a database.
func New(deps Deps) *Saved {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	deps.Logger = deps.Logger.With("component", "saved")
	return &Saved{deps: deps, metrics: newMetrics(deps.Registerer), version: -1}
}

// Parse reads a query as a saved search: one that can be an alert, with its synonyms.
func (s *Saved) Parse(src string) (*query.Query, error) {
	q, err := query.Options{Lists: s.deps.Lists}.Parse(src)
	if err != nil {
		return nil, err
	}
	expanded, _ := s.deps.Synonyms.Expand(q)
	return expanded, nil
}

// Add saves a search and returns it with its ID. A mistake in the query is a *query.Error, another wraps ErrWrong.
func (s *Saved) Add(ctx context.Context, given Search) (Search, error) {
	given.Name, given.List, given.Query = tidy(given.Name), tidy(given.List), strings.TrimSpace(given.Query)
	if err := given.check(); err != nil {
		return Search{}, err
	}
	if _, err := s.Parse(given.Query); err != nil {
		return Search{}, err
	}
	given.ID, given.Created, given.Version = strings.ToLower(rand.Text()[:12]), s.deps.Now(), 1
	err := s.deps.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := changed(ctx, tx); err != nil { // first, so that others wait and the counts hold
			return err
		}
		var owned, named int
		err := tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN name = ? THEN 1 ELSE 0 END), 0) FROM saved_searches WHERE owner = ?`, given.Name, given.Owner).Scan(&owned, &named)
		switch {
		case err != nil:
			return err
		case named > 0:
			return errTaken(given.Name)
		case owned >= maxOwned:
			return fmt.Errorf("%w: you have %d, which is as many as fit; remove one first", ErrWrong, owned)
		}
		_, err = tx.Exec(ctx, `INSERT INTO saved_searches (id, owner, name, query, schedule, list, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			given.ID, given.Owner, given.Name, given.Query, given.Schedule, given.List, given.Created.UnixMilli())
		return err
	})
	if err != nil {
		return Search{}, fmt.Errorf("save: %w", err)
	}
	return given, nil
}

func errTaken(name string) error {
	return fmt.Errorf("%w: you have one of the name %q; choose another, or remove that one", ErrWrong, name)
}

// check says what is wrong with a search, apart from its query.
func (s *Search) check() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrWrong}, args...)...))
	}
	switch {
	case s.Owner == "":
		wrong("no owner")
	case s.Name == "":
		wrong("no name; give it one that you will know again")
	case utf8.RuneCountInString(s.Name) > maxName || utf8.RuneCountInString(s.List) > maxName:
		wrong("a name of more than %d characters", maxName)
	case utf8.RuneCountInString(s.Query) > maxQuery:
		wrong("a query of more than %d characters", maxQuery)
	}
	if s.Schedule != Live && s.Schedule != Daily && s.Schedule != Weekly {
		wrong("schedule %q; write live, daily or weekly", s.Schedule)
	}
	return errors.Join(errs...)
}

// tidy makes one line of a name, without what a terminal would obey.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	return strings.Join(strings.Fields(s), " ")
}

// changed notes that the searches are others now.
func changed(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE saved_changes SET version = version + 1`)
	return err
}

// Remove takes a search of an owner away, with what it matched.
func (s *Saved) Remove(ctx context.Context, owner, id string) error {
	return s.deps.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := changed(ctx, tx); err != nil {
			return err
		}
		res, err := tx.Exec(ctx, `DELETE FROM saved_searches WHERE id = ? AND owner = ?`, id, owner)
		if err != nil {
			return fmt.Errorf("remove saved search %q: %w", id, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotFound)
		}
		for _, table := range []string{"saved_matches", "saved_told"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE search_id = ?`, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// List returns the searches that somebody sees: his own, and those on shared lists. An empty owner sees all.
func (s *Saved) List(ctx context.Context, owner string) ([]Search, error) {
	since := s.deps.Now().AddDate(0, 0, -countDays).UnixMilli()
	rows, err := s.deps.DB.Query(ctx, `
		SELECT s.id, s.owner, s.name, s.query, s.schedule, s.list, s.created_at, s.version,
		  COUNT(m.article_id), COALESCE(SUM(CASE WHEN m.rings > 0 THEN 1 ELSE 0 END), 0), COALESCE(MAX(m.at), 0)
		FROM saved_searches s LEFT JOIN saved_matches m ON m.search_id = s.id AND m.at >= ?
		WHERE s.owner = ? OR s.list <> '' OR ? = ''
		GROUP BY s.id, s.owner, s.name, s.query, s.schedule, s.list, s.created_at, s.version
		ORDER BY s.list, s.name, s.id`, since, owner, owner)
	if err != nil {
		return nil, fmt.Errorf("list saved searches: %w", err)
	}
	defer rows.Close()
	var out []Search
	for rows.Next() {
		var one Search
		var created, last int64
		if err := rows.Scan(&one.ID, &one.Owner, &one.Name, &one.Query, &one.Schedule, &one.List, &created, &one.Version, &one.Matches, &one.Rings, &last); err != nil {
			return nil, fmt.Errorf("list saved searches: %w", err)
		}
		one.Created = time.UnixMilli(created)
		if last > 0 {
			one.Last = time.UnixMilli(last)
		}
		out = append(out, one)
	}
	return out, rows.Err()
}
