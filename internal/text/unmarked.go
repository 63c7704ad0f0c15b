package text

// A run is a stretch of words inside one sentence of which none has Vietnamese marks. It is Vietnamese written without marks when
// three things hold:
//
//  1. at least two of its words, and more than half of those in Latin letters, are spelled as Vietnamese syllables;
//  2. its words speak for Vietnamese more than for English or another language (see weights.txt);
//  3. a careful writer would hardly have written it so. Vietnamese has many syllables without marks (trong, ban, anh), so a few
//     in a row prove nothing: "Theo Lan Anh". Each syllable has a surprise, the bits -log2 of the share of its
//     appearances in edited news that have no mark; "duoc" has 12, "trong" none. The sum must reach a bar that depends on the rest
//     of the document: 24 bits (one in 16 million) where marks are used, 12 where hardly, and 0 where there are none and the document
//     as a whole has 8.
//
// The words of such runs have Token.Unmarked. Numbers and names inside a run have it too.
const (
	barMarked   = 24
	barMixed    = 12
	barDocument = 8
)

// judge tells the languages of sentences and document, and finds the runs.
func (d *Doc) judge() {
	var whole tally
	for i := range d.Sentences {
		s := &d.Sentences[i]
		t := d.tally(s.First, s.Last)
		s.Language = t.language()
		whole.add(t)
	}
	if d.language = whole.language(); d.language == "" {
		d.language = Other
		if whole.latin > 0 {
			d.language = English
		}
	}
	for i := range d.Sentences {
		if s := &d.Sentences[i]; s.Language == "" {
			s.Language = d.language
		}
	}
	d.markRuns(whole)
}

// markRuns sets Token.Unmarked. Marked text, which is the rule, has no run worth a second look.
func (d *Doc) markRuns(whole tally) {
	bar := barFor(whole)
	if whole.surprise < barDocument || whole.longest < bar {
		return
	}
	unmarked := 0
	for _, s := range d.Sentences {
		start, surprise := s.First, 0
		for i := s.First; i <= s.Last; i++ {
			if i < s.Last && !d.Tokens[i].Word.is(vietnamese) {
				surprise += int(d.Tokens[i].Word.surprise)
				continue
			}
			if surprise > 0 && surprise >= bar {
				unmarked += d.markRun(start, i)
			}
			start, surprise = i+1, 0
		}
	}
	d.unmarked = d.language == Vietnamese && 2*unmarked > whole.syllables
}

// barFor returns the surprise that a run must have in a document.
func barFor(whole tally) int {
	switch {
	case whole.marked*3 > whole.syllables:
		return barMarked
	case whole.marked*20 > whole.syllables:
		return barMixed
	}
	return 0
}

// markRun marks Tokens[first:last] if they are Vietnamese, and returns how many syllables it marked.
func (d *Doc) markRun(first, last int) int {
	t := d.tally(first, last)
	if t.syllables < 2 || 2*t.syllables <= t.latin || t.lean <= 0 || t.lean <= t.foreign {
		return 0
	}
	for i := first; i < last; i++ {
		d.Tokens[i].Unmarked = true
	}
	return t.syllables
}
