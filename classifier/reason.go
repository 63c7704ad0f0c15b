package classifier

// Reason says why a claim that was found in an article does not ring. It is the value of ClaimMatch.Silent.
type Reason string

// The reasons. They are metric labels and, translated, the words on the screen.
const (
	ReasonAnswered     Reason = "answered"      // the article denies, debunks or reports a penalty
	ReasonDisputed     Reason = "disputed"      // alleged misconduct that only the accused denies
	ReasonOpinion      Reason = "opinion"       // comment or criticism: not checkable
	ReasonSatire       Reason = "satire"        // labelled as satire or fiction
	ReasonPrediction   Reason = "prediction"    // a forecast, a plan or a wish
	ReasonExperience   Reason = "experience"    // a personal story
	ReasonOfficial     Reason = "official"      // a named competent source confirms it
	ReasonAdvice       Reason = "advice"        // a warning or lesson about this kind of thing, not an instance of it
	ReasonForeign      Reason = "foreign"       // not about Việt Nam
	ReasonNoPlace      Reason = "no_place"      // no Vietnamese place near the claim
	ReasonScore        Reason = "score"         // fewer points than the claim needs
	ReasonNotCheckable Reason = "not_checkable" // the claim's file says that evidence cannot settle it
	ReasonCovered      Reason = "covered"       // it would ring, but the article rings already for another claim on the same event
)

// Reasons lists every Reason, for metrics and pages.
func Reasons() []Reason {
	return []Reason{
		ReasonAnswered, ReasonDisputed, ReasonOpinion, ReasonSatire, ReasonPrediction, ReasonExperience,
		ReasonOfficial, ReasonAdvice, ReasonForeign, ReasonNoPlace, ReasonScore, ReasonNotCheckable, ReasonCovered,
	}
}
