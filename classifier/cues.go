package classifier

import (
	"fmt"
	"slices"
)

// cueKind is what a cue word tells.
type cueKind string

// The kinds of cue words, as cues.yaml names them.
const (
	cueDenies     cueKind = "denies"     // somebody denies: bác bỏ, denied
	cueNegates    cueKind = "negates"    // a plain "not", which denies only what stands right behind it or what a competent source says
	cueMute       cueKind = "mute"       // somebody says nothing: từ chối bình luận, denied comment; no denial and no confirmation
	cueConcedes   cueKind = "concedes"   // dù, despite: the denial that follows is brushed aside
	cueFalse      cueKind = "false"      // the outlet itself calls it false: tin giả, hoax
	cueDebunks    cueKind = "debunks"    // the form of a fact-check: kiểm chứng, old video
	cuePenalty    cueKind = "penalty"    // a penalty; counts with cueSpreading, cueFalse or cueDenies
	cueSpreading  cueKind = "spreading"  // the act of spreading: đăng tin, posting
	cueQuestions  cueKind = "questions"  // thực hư, is it true
	cueUnclear    cueKind = "unclear"    // chưa được kiểm chứng, unconfirmed
	cueAffirms    cueKind = "affirms"    // không phải là tin giả, not a hoax
	cueAllegation cueKind = "allegation" // tố cáo, alleged
	cueOpinion    cueKind = "opinion"
	cueSatire     cueKind = "satire"
	cuePrediction cueKind = "prediction"
	cueExperience cueKind = "experience" // first person
	cueAdvice     cueKind = "advice"
	cueAgency     cueKind = "agency" // who may confirm
	cueSpeaks     cueKind = "speaks" // the verb of attribution
	cueActs       cueKind = "acts"   // the verb of office: bắt, ký, ordered; no confirmation of a claim about that office
	cuePer        cueKind = "per"    // attribution that stands before its source: theo, according to
	cueVague      cueKind = "vague"  // makes an attribution worthless: giấu tên, anonymous
	cueNegator    cueKind = "negator"
	cueFraud      cueKind = "fraud"  // a swindle: lừa đảo, scam; an answer only to a claim that is itself the swindlers' message
	cueLay        cueKind = "lay"    // people without a name or an office: một tài xế, two tellers; with a verb of telling they are witnesses
	cueMedium     cueKind = "medium" // what people pass on: đoạn clip, a screenshot; with a verb of telling it is what the teller relies on
	cueTells      cueKind = "tells"  // the verb of telling: kể, wrote
)

// signalKinds are the cues that carry points. The first strongSignals of them mark a rumour, the others excitement.
var signalKinds = []cueKind{"unsourced", "hearsay", "spread", "urgent", "secrecy", layWitness, posted, "panic", "channel", "call", "certainty"}

// These mark a rumour only where no competent source speaks beside them.
const (
	layWitness cueKind = "witness" // neighbours, parents, tellers: told by people without a name
	posted     cueKind = "posted"  // a clip, a post, a message is all that the teller relies on
)

const strongSignals = 5

var strongKinds = signalKinds[:strongSignals]

var cueKinds = slices.Concat([]cueKind{
	cueDenies, cueNegates, cueMute, cueConcedes, cueFalse, cueDebunks, cuePenalty, cueSpreading, cueQuestions, cueUnclear, cueAffirms, cueAllegation,
	cueOpinion, cueSatire, cuePrediction, cueExperience, cueAdvice, cueAgency, cueSpeaks, cueActs, cuePer, cueVague, cueNegator,
	cueFraud, cueLay, cueMedium, cueTells,
}, signalKinds)

// cueFile is cues.yaml.
type cueFile struct {
	Cues []cueGroup `yaml:"cues"`
}

type cueGroup struct {
	Kind   cueKind  `yaml:"kind"`
	Points int      `yaml:"points"`
	VI     []string `yaml:"vi"`
	EN     []string `yaml:"en"`
}

// cueSet is the compiled cues.
type cueSet struct {
	phrases *lexicon[cueKind]
	points  map[cueKind]int
}

func compileCues(file cueFile) (*cueSet, []error) {
	set := &cueSet{phrases: newLexicon[cueKind](), points: map[cueKind]int{}}
	set.phrases.longFolded = true
	var errs []error
	for i, g := range file.Cues {
		if !slices.Contains(cueKinds, g.Kind) {
			errs = append(errs, fmt.Errorf("cues[%d].kind: %q is not known; write one of %v", i, g.Kind, cueKinds))
			continue
		}
		if slices.Contains(signalKinds, g.Kind) != (g.Points > 0) {
			errs = append(errs, fmt.Errorf("cues[%d].points: %d; signals have points above 0, other cues have none", i, g.Points))
		}
		set.points[g.Kind] = g.Points
		for _, phrase := range slices.Concat(g.VI, g.EN) {
			if !set.phrases.add(phrase, g.Kind) {
				errs = append(errs, fmt.Errorf("cues[%d] (%s): %q has no word in it", i, g.Kind, phrase))
			}
		}
	}
	return set, errs
}
