package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
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
	Show   string   // open, mine or all
	Said   []string // what became of the last action
	OnDuty []alerting.Person
	Bulk   actions
	Links  []deskLink
}

// deskLink leads from the desk to a page of its own.
type deskLink struct {
	Address, Says string
	Waits         bool // something there waits for the visitor
}

// countsLine is the state of the desk in a line.
type countsLine struct {
	L                language
	Stories          int
	Unanswered       int
	DeliveriesFailed int
	DeliveriesHeld   int
	ReceiversDown    int
	Articles         int
}

// row is one story on the desk.
type row struct {
	*alerting.Story
	L        language
	Now      time.Time
	Headline passage // of the article that was first, with the words that made it ring
	Holder   string  // the name of who has it in hand
	Acts     bool    // the visitor may tick it
}

// Statement is the claim in the visitor's language.
func (r row) Statement() string { return r.Story.Statement(string(r.L)) }

// Age is how long ago the story was first seen.
func (r row) Age() string { return r.L.Ago(r.Now.Sub(r.FirstSeen)) }

// Waiting is how long the claim stands, or stood, without an answer.
func (r row) Waiting() string { return r.L.Span(r.Unanswered(r.Now)) }

// AnsweredFirst reports whether the answer was there before the claim.
func (r row) AnsweredFirst() bool { return r.Answered() && r.Unanswered(r.Now) == 0 }

// Silenced reports whether a silence keeps its notifications.
func (r row) Silenced() bool { return strings.HasPrefix(r.SuppressedBy, "silence:") }

// Decided reports whether somebody has decided whether the claim is true.
func (r row) Decided() bool { return r.DecidedBy != "" }

// shows are the choices of what the desk lists.
var shows = []string{"open", "mine", "all"}

// deskFilter is what a choice lists.
func deskFilter(show string, v visitor) alerting.Filter {
	f := alerting.Filter{Limit: deskRows}
	if show != "all" {
		f.States = slices.DeleteFunc(alerting.States(), func(st alerting.State) bool { return !st.Open() })
	}
	if show == "mine" {
		f.Owner = v.ID
	}
	return f
}

// showOf is the choice of a request: what is open, unless it says otherwise.
func showOf(r *http.Request) string {
	if show := r.FormValue("show"); slices.Contains(shows, show) {
		return show
	}
	return shows[0]
}

// deskPath is the desk with the choice of a request.
func deskPath(r *http.Request) string {
	if show := showOf(r); show != shows[0] {
		return "/?show=" + show
	}
	return "/"
}

func (s *Server) desk(w http.ResponseWriter, r *http.Request) error {
	return s.showDesk(w, r, http.StatusOK, nil)
}

func (s *Server) showDesk(w http.ResponseWriter, r *http.Request, status int, said []string) error {
	l := s.language(r)
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	counts, err := s.counts(r.Context(), l)
	if err != nil {
		return err
	}
	epoch, err := s.epoch(r.Context())
	if err != nil {
		return err
	}
	show := showOf(r)
	stories, err := s.deps.Desk.Stories(r.Context(), deskFilter(show, v))
	if err != nil {
		return err
	}
	body := deskBody{
		Counts: counts.line, Seq: counts.seq, Epoch: epoch, Now: s.deps.Now(), Most: deskRows, Show: show, Said: said, Bulk: s.bulk(r, v),
	}
	if body.Links, err = s.deskLinks(r.Context(), l, v); err != nil {
		return err
	}
	if s.deps.OnDuty != nil {
		body.OnDuty = s.deps.OnDuty(body.Now)
	}
	for i := range stories {
		headline, err := s.headline(r.Context(), &stories[i])
		if err != nil {
			return err
		}
		row := s.row(l, &stories[i], headline)
		row.Acts = v.Known()
		body.Rows = append(body.Rows, row)
	}
	return s.show(w, r, status, "desk", page{Title: l.T("desk.title"), Section: "desk", Body: body})
}

// deskLinks are the pages beside the desk, with what they hold.
func (s *Server) deskLinks(ctx context.Context, l language, v visitor) (out []deskLink, err error) {
	if s.deps.Mentions != nil && v.Known() && !s.solo() {
		unread, err := s.deps.Mentions.UnreadMentions(ctx, v.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, deskLink{"/mentions", counted(l.T("mentions.title"), unread), unread > 0})
	}
	if s.deps.Silences != nil {
		list, err := s.deps.Silences.Silences(ctx, s.deps.Now())
		if err != nil {
			return nil, err
		}
		out = append(out, deskLink{"/silences", counted(l.T("silences.title"), len(list)), false})
	}
	return out, nil
}

// counted adds a number to a word, unless there is none.
func counted(word string, n int) string {
	if n == 0 {
		return word
	}
	return word + " (" + strconv.Itoa(n) + ")"
}

func (s *Server) row(l language, story *alerting.Story, headline passage) row {
	out := row{Story: story, L: l, Now: s.deps.Now(), Headline: headline}
	if story.Owner != "" {
		out.Holder = s.personName(l, story.Owner)
	}
	return out
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
	line := countsLine{L: l, Stories: c.Stories, Unanswered: c.Unanswered, DeliveriesFailed: c.DeliveriesFailed, DeliveriesHeld: c.DeliveriesHeld, ReceiversDown: c.ReceiversDown, Articles: articles}
	return deskCounts{line: line, seq: c.LastSeq}, nil
}

// bulk is what a visitor can do with the stories that are ticked.
func (s *Server) bulk(r *http.Request, v visitor) actions {
	a := actions{L: s.language(r), Outcomes: alerting.Outcomes(), Noises: alerting.Noises(), Snoozes: snoozes(s.deps.Now()), People: s.deps.People, Note: r.PostFormValue("note")}
	if v.Known() {
		a.Allowed = []alerting.Action{
			alerting.Acknowledge, alerting.Review, alerting.Snooze, alerting.Close, alerting.Escalate, alerting.Respond, alerting.HandOver, alerting.Comment, alerting.Merge,
		}
	}
	return a
}
