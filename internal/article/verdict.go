package article

// Stance is how an article stands towards a claim.
type Stance string

// The stances. Carries, Questions and Unclear may ring; the others never do.
const (
	Carries        Stance = "carries"
	Questions      Stance = "questions"
	Denies         Stance = "denies"
	ReportsDebunk  Stance = "reports_debunk"
	ReportsPenalty Stance = "reports_penalty"
	Disputed       Stance = "disputed" // alleged misconduct that only the accused denies: neither debunk nor claim
	Unclear        Stance = "unclear"
)

// MayRing reports whether an article with this stance may ring.
func (s Stance) MayRing() bool { return s == Carries || s == Questions || s == Unclear }

// Answers reports whether an article with this stance answers the claim, and so belongs to its story as evidence.
func (s Stance) Answers() bool { return s == Denies || s == ReportsDebunk || s == ReportsPenalty }

// Severity is how urgent a claim is if it spreads.
type Severity string

// The severities, most urgent first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Normal   Severity = "normal"
	Info     Severity = "info"
)

// Rank orders severities: 0 is the most urgent. An unknown severity ranks last.
func (s Severity) Rank() int {
	for i, v := range []Severity{Critical, High, Normal, Info} {
		if v == s {
			return i
		}
	}
	return 4
}

// Verdict is what the classifier says of one article. It says "check this claim", never who is hostile.
type Verdict struct {
	Rings        bool         `json:"rings"`
	AboutVietnam bool         `json:"about_vietnam"`
	Score        int          `json:"score"`    // 0-100, the highest of its ringing claims, or of all when none rings
	Severity     Severity     `json:"severity"` // of the most urgent ringing claim; empty when none rings
	Claims       []ClaimMatch `json:"claims"`
	Topics       []string     `json:"topics"`
	Places       []string     `json:"places"`
	RulesVersion string       `json:"rules_version"`
}

// ClaimMatch is one claim that an article speaks of, and why we think so. It carries the claim's wording as it was
// when the article was read, so that an alert explains itself after the rules have changed.
type ClaimMatch struct {
	ID          string   `json:"id"`
	Version     int      `json:"version"`
	Stance      Stance   `json:"stance"`
	Score       int      `json:"score"` // 0-100, the sum of Parts
	Rings       bool     `json:"rings"`
	Silent      string   `json:"silent,omitempty"` // why it does not ring: a Reason of the classifier
	Field       string   `json:"field"`            // one of the eight fields of the fact-check desk
	Severity    Severity `json:"severity"`
	Pattern     bool     `json:"pattern,omitempty"`  // a kind of rumour, not a known one
	National    bool     `json:"national,omitempty"` // one rumour about the whole country, so places tell no two of it apart
	StatementVI string   `json:"statement_vi"`
	StatementEN string   `json:"statement_en"`
	Verdict     string   `json:"verdict"` // undetermined, false, misleading, ...
	DecidedBy   string   `json:"decided_by,omitempty"`
	Parts       []Part   `json:"parts,omitempty"` // how the score adds up
	Spans       []Span   `json:"spans"`
}

// Part is one addend of a score.
type Part struct {
	Clause string `json:"clause"` // a named clause, a signal or a stance cue
	Points int    `json:"points"`
}

// Span marks words in the article as given: byte offsets into the named field, start inclusive, end exclusive.
type Span struct {
	Field  Field  `json:"field"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Clause string `json:"clause"` // the clause they satisfied; "stance:denies" and the like for cues
}
