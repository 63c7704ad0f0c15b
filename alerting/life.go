package alerting

import "slices"

// Action is what a person or a timer does to a story.
type Action string

// What people do.
const (
	Acknowledge Action = "acknowledge" // I am on it
	Review      Action = "review"      // the claim is being checked
	Escalate    Action = "escalate"    // a lead must decide
	Respond     Action = "respond"     // an answer was published or sent
	Close       Action = "close"       // done, with an outcome
	Reopen      Action = "reopen"      // it was not done
	Snooze      Action = "snooze"      // not before a time
	Wake        Action = "wake"        // now, not at that time
	Merge       Action = "merge"       // it is the same event as another story
	Unmerge     Action = "unmerge"     // it is not
	HandOver    Action = "hand_over"   // another person goes on
	Comment     Action = "comment"     // a note to the colleagues
)

// What timers, silences and articles do.
const (
	Suppress Action = "suppress" // a silence, an inhibition or the flood guard holds it back
	Expire   Action = "expire"   // nobody went on after an acknowledgement
	Return   Action = "return"   // the time of a snooze or a suppression is over
	Change   Action = "change"   // a material change
)

// Actions lists every action, in the order in which the table has them.
func Actions() []Action { return slices.Clone(actionOrder) }

var actionOrder = []Action{
	Acknowledge, Review, Escalate, Respond, Close, Reopen, Snooze, Wake, Merge, Unmerge, HandOver, Comment, Suppress, Expire, Return, Change,
}

// byPeople reports whether an action is one of a person.
func (a Action) byPeople() bool {
	return slices.Contains(actionOrder, a) && !slices.Contains([]Action{Suppress, Expire, Return, Change}, a)
}

// The life of a story: for each action and state the state that follows. "=" stays, "<" goes back to the state before the
// side state, and "!" refuses with a code that [Refusal] puts into words. The columns are in the order of [States].
var life = map[Action][9]string{
	//            new             acknowledged    in_review      escalated      responded      closed      snoozed         merged         suppressed
	Acknowledge: {"acknowledged", "!taken", "!in_review", "!escalated", "!responded", "!closed", "acknowledged", "!merged", "acknowledged"},
	Review:      {"in_review", "in_review", "!in_review", "in_review", "in_review", "!closed", "in_review", "!merged", "in_review"},
	Escalate:    {"escalated", "escalated", "escalated", "!escalated", "escalated", "!closed", "escalated", "!merged", "escalated"},
	Respond:     {"responded", "responded", "responded", "responded", "=", "!closed", "responded", "!merged", "responded"},
	Close:       {"closed", "closed", "closed", "closed", "closed", "!closed", "closed", "!merged", "closed"},
	Reopen:      {"!open", "!open", "!open", "!open", "in_review", "new", "!open", "!merged", "!open"},
	Snooze:      {"snoozed", "snoozed", "snoozed", "!escalated", "!responded", "!closed", "=", "!merged", "!suppressed"},
	Wake:        {"!awake", "!awake", "!awake", "!awake", "!awake", "!closed", "<", "!merged", "<"},
	Merge:       {"merged", "merged", "merged", "merged", "merged", "merged", "merged", "!merged", "merged"},
	Unmerge:     {"!single", "!single", "!single", "!single", "!single", "!single", "!single", "<", "!single"},
	HandOver:    {"=", "=", "=", "=", "=", "!closed", "=", "!merged", "="},
	Comment:     {"=", "=", "=", "=", "=", "=", "=", "!merged", "="},
	Suppress:    {"suppressed", "!taken", "!in_review", "!escalated", "!responded", "!closed", "!snoozed", "!merged", "="},
	Expire:      {"!no_timer", "new", "!no_timer", "!no_timer", "!no_timer", "!no_timer", "!no_timer", "!no_timer", "!no_timer"},
	Return:      {"!no_timer", "!no_timer", "!no_timer", "!no_timer", "!no_timer", "!no_timer", "<", "!no_timer", "<"},
	Change:      {"=", "new", "=", "=", "new", "new", "new", "!merged", "="},
}

// next returns the state that follows, or the code of a refusal.
func next(a Action, from, before State) (to State, refusal string) {
	row, ok := life[a]
	column := slices.Index(States(), from)
	if !ok || column < 0 {
		return from, refuseUnknown
	}
	switch cell := row[column]; cell[0] {
	case '=':
		return from, ""
	case '<':
		if before == "" || before.side() {
			return StateNew, ""
		}
		return before, ""
	case '!':
		return from, cell[1:]
	default:
		return State(cell), ""
	}
}

// side reports whether a state is a side state, from which a story goes back to where it was.
func (s State) side() bool { return s == StateSnoozed || s == StateMerged || s == StateSuppressed }

// Open reports whether a story in this state still wants something of somebody.
func (s State) Open() bool { return s != StateClosed && s != StateMerged }

// Allowed lists what people may do with a story in a state, in the order of the table. Pages show no other button.
func Allowed(s State) []Action {
	var out []Action
	for _, a := range actionOrder {
		if _, refusal := next(a, s, ""); a.byPeople() && refusal == "" {
			out = append(out, a)
		}
	}
	return out
}

// Outcome is what a story turned out to be.
type Outcome string

// The outcomes with which a story is closed.
const (
	ConfirmedFalse Outcome = "confirmed_false"
	Misleading     Outcome = "misleading"
	ConfirmedTrue  Outcome = "confirmed_true"
	DebunkNotClaim Outcome = "debunk_not_claim"
	Duplicate      Outcome = "duplicate"
	OffTopic       Outcome = "off_topic"
	NotCheckable   Outcome = "not_checkable"
	Test           Outcome = "test"
	Expired        Outcome = "expired"
)

// Outcomes lists every outcome.
func Outcomes() []Outcome {
	return []Outcome{ConfirmedFalse, Misleading, ConfirmedTrue, DebunkNotClaim, Duplicate, OffTopic, NotCheckable, Test, Expired}
}

// Noisy reports whether an outcome says that the story should never have rung: it then needs a [Noise].
func (o Outcome) Noisy() bool { return o == DebunkNotClaim || o == OffTopic || o == NotCheckable }

// Noise is why a story rang that should not have.
type Noise string

// The reasons of noise.
const (
	RuleTooBroad    Noise = "rule_too_broad"
	WrongStance     Noise = "wrong_stance"
	OldNews         Noise = "old_news"
	ExtractionError Noise = "extraction_error"
	SpamSource      Noise = "spam_source"
	NameClash       Noise = "name_clash"
)

// Noises lists every reason of noise.
func Noises() []Noise {
	return []Noise{RuleTooBroad, WrongStance, OldNews, ExtractionError, SpamSource, NameClash}
}
