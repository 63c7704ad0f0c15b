package web

import (
	"context"
	"net/http"
	"time"

	"haidang/alerting"
)

// deskRows is how many stories the desk shows: more is what search and filters are for.
const deskRows = 200

// deskBody is the live desk.
type deskBody struct {
	Rows   []row
	Counts countsLine
	Seq    int64  // the live feed begins after this event
	Epoch  string // the desk that the rows belong to
	Now    time.Time
	Most   int
}

// countsLine is the state of the desk in a line.
type countsLine struct {
	L                language
	Stories          int
	Unanswered       int
	DeliveriesFailed int
	Articles         int
}

// row is one story on the desk.
type row struct {
	*alerting.Story
	L        language
	Now      time.Time
	Headline passage // of the article that was first, with the words that made it ring
}

// Statement is the claim in the visitor's language.
func (r row) Statement() string { return r.Story.Statement(string(r.L)) }

// Age is how long ago the story was first seen.
func (r row) Age() string { return r.L.Ago(r.Now.Sub(r.FirstSeen)) }

// Waiting is how long the claim stands, or stood, without an answer.
func (r row) Waiting() string { return r.L.Span(r.Unanswered(r.Now)) }

// AnsweredFirst reports whether the answer was there before the claim.
func (r row) AnsweredFirst() bool { return r.Answered() && r.Unanswered(r.Now) == 0 }

// Decided reports whether somebody has decided whether the claim is true.
func (r row) Decided() bool { return r.DecidedBy != "" }

func (s *Server) desk(w http.ResponseWriter, r *http.Request) error {
	l := s.language(r)
	counts, err := s.counts(r.Context(), l)
	if err != nil {
		return err
	}
	epoch, err := s.epoch(r.Context())
	if err != nil {
		return err
	}
	stories, err := s.deps.Desk.Stories(r.Context(), alerting.Filter{Limit: deskRows})
	if err != nil {
		return err
	}
	body := deskBody{Counts: counts.line, Seq: counts.seq, Epoch: epoch, Now: s.deps.Now(), Most: deskRows}
	for i := range stories {
		headline, err := s.headline(r.Context(), &stories[i])
		if err != nil {
			return err
		}
		body.Rows = append(body.Rows, s.row(l, &stories[i], headline))
	}
	return s.show(w, r, http.StatusOK, "desk", page{Title: l.T("desk.title"), Section: "desk", Body: body})
}

func (s *Server) row(l language, story *alerting.Story, headline passage) row {
	return row{Story: story, L: l, Now: s.deps.Now(), Headline: headline}
}

// deskCounts are the numbers above the rows, and the event they belong to. They are read before the rows, so that an
// event between the two is shown twice rather than not at all.
type deskCounts struct {
	line countsLine
	seq  int64
}

func (s *Server) counts(ctx context.Context, l language) (deskCounts, error) {
	c, err := s.deps.Desk.Counts(ctx)
	if err != nil {
		return deskCounts{}, err
	}
	articles, err := s.deps.Archive.Count(ctx)
	if err != nil {
		return deskCounts{}, err
	}
	line := countsLine{L: l, Stories: c.Stories, Unanswered: c.Unanswered, DeliveriesFailed: c.DeliveriesFailed, Articles: articles}
	return deskCounts{line: line, seq: c.LastSeq}, nil
}
