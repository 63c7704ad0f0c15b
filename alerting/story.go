package alerting

import (
	"errors"
	"time"

	"haidang/internal/article"
)

// ErrNotFound is returned for a story that does not exist.
var ErrNotFound = errors.New("no such story")

// State is where a story stands in the work of the desk.
type State string

// The states of a story. A story begins as StateNew; the others are reached by the people of the desk.
const (
	StateNew          State = "new"
	StateAcknowledged State = "acknowledged"
	StateInReview     State = "in_review"
	StateEscalated    State = "escalated"
	StateResponded    State = "responded"
	StateClosed       State = "closed"
	StateSnoozed      State = "snoozed"    // side state, until a time
	StateMerged       State = "merged"     // side state, into another story
	StateSuppressed   State = "suppressed" // side state, by a silence, an inhibition or the flood guard
)

// States lists every state, in the order of the desk.
func States() []State {
	return []State{StateNew, StateAcknowledged, StateInReview, StateEscalated, StateResponded, StateClosed, StateSnoozed, StateMerged, StateSuppressed}
}

// Story is one event: the articles that carry one claim within a window of time, with their copies and the answers
// to them. It holds the claim's wording as it was when the latest article was read.
type Story struct {
	ID           string           `json:"id"`
	ClaimID      string           `json:"claim_id"`
	ClaimVersion int              `json:"claim_version"`
	StatementVI  string           `json:"statement_vi"`
	StatementEN  string           `json:"statement_en"`
	Field        string           `json:"field"`
	Severity     article.Severity `json:"severity"`
	Pattern      bool             `json:"pattern"`    // a kind of rumour, not a known one
	Verdict      string           `json:"verdict"`    // undetermined, false, misleading, …
	DecidedBy    string           `json:"decided_by"` // who decided the verdict; empty while nobody has
	State        State            `json:"state"`
	Owner        string           `json:"owner"`
	Places       []string         `json:"places"`
	Topics       []string         `json:"topics,omitempty"` // of its articles; only [Desk.StoriesAt] tells them

	FirstSeen    time.Time `json:"first_seen"` // of the first carrying article; of the first answer while none carries it
	FirstArticle string    `json:"first_article"`
	FirstOutlet  string    `json:"first_outlet"`
	FirstTitle   string    `json:"first_title"`
	FirstURL     string    `json:"first_url"`
	Appeared     time.Time `json:"appeared"`  // when its readers could first see it: published, where that can be believed
	LastSeen     time.Time `json:"last_seen"` // of the last article, carrying or answering

	Articles  int      `json:"articles"` // that carry the claim, copies among them
	Copies    int      `json:"copies"`   // near-identical to an article seen earlier
	Outlets   int      `json:"outlets"`  // that carry the claim in their own words: without copies
	Languages []string `json:"languages"`
	MaxScore  int      `json:"max_score"`
	Answers   int      `json:"answers"` // articles that deny the claim or report a debunk or a penalty

	AnsweredAt    time.Time      `json:"answered_at,omitzero"` // of the first answer; zero while nobody has answered
	AnswerArticle string         `json:"answer_article,omitempty"`
	AnswerOutlet  string         `json:"answer_outlet,omitempty"`
	AnswerTitle   string         `json:"answer_title,omitempty"`
	AnswerURL     string         `json:"answer_url,omitempty"`
	AnswerStance  article.Stance `json:"answer_stance,omitempty"`
	// AnswerAppeared is to the answer what Appeared is to the claim.
	AnswerAppeared time.Time `json:"answer_appeared,omitzero"`

	Version        int64     `json:"version"`                // grows with each act of a person or a timer: see [Ref]
	StateBefore    State     `json:"state_before,omitempty"` // of a side state: where it goes back to
	Outcome        Outcome   `json:"outcome,omitempty"`      // of a closed story
	Noise          Noise     `json:"noise,omitempty"`        // why it should not have rung
	MergedInto     string    `json:"merged_into,omitempty"`
	SuppressedBy   string    `json:"suppressed_by,omitempty"`
	ReopenedFor    Material  `json:"reopened_for,omitempty"`
	UntilAt        time.Time `json:"until_at,omitzero"`        // end of an acknowledgement, a snooze or a suppression
	EscalateAt     time.Time `json:"escalate_at,omitzero"`     // when the next of the roster is called
	Called         int       `json:"called,omitempty"`         // how many of the roster were called
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"` // the first time
	RespondedAt    time.Time `json:"responded_at,omitzero"`    // the first time
	ClosedAt       time.Time `json:"closed_at,omitzero"`       // the last time
	KnownOutlets   int       `json:"-"`                        // when somebody last acted

	RangAt    time.Time `json:"rang_at,omitzero"` // when a live article first made it ring; zero for a quiet story
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Seq       int64     `json:"seq"` // of the last event that changed it
}

// Rang reports whether the story has rung. A story that has not holds only history or answers.
func (s *Story) Rang() bool { return !s.RangAt.IsZero() }

// Answered reports whether the claim has been answered.
func (s *Story) Answered() bool { return !s.AnsweredAt.IsZero() }

// Statement returns the claim in one language: English for "en", Vietnamese otherwise, the other one where it is missing.
func (s *Story) Statement(language string) string {
	first, second := s.StatementVI, s.StatementEN
	if language == "en" {
		first, second = second, first
	}
	if first == "" {
		return second
	}
	return first
}

// Unanswered is how long the claim has stood, or stood, before its readers without an answer: zero where the answer
// came first.
func (s *Story) Unanswered(now time.Time) time.Duration {
	end := now
	if s.Answered() {
		end = s.AnswerAppeared
	}
	return max(0, end.Sub(s.Appeared))
}

// Role is what an article is to its story.
type Role string

// The roles of an article in a story.
const (
	RoleCarries   Role = "carries"   // it may ring: stance carries, questions or unclear
	RoleAnswers   Role = "answers"   // it is evidence: a denial, a debunk, a penalty
	RoleWithdrawn Role = "withdrawn" // an edit took the claim out again
)

// Alert is one article in a story: the pair of claim and article is unique for ever.
type Alert struct {
	ClaimID      string         `json:"claim_id"`
	ArticleID    string         `json:"article_id"`
	StoryID      string         `json:"story_id"`
	Role         Role           `json:"role"`
	Stance       article.Stance `json:"stance"`
	Score        int            `json:"score"`
	URL          string         `json:"url"`
	Outlet       string         `json:"outlet"`
	Country      string         `json:"country"`
	Title        string         `json:"title"`
	Lead         string         `json:"lead"`
	Language     string         `json:"language"`
	Published    time.Time      `json:"published,omitzero"`
	FirstSeen    time.Time      `json:"first_seen"`
	Origin       article.Origin `json:"origin"`
	Revision     string         `json:"revision"`
	Edits        int            `json:"edits"`                // revisions after the first
	MovedFrom    string         `json:"moved_from,omitempty"` // the story that was merged into this one
	Tier         int            `json:"tier,omitempty"`       // of the outlet: 1 is the top, 0 not known
	CopyOf       string         `json:"copy_of"`              // ID of the near-identical article that was seen first
	Credit       string         `json:"credit,omitempty"`     // whom the text is credited to: "TTXVN"
	FeedOnly     bool           `json:"feed_only,omitempty"`  // the page could not be read: the words are the feed's
	Places       []string       `json:"places"`
	Topics       []string       `json:"topics"`
	RulesVersion string         `json:"rules_version"`
	Parts        []article.Part `json:"parts"`
	Snippets     []Snippet      `json:"snippets"`
}

// Snippet is a piece of an article, as the outlet wrote it, with the words that matched. A page can mark them without
// the archive.
type Snippet struct {
	Field article.Field `json:"field"`
	Text  string        `json:"text"`
	Cut   Cut           `json:"cut,omitzero"`
	Marks []Mark        `json:"marks"` // in order, never overlapping
}

// Cut says where a snippet leaves something out.
type Cut struct {
	Before bool `json:"before,omitempty"`
	After  bool `json:"after,omitempty"`
}

// Mark is a byte range in a snippet's text, start inclusive, end exclusive.
type Mark struct {
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Clause string `json:"clause"` // the clause it satisfied; "stance:denies" and the like for cues
}

// StoryDetail is a story with everything that belongs to it.
type StoryDetail struct {
	Story
	Alerts     []Alert    `json:"alerts"` // oldest first
	Events     []Event    `json:"events"` // oldest first
	Deliveries []Delivery `json:"deliveries"`
	Related    []Story    `json:"related"` // others of the same claim that rang within seven days, the nearest first
}

// Kind is what an event reports.
type Kind string

// The kinds of events. KindOpened, KindReopened and KindCalled ring.
const (
	KindOpened         Kind = "opened"          // a live article made the story ring for the first time
	KindJoined         Kind = "joined"          // one more article carries the claim
	KindCopied         Kind = "copied"          // one more near-identical copy
	KindAnswered       Kind = "answered"        // the first answer stopped the clock
	KindEvidence       Kind = "evidence"        // one more answer
	KindEdited         Kind = "edited"          // an article of the story was changed by its outlet
	KindHistory        Kind = "history"         // an article from the past was attached; never rings
	KindActed          Kind = "acted"           // a person or a timer did something: Detail names the [Action]
	KindReopened       Kind = "reopened"        // a material change brought it back: Detail names the [Material]; it rings
	KindCalled         Kind = "called"          // nobody acknowledged it: Detail names who was called; it rings
	KindDeliveryFailed Kind = "delivery_failed" // a receiver could not be told, every attempt is used up
)

// Event is one line of the live feed. Seq grows by one with each event and events become visible in that order, so a
// reader that remembers the last Seq misses none.
type Event struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"`
	Kind      Kind      `json:"kind"`
	Rings     bool      `json:"rings"`
	StoryID   string    `json:"story_id"`
	ArticleID string    `json:"article_id,omitempty"`
	Detail    string    `json:"detail,omitempty"` // for people: a receiver and its error, an old title
}

// DeliveryState is where a notification stands.
type DeliveryState string

// The states of a notification.
const (
	DeliveryPending DeliveryState = "pending"
	DeliverySent    DeliveryState = "sent"
	DeliveryFailed  DeliveryState = "failed"
	DeliveryHeld    DeliveryState = "held"    // by the flood guard, for later
	DeliverySkipped DeliveryState = "skipped" // not needed any more: somebody took the story, or the receiver is gone
)

// Delivery is one notification to one receiver.
type Delivery struct {
	ID        string        `json:"id"` // the Idempotency-Key
	Receiver  string        `json:"receiver"`
	StoryID   string        `json:"story_id"`
	Route     string        `json:"route"`
	Change    Kind          `json:"change"`
	State     DeliveryState `json:"state"`
	Attempts  int           `json:"attempts"`
	NextAt    time.Time     `json:"next_at,omitzero"`
	LastError string        `json:"last_error,omitempty"`
	CreatedAt time.Time     `json:"created_at"`
	SentAt    time.Time     `json:"sent_at,omitzero"`
}

// Filter chooses stories. Its zero value means all stories that have rung, newest first.
type Filter struct {
	States     []State
	Severities []article.Severity
	Fields     []string
	ClaimID    string
	Unanswered bool      // only stories that nobody has answered
	Merged     bool      // also stories that are merged into others
	Owner      string    // only stories of this person
	Quiet      bool      // also stories that never rang: history and answers without a claim
	Since      time.Time // only stories with an article at or after this moment
	Until      time.Time // only stories first seen before this moment
	RangBefore time.Time // only stories that rang before this moment
	Limit      int       // 100 when 0, at most 1,000
	Offset     int
}

// Counts is the state of the desk in numbers. Stories that never rang are only in Quiet and Alerts.
type Counts struct {
	Stories           int                      `json:"stories"`
	Quiet             int                      `json:"quiet"`
	Unanswered        int                      `json:"unanswered"`
	Alerts            int                      `json:"alerts"`  // articles that carry a claim, of any origin
	Answers           int                      `json:"answers"` // articles that answer one
	ByState           map[State]int            `json:"by_state"`
	BySeverity        map[article.Severity]int `json:"by_severity"`
	ByField           map[string]int           `json:"by_field"`
	DeliveriesPending int                      `json:"deliveries_pending"`
	DeliveriesHeld    int                      `json:"deliveries_held"` // by the flood guard, for later
	DeliveriesLate    int                      `json:"deliveries_late"` // pending after three attempts or more
	DeliveriesFailed  int                      `json:"deliveries_failed"`
	ReceiversDown     int                      `json:"receivers_down"` // that failed several times in a row
	LastSeq           int64                    `json:"last_seq"`
}
