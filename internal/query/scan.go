package query

import "haidang/internal/text"

// scratch is what one Match needs besides the set and the document. It is reused, so that matching allocates nothing.
type scratch struct {
	epoch   uint32
	found   []found  // by term
	seen    []uint32 // by rule: the epoch in which it was last looked at
	hits    []hit
	touched []uint32 // terms found, in the order of the text
	spans   []interval
}

// found is where a term was found in the current document.
type found struct {
	epoch      uint32
	mask       uint8 // of fields
	head, tail int32 // into hits
}

// hit is one occurrence: its field and first token.
type hit struct {
	field uint8
	tok   int32
	next  int32
}

// begin makes the scratch ready for one document.
func (x *scratch) begin(s *Set) {
	x.hits, x.touched, x.spans = x.hits[:0], x.touched[:0], x.spans[:0]
	if x.epoch++; x.epoch == 0 {
		clear(x.found)
		clear(x.seen)
		x.epoch = 1
	}
	if n := int(s.termCount) - len(x.found); n > 0 {
		x.found = append(x.found, make([]found, n+n/8)...)
	}
	if n := int(s.ruleCount) - len(x.seen); n > 0 {
		x.seen = append(x.seen, make([]uint32, n+n/8)...)
	}
}

// record notes an occurrence.
func (x *scratch) record(term uint32, field uint8, tok int) {
	f := &x.found[term]
	n := int32(len(x.hits))
	x.hits = append(x.hits, hit{field, int32(tok), -1})
	if f.epoch != x.epoch {
		*f = found{x.epoch, 1 << field, n, n}
		x.touched = append(x.touched, term)
		return
	}
	x.hits[f.tail].next = n
	f.tail = n
	f.mask |= 1 << field
}

// first returns the first hit of a term in the current document, or -1.
func (x *scratch) first(term uint32) int32 {
	if f := &x.found[term]; f.epoch == x.epoch {
		return f.head
	}
	return -1
}

// mask returns the fields in which a term was found.
func (x *scratch) mask(term uint32) uint8 {
	if f := &x.found[term]; f.epoch == x.epoch {
		return f.mask
	}
	return 0
}

// scan finds every occurrence of every term of the set.
func (s *Set) scan(x *scratch, d *Doc) {
	for f := range d.fields {
		doc := d.fields[f].Doc
		for i := range doc.Tokens {
			if root := s.rootOf(doc.Tokens[i].Word); root != nil {
				s.descend(x, uint8(f), doc, i, root)
			}
			if s.starCount > 0 {
				s.scanStars(x, uint8(f), doc, i)
			}
		}
	}
}

// rootOf returns the root node for a word of a document.
func (s *Set) rootOf(w *text.Word) *trieNode {
	if sym := s.symbolOf(w); sym != 0 {
		if n := s.roots.at(sym); n != nil {
			return *n
		}
	}
	return nil
}

// symbolOf returns the symbol of a document's word, or 0 if no term uses it.
func (s *Set) symbolOf(w *text.Word) uint32 {
	if w.FoldID != 0 {
		return w.FoldID
	}
	sym, _ := s.spelling.get(w.Fold)
	return sym
}

// descend follows the tokens from i down the trie and records the terms that end on the way.
func (s *Set) descend(x *scratch, field uint8, doc *text.Doc, i int, n *trieNode) {
	for j := i; ; {
		for k := range n.ends {
			s.end(x, field, doc, i, j, n.ends[k])
		}
		j++
		if n.kids == 0 && len(n.stars) == 0 || j >= len(doc.Tokens) {
			return
		}
		tok := &doc.Tokens[j]
		for k := range n.stars {
			if st := &n.stars[k]; st.begins(tok) && s.fits(st.term, st.marked, doc, i) {
				x.record(st.term, field, i)
			}
		}
		sym := s.symbolOf(tok.Word)
		if sym == 0 {
			return
		}
		if n = n.kid(sym); n == nil {
			return
		}
	}
}

// end records a term whose last word is token j, unless its marks differ.
func (s *Set) end(x *scratch, field uint8, doc *text.Doc, i, j int, e ending) {
	if e.last != 0 {
		tok := &doc.Tokens[j]
		if tok.Word.ID != e.last && tok.Word.ID != 0 && !tok.Unmarked {
			return
		}
		if !s.fits(e.term, true, doc, i) {
			return
		}
	}
	x.record(e.term, field, i)
}

func (s *Set) fits(term uint32, marked bool, doc *text.Doc, i int) bool {
	return !marked || s.terms.at(term).fits(doc, i)
}

func (s *Set) scanStars(x *scratch, field uint8, doc *text.Doc, i int) {
	tok := &doc.Tokens[i]
	list, _ := s.stars.get(starKey(tok.Word.Fold))
	for k := range list {
		if st := &list[k]; st.begins(tok) && s.fits(st.term, st.marked, doc, i) {
			x.record(st.term, field, i)
		}
	}
}
