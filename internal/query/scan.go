package query

// scratch is what one Match needs besides the set and the document. It is reused, so that matching allocates nothing.
type scratch struct {
	epoch   uint32
	stamps  []uint32 // by term: the epoch in which it was last found, and a bit for each field, in one number
	chains  []chain  // by term: its hits
	seen    []uint32 // by rule: the epoch in which it was last looked at
	hits    []hit
	touched []uint32 // terms found
	pairs   []pair   // of the field that is being scanned
	spans   []interval
	tried   []*program // rules that may hold
	held    []*program // rules found to hold
	fetched uint16     // a sum of nothing: see fetch

	besides map[uint32]int // by term that is a unit: which of the figures are its
	figures []*unitFigures
	units   []unit // of the SENT or PARA that is being tried

	collector collector
}

const (
	fieldBits = 1<<fieldCount - 1
	lastEpoch = 1<<(32-fieldCount) - 1
)

// chain is where the hits of a term begin and end, and where the last search among them stopped.
type chain struct{ head, tail, cursor int32 }

// hit is one occurrence: its field and first token.
type hit struct {
	field uint8
	tok   int32
	next  int32
}

// begin makes the scratch ready for one document.
func (x *scratch) begin(s *Set) {
	x.hits, x.touched, x.spans = x.hits[:0], x.touched[:0], x.spans[:0]
	clear(x.besides)
	if x.epoch++; x.epoch == lastEpoch {
		clear(x.stamps)
		clear(x.seen)
		x.epoch = 1
	}
	if n := int(s.termCount) - len(x.stamps); n > 0 {
		x.stamps = append(x.stamps, make([]uint32, n+n/8)...)
		x.chains = append(x.chains, make([]chain, len(x.stamps)-len(x.chains))...)
	}
	if n := int(s.ruleCount) - len(x.seen); n > 0 {
		x.seen = append(x.seen, make([]uint32, n+n/8)...)
	}
}

// record notes an occurrence.
func (x *scratch) record(term uint32, field uint8, tok int) {
	n := int32(len(x.hits))
	x.hits = append(x.hits, hit{field, int32(tok), -1})
	c := &x.chains[term]
	if stamp := &x.stamps[term]; *stamp>>fieldCount == x.epoch {
		*stamp |= 1 << field
		x.hits[c.tail].next = n
	} else {
		*stamp = x.epoch<<fieldCount | 1<<field
		c.head, c.cursor = n, n
		x.touched = append(x.touched, term)
	}
	c.tail = n
}

// first returns the first hit of a term that can lie in the area, or -1. Areas are mostly asked for in the order of the
// text, so the search goes on from where it stopped.
func (x *scratch) first(term uint32, a area) int32 {
	if x.stamps[term]>>fieldCount != x.epoch {
		return -1
	}
	c := &x.chains[term]
	if a.whole {
		return c.head
	}
	h := c.cursor
	if !x.hits[h].before(a) {
		h = c.head // perhaps too far already
	}
	for h >= 0 && x.hits[h].before(a) {
		c.cursor = h
		h = x.hits[h].next
	}
	return h
}

// before reports whether a hit stands before an area that is one stretch of one field.
func (h hit) before(a area) bool {
	return 1<<h.field < a.mask || 1<<h.field == a.mask && h.tok < a.first
}

// in reports whether a hit, and so those behind it, can still lie in the area.
func (h hit) in(a area) bool { return a.whole || 1<<h.field == a.mask && h.tok < a.last }

// mask returns the fields in which a term was found.
func (x *scratch) mask(term uint32) uint8 {
	if v := x.stamps[term]; v>>fieldCount == x.epoch {
		return uint8(v & fieldBits)
	}
	return 0
}

// scan finds every occurrence of every term of the set.
func (s *Set) scan(x *scratch, d *Doc) {
	for f := range d.fields {
		s.scanWords(x, uint8(f), &d.fields[f])
		for _, p := range x.pairs {
			s.descend(x, uint8(f), &d.fields[f], p)
		}
		if s.starCount > 0 {
			s.scanStars(x, uint8(f), &d.fields[f])
		}
	}
}

// pair is two words side by side that may begin a term: the place that the first leads to, the second's symbol, and where
// the first stands.
type pair struct {
	node *trieNode
	next uint32
	at   int32
}

// scanWords finds the terms of one word, and gathers the places where longer ones may begin. To follow those is left for a
// round of its own, in which the memory of one is fetched while another is looked at.
func (s *Set) scanWords(x *scratch, number uint8, f *field) {
	x.pairs = x.pairs[:0]
	var before *trieNode
	var first uint32
	for i := range f.words {
		sym := s.symbolOf(f, i)
		if before != nil && before.kids > 0 {
			if n, bit := pairBit(first, sym); s.pairs.get(n)&bit != 0 {
				x.pairs = append(x.pairs, pair{before, sym, int32(i - 1)})
			}
		}
		if before, first = s.roots.at(sym), sym; before != nil {
			s.emit(x, number, f, i, i, before.ends)
		}
	}
}

// symbolOf returns the symbol of a document's word, or 0 if no term uses it.
func (s *Set) symbolOf(f *field, i int) uint32 {
	if sym := f.words[i].fold; sym != 0 {
		return sym
	}
	sym, _ := s.spelling.get(f.Tokens[i].Word.Fold)
	return sym
}

// descend follows the words from a pair down the trie, and records the terms on the way.
func (s *Set) descend(x *scratch, number uint8, f *field, p pair) {
	i := int(p.at)
	j := i + 1
	for at := p.node.edge(p.next); at != nil; {
		if at.end.used {
			s.emitOne(x, number, f, i, j, &at.end)
		}
		if at.hints&hintEnds != 0 {
			s.emit(x, number, f, i, j, at.node.ends)
		}
		if j++; j == len(f.words) {
			return
		}
		sym := s.symbolOf(f, j)
		if at.hints&hintOf(sym) == 0 || sym == 0 {
			return
		}
		at = at.node.edge(sym)
	}
}

// emit records those terms, of the words from i to j, whose marks fit.
func (s *Set) emit(x *scratch, number uint8, f *field, i, j int, ends []ending) {
	last := f.words[j].canon
	for k := range ends {
		if e := &ends[k]; !e.marked || e.canon[0] == last || last == anyMarks || last == 0 {
			s.emitOne(x, number, f, i, j, e)
		}
	}
}

func (s *Set) emitOne(x *scratch, number uint8, f *field, i, j int, e *ending) {
	if e.marked && !s.ends(e, f, i, j) || e.star && !s.continues(e, f, j) {
		return
	}
	x.record(e.term, number, i)
}

// ends reports whether the marks of a term fit, of which the words from i to j have the folds. Short terms are decided
// by what the ending itself knows.
func (s *Set) ends(e *ending, f *field, i, j int) bool {
	for k := 0; k < len(e.canon) && k <= j-i; k++ {
		switch have := f.words[j-k].canon; have {
		case e.canon[k], anyMarks:
		case 0:
			return s.fits(e, f, i, j)
		default:
			return false
		}
	}
	return !e.more || s.fits(e, f, i, j)
}

// fits looks at the words of the term themselves.
func (s *Set) fits(e *ending, f *field, i, j int) bool {
	if e.star && j+1 == len(f.words) {
		return false
	}
	return s.terms.at(e.term).fits(f.Doc, i)
}

// continues reports whether the word after j begins as the last one of a phrase with * does.
func (s *Set) continues(e *ending, f *field, j int) bool {
	if j+1 == len(f.words) {
		return false
	}
	words := s.terms.at(e.term).words
	last := words[len(words)-1]
	return begins(&f.Tokens[j+1], last.Fold, last.Canon, e.marked)
}

// scanStars finds the terms that are but the beginning of a word.
func (s *Set) scanStars(x *scratch, number uint8, f *field) {
	for i := range f.Tokens {
		tok := &f.Tokens[i]
		list, _ := s.stars.get(starKey(tok.Word.Fold))
		for k := range list {
			st := &list[k]
			if begins(tok, st.fold, st.canon, st.marked) && (!st.marked || s.terms.at(st.term).fits(f.Doc, i)) {
				x.record(st.term, number, i)
			}
		}
	}
}
