package query

// scratch is what one Match needs besides the set and the document. It is reused, so that matching allocates nothing.
type scratch struct {
	epoch   uint32
	stamps  []uint32 // by term: the epoch in which it was last found, and a bit for each field, in one number
	chains  []chain  // by term: its hits
	seen    []uint32 // by rule: the epoch in which it was last looked at
	hits    []hit
	touched []uint32 // terms found, in the order of the text
	spans   []interval
	held    []*program // rules found to hold

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
		field := &d.fields[f]
		for i := range field.words {
			s.scanAt(x, uint8(f), field, i)
			if s.starCount > 0 {
				s.scanStars(x, uint8(f), field, i)
			}
		}
	}
}

// scanAt finds the terms that begin at word i.
func (s *Set) scanAt(x *scratch, number uint8, f *field, i int) {
	sym := s.symbolOf(f, i)
	root := s.roots.at(sym)
	if root == nil || root.node == nil {
		return
	}
	s.emit(x, number, f, i, i, root.ends)
	if root.stars {
		s.emitStars(x, number, f, i, i, root.node.stars)
	}
	if i+1 == len(f.words) {
		return
	}
	next := s.symbolOf(f, i+1)
	n, bit := pairBit(sym, next)
	if bits := s.pairs.at(n); bits != nil && *bits&bit != 0 {
		s.descend(x, number, f, i, root.node.kid(next))
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

// descend follows the words from i down the trie, from the node for the first two, and records the terms on the way.
func (s *Set) descend(x *scratch, number uint8, f *field, i int, n *trieNode) {
	for j := i + 1; n != nil; {
		s.emit(x, number, f, i, j, n.ends)
		s.emitStars(x, number, f, i, j, n.stars)
		if j++; n.kids == 0 || j == len(f.words) {
			return
		}
		sym := s.symbolOf(f, j)
		if sym == 0 {
			return
		}
		n = n.kid(sym)
	}
}

// emit records those terms of a node, of the words from i to j, whose marks fit.
func (s *Set) emit(x *scratch, number uint8, f *field, i, j int, ends []ending) {
	for k := range ends {
		if e := &ends[k]; !e.marked || s.ends(e, f, i, j) {
			x.record(e.term, number, i)
		}
	}
}

// emitStars records those terms that the word after j completes.
func (s *Set) emitStars(x *scratch, number uint8, f *field, i, j int, stars []star) {
	if j+1 == len(f.words) {
		return
	}
	for k := range stars {
		if st := &stars[k]; st.begins(&f.Tokens[j+1]) && s.fits(st.term, st.marked, f, i) {
			x.record(st.term, number, i)
		}
	}
}

// ends reports whether the marks of a term fit, of which the words from i to j have the folds. Short terms are decided
// by what the ending itself knows.
func (s *Set) ends(e *ending, f *field, i, j int) bool {
	for k := 0; k < len(e.canon) && k <= j-i; k++ {
		switch have := f.words[j-k].canon; have {
		case e.canon[k], anyMarks:
		case 0:
			return s.fits(e.term, true, f, i)
		default:
			return false
		}
	}
	return !e.more || s.fits(e.term, true, f, i)
}

func (s *Set) fits(term uint32, marked bool, f *field, i int) bool {
	return !marked || s.terms.at(term).fits(f.Doc, i)
}

func (s *Set) scanStars(x *scratch, number uint8, f *field, i int) {
	tok := &f.Tokens[i]
	list, _ := s.stars.get(starKey(tok.Word.Fold))
	for k := range list {
		if st := &list[k]; st.begins(tok) && s.fits(st.term, st.marked, f, i) {
			x.record(st.term, number, i)
		}
	}
}
