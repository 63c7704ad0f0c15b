package telling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/optimize"

	"haidang/internal/text"
)

// Sample is one article to learn from.
type Sample struct {
	Language Language
	Title    string
	Body     string // lead and text
	Rumour   bool   // it passes on a rumour
	Chosen   bool   // it was chosen because it is hard to tell; it counts as much as a rumour
}

// How it learns.
const (
	heavier    = 10.0 // what a rumour, or a chosen article, counts beside an ordinary one, of which there are many more
	ridge      = 10.0 // L2
	iterations = 200
	negligible = 0.03 // weights below are left out
	rarest     = 3    // samples that must hold a word
	shortest   = 20   // words of a cut article
	many       = 2000 // ordinary articles of a language, for ranks by the thousand
)

// rank says what share of ordinary articles lies above a level, and the points of that level.
type rank struct {
	share  float64
	points int
}

// ranks of a language in which thousands of ordinary articles are at hand, and of one in which there are only hundreds, most
// of them chosen because they are hard: what most are like is not known there, and nothing is taken off.
var (
	ranks    = []rank{{0.75, least}, {0.4, 0}, {0.05, 10}, {0.01, 20}, {0.003, 30}, {0.001, 40}}
	fewRanks = []rank{{0.4, 0}, {0.15, 10}, {0.07, 20}, {0.035, 30}, {0.015, 40}}
)

// Train learns a model by ridge logistic regression. The same samples give the same model.
//
// Ordinary articles are cut to the lengths of the rumours, so that length tells nothing. The levels are measured by
// cross-validation in two halves, on ordinary articles that the half's model has not seen.
func Train(samples []Sample) *Model {
	learners := cut(samples)
	var unseen [2][]float64 // log-odds by language
	for half := range 2 {
		var seen, rest []learner
		for i, l := range learners {
			if i%2 == half || l.rumour {
				seen = append(seen, l)
			} else {
				rest = append(rest, l)
			}
		}
		weights := learn(seen)
		for _, l := range rest {
			unseen[l.language] = append(unseen[l.language], weights.logOdds(l))
		}
	}
	m := learn(learners).model()
	for lang := range unseen {
		m.levels[lang] = levels(unseen[lang])
	}
	return m
}

// learner is a sample as its features, each once.
type learner struct {
	language Language
	rumour   bool
	chosen   bool
	features []string
}

// cut turns samples into learners, in an order of chance that is always the same.
func cut(samples []Sample) []learner {
	rng := rand.New(rand.NewPCG(1, 2))
	var lengths []int
	for _, s := range samples {
		if s.Rumour {
			lengths = append(lengths, max(shortest, len(strings.Fields(s.Body))))
		}
	}
	count := map[string]int{}
	learners := make([]learner, 0, len(samples))
	for _, s := range samples {
		body := s.Body
		if words := strings.Fields(body); !s.Rumour && len(lengths) > 0 {
			body = strings.Join(words[:min(len(words), lengths[rng.IntN(len(lengths))])], " ")
		}
		l := learner{s.Language, s.Rumour, s.Chosen, features(s.Language, s.Title, body)}
		for _, f := range l.features {
			count[f]++
		}
		learners = append(learners, l)
	}
	for i := range learners {
		learners[i].features = slices.DeleteFunc(learners[i].features, func(f string) bool { return count[f] < rarest })
	}
	rng.Shuffle(len(learners), func(i, j int) { learners[i], learners[j] = learners[j], learners[i] })
	return learners
}

// features names the words and pairs of an article: "vi\ttitle\thãy chia".
func features(lang Language, title, body string) []string {
	a := Article{Language: lang, Title: text.Analyze(title), Body: []*text.Doc{text.Analyze(body)}}
	set := map[string]bool{}
	visit(a, func(zone Zone, _ int, d *text.Doc, from, to int) {
		prefix := names[lang] + "\t" + zoneNames[zone] + "\t"
		for i := from; i < to; i++ {
			first := canon(d, zone, i)
			if first != aName && first != aFigure {
				set[prefix+first] = true
			}
			if i+1 < to {
				set[prefix+first+" "+canon(d, zone, i+1)] = true
			}
		}
	})
	out := make([]string, 0, len(set))
	for f := range set {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// weights is what has been learnt: a weight for each feature by its number.
type weights struct {
	number map[string]int
	of     []float64
}

func biasOf(lang Language) string { return names[lang] + "\tbias\t" }

// learn minimises the weighted log-loss with a ridge on all but the biases.
func learn(learners []learner) weights {
	w := weights{number: map[string]int{biasOf(Vietnamese): 0, biasOf(English): 1}}
	rows := make([][]int, len(learners))
	for i, l := range learners {
		rows[i] = append(rows[i], w.number[biasOf(l.language)])
		for _, f := range l.features {
			n, ok := w.number[f]
			if !ok {
				n = len(w.number)
				w.number[f] = n
			}
			rows[i] = append(rows[i], n)
		}
	}
	loss := func(x, grad []float64) float64 {
		sum := 0.0
		for n, v := range x {
			if n < len(names) {
				v = 0
			}
			sum += ridge / 2 * v * v
			if grad != nil {
				grad[n] = ridge * v
			}
		}
		for i, row := range rows {
			z := 0.0
			for _, n := range row {
				z += x[n]
			}
			sign, heavy := 1.0, 1.0
			if learners[i].rumour {
				sign = -1
			}
			if learners[i].rumour || learners[i].chosen {
				heavy = heavier
			}
			sum += heavy * math.Log1p(math.Exp(sign*z))
			if grad == nil {
				continue
			}
			g := heavy * sign / (1 + math.Exp(-sign*z))
			for _, n := range row {
				grad[n] += g
			}
		}
		return sum
	}
	problem := optimize.Problem{
		Func: func(x []float64) float64 { return loss(x, nil) },
		Grad: func(grad, x []float64) { loss(x, grad) },
	}
	result, err := optimize.Minimize(problem, make([]float64, len(w.number)), &optimize.Settings{MajorIterations: iterations}, &optimize.LBFGS{})
	if result == nil {
		panic(fmt.Sprintf("a convex function has no minimum: %v", err)) // cannot happen
	}
	w.of = result.X
	return w
}

func (w weights) logOdds(l learner) float64 {
	sum := w.of[w.number[biasOf(l.language)]]
	for _, f := range l.features {
		if n, ok := w.number[f]; ok {
			sum += w.of[n]
		}
	}
	return sum
}

// model keeps the weights that count for something, in two decimals.
func (w weights) model() *Model {
	m := &Model{}
	for lang := range m.words {
		m.words[lang] = [2]map[string]*entry{{}, {}}
	}
	for f, n := range w.number {
		weight := math.Round(100*w.of[n]) / 100
		parts := strings.Split(f, "\t")
		lang := Language(slices.Index(names[:], parts[0]))
		if parts[1] == "bias" {
			m.bias[lang] = weight
			continue
		}
		if math.Abs(weight) >= negligible {
			m.set(lang, Zone(slices.Index(zoneNames[:], parts[1])), parts[2], weight)
		}
	}
	m.index()
	return m
}

// levels reads the ranks off the log-odds of ordinary articles.
func levels(unseen []float64) []level {
	if len(unseen) == 0 {
		return nil
	}
	table := ranks
	if len(unseen) < many {
		table = fewRanks
	}
	slices.Sort(unseen)
	var out []level
	for _, r := range table {
		at := min(len(unseen)-1, int(float64(len(unseen))*(1-r.share)))
		out = append(out, level{math.Round(100*unseen[at]) / 100, r.points})
	}
	return out
}
