package web

import (
	"fmt"
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
	Seq    int64 // the live feed begins after this event
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
	L   language
	Now time.Time
}

// Statement is the claim in the visitor's language.
func (r row) Statement() string { return r.Story.Statement(string(r.L)) }

// Age is how long ago the story was first seen.
func (r row) Age() string { return ago(r.L, r.Now.Sub(r.FirstSeen)) }

// Waiting is how long the claim has stood without an answer.
func (r row) Waiting() string { return span(r.L, r.Unanswered(r.Now)) }

// Judgement is the verdict and who decided it.
func (r row) Judgement() string { return judgement(r.L, r.Story) }

func judgement(l language, s *alerting.Story) string {
	word := l.T("verdict." + s.Verdict)
	if s.DecidedBy == "" {
		return word
	}
	return l.T("verdict.by", word, s.DecidedBy)
}

// span says a duration in the one or two units that matter.
func span(l language, d time.Duration) string {
	units := [3]string{"ngày", "giờ", "phút"}
	if l == "en" {
		units = [3]string{"d", "h", "min"}
	}
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d %s", int(d.Hours())/24, units[0])
	case d >= time.Hour:
		return fmt.Sprintf("%d %s", int(d.Hours()), units[1])
	default:
		return fmt.Sprintf("%d %s", max(0, int(d.Minutes())), units[2])
	}
}

func ago(l language, d time.Duration) string {
	switch {
	case d < time.Minute && l == "en":
		return "just now"
	case d < time.Minute:
		return "vừa xong"
	case l == "en":
		return span(l, d) + " ago"
	}
	return span(l, d) + " trước"
}

func (s *Server) desk(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.counts(r)
	if err != nil {
		return err
	}
	stories, err := s.deps.Desk.Stories(r.Context(), alerting.Filter{Limit: deskRows})
	if err != nil {
		return err
	}
	body := deskBody{Counts: counts.line, Seq: counts.seq}
	for i := range stories {
		body.Rows = append(body.Rows, s.row(r, &stories[i]))
	}
	return s.show(w, r, http.StatusOK, "desk", page{Title: s.language(r).T("desk.title"), Section: "desk", Body: body})
}

func (s *Server) row(r *http.Request, story *alerting.Story) row {
	return row{Story: story, L: s.language(r), Now: s.deps.Now()}
}

// deskCounts are the numbers above the rows, and the event they belong to. They are read before the rows, so that an
// event between the two is shown twice rather than not at all.
type deskCounts struct {
	line countsLine
	seq  int64
}

func (s *Server) counts(r *http.Request) (deskCounts, error) {
	c, err := s.deps.Desk.Counts(r.Context())
	if err != nil {
		return deskCounts{}, err
	}
	articles, err := s.deps.Archive.Count(r.Context())
	if err != nil {
		return deskCounts{}, err
	}
	line := countsLine{
		L: s.language(r), Stories: c.Stories, Unanswered: c.Unanswered, DeliveriesFailed: c.DeliveriesFailed, Articles: articles,
	}
	return deskCounts{line: line, seq: c.LastSeq}, nil
}
