package classifier

// How many cues make an article a comment or a personal story.
const (
	opinionCues     = 3
	firstPersonEach = 60 // at least one first-person word in so many words ...
	firstPersonMin  = 3  // ... and so many in all
)

// notCheckable returns the reason why what the article says of a claim cannot be settled by evidence, or "".
func notCheckable(z *zone) Reason {
	edge := func(s int) bool { return z.inHead(s) || s < z.r.head+1 || s >= z.r.total-1 }
	if z.first(edge, cueSatire) != nil {
		return ReasonSatire
	}
	if z.first(z.inTitle, cueOpinion) != nil || z.count(anywhere, cueOpinion) >= opinionCues ||
		z.first(z.holds, cueOpinion) != nil {
		return ReasonOpinion
	}
	if n := z.count(anywhere, cueExperience); n >= firstPersonMin && n*firstPersonEach >= z.r.words {
		return ReasonExperience
	}
	return ""
}
