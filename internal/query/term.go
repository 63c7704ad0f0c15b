package query

import (
	"slices"
	"strings"
	"unicode"

	"haidang/internal/text"
)

// term is a word or phrase that some rule of a set asks for.
type term struct {
	words  []*text.Word
	marked bool     // marks count
	cases  []uint64 // raw: the case of each word
	prefix bool
	rules  int // how many times the rules use it
}

// anchor is a rule to be looked at, unless all its guards are absent: terms of which it needs one besides.
type anchor struct {
	program *program
	rule    uint32
	guards  [3]uint32
}

const noGuard = ^uint32(0)

// termKey is equal for terms that match alike.
func termKey(t *Term) string {
	var b strings.Builder
	switch {
	case t.Mode == ModeRaw:
		b.WriteByte('r')
	case t.Mode == ModeMarks && t.Marked():
		b.WriteByte('m')
	default:
		b.WriteByte('f')
	}
	if t.Prefix {
		b.WriteByte('*')
	}
	for _, w := range t.Words {
		b.WriteByte(' ')
		if b.String()[0] == 'f' {
			b.WriteString(w.Fold)
		} else {
			b.WriteString(w.Canon)
		}
	}
	if t.Mode == ModeRaw {
		for _, tok := range text.Analyze(t.Text).Tokens {
			b.WriteByte('|')
			b.WriteString(t.Text[tok.Start:tok.End])
		}
	}
	return b.String()
}

func newTerm(t *Term) term {
	n := term{words: text.Intern(t.Text), prefix: t.Prefix, marked: t.Mode == ModeRaw || t.Mode == ModeMarks && t.Marked()}
	if t.Mode == ModeRaw {
		d := text.Analyze(t.Text)
		for _, tok := range d.Tokens {
			n.cases = append(n.cases, caseOf(d.Text[tok.Start:tok.End]))
		}
	}
	return n
}

// caseOf returns a bit for each of the first 64 letters of s: whether it is a capital.
func caseOf(s string) uint64 {
	bits, i := uint64(0), 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		if unicode.IsUpper(r) && i < 64 {
			bits |= 1 << i
		}
		i++
	}
	return bits
}

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) && n < 64 {
			n++
		}
	}
	return n
}

// fits checks what the trie has forgotten: the marks and the case of the words that begin at token i.
func (t *term) fits(d *text.Doc, i int) bool {
	for k, w := range t.words {
		tok := &d.Tokens[i+k]
		last := t.prefix && k == len(t.words)-1
		if t.cases != nil {
			if !t.fitsRaw(d, tok, k, last) {
				return false
			}
		} else if !last && !tok.Matches(w, true) {
			return false
		}
	}
	return true
}

// fitsRaw compares marks and case exactly. Of a beginning only the case of its own letters counts.
func (t *term) fitsRaw(d *text.Doc, tok *text.Token, k int, last bool) bool {
	bits := caseOf(d.Text[tok.Start:tok.End])
	if !last {
		return tok.Word.Is(t.words[k]) && bits == t.cases[k]
	}
	return strings.HasPrefix(tok.Word.Canon, t.words[k].Canon) && bits&(1<<letters(t.words[k].Canon)-1) == t.cases[k]
}

// addTerm counts one more use of a term and returns its number.
func (s *Set) addTerm(e *edit, t *Term) uint32 {
	key := termKey(t)
	id, known := s.termIDs.get(key)
	if !known {
		if id = s.termCount; s.freeTerms != nil {
			id, s.freeTerms = s.freeTerms.id, s.freeTerms.next
		} else {
			s.termCount++
		}
		s.termIDs.own(e, key)[key] = id
		*s.terms.own(e, id) = newTerm(t)
		s.plant(e, id, s.terms.own(e, id))
	}
	s.terms.own(e, id).rules++
	return id
}

// dropTerm counts one use less, and forgets a term that no rule uses.
func (s *Set) dropTerm(e *edit, t *Term) {
	key := termKey(t)
	id, _ := s.termIDs.get(key)
	own := s.terms.own(e, id)
	if own.rules--; own.rules > 0 {
		return
	}
	delete(s.termIDs.own(e, key), key)
	s.uproot(e, id, own)
	*own = term{}
	s.freeTerms = &free{id, s.freeTerms}
}

// symbol returns the number under which the trie knows a word: that of its fold in the lexicon. Documents may bring words
// that the lexicon does not hold, long numbers for one; those are found by their spelling.
func (s *Set) symbol(e *edit, w *text.Word) uint32 {
	if _, known := s.spelling.get(w.Fold); !known {
		s.spelling.own(e, w.Fold)[w.Fold] = w.FoldID
	}
	return w.FoldID
}

// plant puts a term into the trie.
func (s *Set) plant(e *edit, id uint32, t *term) {
	words, x := t.ending(id)
	switch len(words) {
	case 0:
		s.starCount++
		last := t.words[0]
		key := starKey(last.Fold)
		m := s.stars.own(e, key)
		m[key] = append(slices.Clip(m[key]), star{id, last.Fold, last.Canon, t.marked})
	case 1:
		s.root(e, words[0]).add(x)
	default:
		s.lead(e, words).add(e, x)
	}
}

// uproot takes a term out of the trie.
func (s *Set) uproot(e *edit, id uint32, t *term) {
	words, _ := t.ending(id)
	switch len(words) {
	case 0:
		s.starCount--
		key := starKey(t.words[0].Fold)
		m := s.stars.own(e, key)
		m[key] = slices.DeleteFunc(slices.Clone(m[key]), func(st star) bool { return st.term == id })
	case 1:
		s.root(e, words[0]).drop(id)
	default:
		s.lead(e, words).drop(e, id)
	}
}

// ending returns the words that lead to where the term ends, and what stands there. A term that is but the beginning of a
// word has no words that lead to it.
func (t *term) ending(id uint32) ([]*text.Word, ending) {
	words := t.words
	if t.prefix {
		words = words[:len(words)-1]
	}
	x := ending{term: id, used: true, marked: t.marked, star: t.prefix}
	x.more = len(words) > len(x.canon) || t.cases != nil
	for k := range min(len(words), len(x.canon)) {
		x.canon[k] = words[len(words)-1-k].ID
	}
	return words, x
}

// root returns the place that a word leads to by itself, for e to change.
func (s *Set) root(e *edit, w *text.Word) *trieNode {
	n := s.roots.own(e, s.symbol(e, w))
	n.own(e)
	return n
}

// lead returns the edge to where two or more words lead, owned together with everything above it.
func (s *Set) lead(e *edit, words []*text.Word) *edge {
	first, second := s.symbol(e, words[0]), s.symbol(e, words[1])
	n, bit := pairBit(first, second)
	*s.pairs.own(e, n) |= bit
	at := s.root(e, words[0]).lead(second)
	for _, w := range words[2:] {
		sym := s.symbol(e, w)
		at.hints |= hintOf(sym)
		at = at.below(e).lead(sym)
	}
	return at
}
