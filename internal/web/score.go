package web

import (
	"slices"

	"haidang/alerting"
	"haidang/internal/article"
	"haidang/internal/text"
)

// shownWords is how many different words a line of a score shows.
const shownWords = 4

// scoreLine is one addend of a score with the words that earned it. A line without points says how the article's stance
// was read.
type scoreLine struct {
	Label  string
	Kind   markKind
	Words  []string
	Points int
	Counts bool // its points are part of the sum
}

// Signed is the points with their sign.
func (s scoreLine) Signed() string { return signed(s.Points) }

// Bar is the length of the line's bar, 0 to 100.
func (s scoreLine) Bar() int { return min(max(s.Points, -s.Points), 100) }

// Minus reports whether the line takes points away.
func (s scoreLine) Minus() bool { return s.Points < 0 }

// scoreLines explains a score: its parts in the order in which they were added, then the cues of the stance.
func scoreLines(l language, parts []article.Part, passages []passage) []scoreLine {
	words := wordsOf(passages)
	var out []scoreLine
	for _, p := range parts {
		out = append(out, scoreLine{Label: l.Clause(p.Clause), Kind: kindOf(p.Clause), Words: words.of(p.Clause), Points: p.Points, Counts: true})
	}
	for _, clause := range words.order {
		counted := slices.ContainsFunc(parts, func(p article.Part) bool { return p.Clause == clause })
		if kindOf(clause) == markStance && !counted {
			out = append(out, scoreLine{Label: l.Clause(clause), Kind: markStance, Words: words.of(clause)})
		}
	}
	return out
}

// markedWords are the different words of each clause, as first met.
type markedWords struct {
	order []string
	words map[string][]string
	seen  map[[2]string]bool
}

func wordsOf(passages []passage) markedWords {
	m := markedWords{words: map[string][]string{}, seen: map[[2]string]bool{}}
	for _, p := range passages {
		for _, piece := range p.Pieces {
			key := [2]string{piece.Clause, text.Canon(piece.Text)}
			if piece.Clause == "" || m.seen[key] {
				continue
			}
			m.seen[key] = true
			if m.words[piece.Clause] == nil {
				m.order = append(m.order, piece.Clause)
			}
			m.words[piece.Clause] = append(m.words[piece.Clause], piece.Text)
		}
	}
	return m
}

func (m markedWords) of(clause string) []string {
	w := m.words[clause]
	if len(w) > shownWords {
		return append(slices.Clone(w[:shownWords]), "…")
	}
	return w
}

// passages are the marked pieces of an article.
func passages(a *alerting.Alert) []passage {
	var out []passage
	for _, s := range a.Snippets {
		out = append(out, passageOf(s))
	}
	return out
}

// titleOf is the title with its marks, or without any.
func titleOf(title string, passages []passage) passage {
	for _, p := range passages {
		if p.Field == article.Title {
			return p
		}
	}
	out := passage{Field: article.Title}
	out.plain(title)
	return out
}
