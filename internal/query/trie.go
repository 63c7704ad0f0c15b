package query

import (
	"slices"
	"strings"

	"haidang/internal/text"
)

// The trie holds every term of every rule under the folds of its words, so that one step per token finds all spellings.
// What the fold has forgotten, marks and case, is checked where a term ends. With many rules the time goes into memory that
// is in no cache, so whether to look at a place is decided before it is touched, and most terms end in the edge itself.

// trieNode is a place in the trie: what one word, or some words, lead to.
type trieNode struct {
	slots []edge // open addressing by symbol; the length is a power of two
	ends  []ending
	edit  *edit
	kids  int
}

// edge leads on by one word. It holds the first term that ends there; most edges lead to nothing else.
type edge struct {
	sym   uint32
	end   ending
	hints uint32    // what the node has: hintEnds, and a bit for each word that follows
	node  *trieNode // or nil
}

const hintEnds = 1

// hintOf returns the bit for a word that follows. Bits are set and never cleared: a stale one costs a look.
func hintOf(sym uint32) uint32 { return 2 << (sym * 0x9e3779b1 >> 16 % 31) }

const pairBits = 21

// pairBit returns where the bit for two symbols that begin a term is: it says whether to look for the second at the node of
// the first. It is never cleared either.
func pairBit(first, second uint32) (word uint32, bit uint64) {
	h := (uint64(first)<<32 | uint64(second)) * 0x9e3779b97f4a7c15 >> (64 - pairBits)
	return uint32(h >> 6), 1 << (h & 63)
}

// ending is a term that ends at a place. Where marks count, it knows those of its last words: the lexicon's IDs of their
// canonical forms, last word first.
type ending struct {
	term   uint32
	canon  [2]uint32
	used   bool // else there is none
	marked bool
	more   bool // marks, but this does not decide: the term is longer, or its case counts
	star   bool // the word that follows needs to begin as the term's last one
}

// star is a term that is but the beginning of a word.
type star struct {
	term        uint32
	fold, canon string
	marked      bool
}

// edge returns what leads on by a word, or nil.
func (n *trieNode) edge(sym uint32) *edge {
	if n.kids == 0 {
		return nil
	}
	mask := uint32(len(n.slots) - 1)
	for i := slotOf(sym, mask); ; i = (i + 1) & mask {
		switch n.slots[i].sym {
		case sym:
			return &n.slots[i]
		case 0:
			return nil
		}
	}
}

func slotOf(sym, mask uint32) uint32 { return sym * 0x9e3779b1 >> 7 & mask }

// own makes n a copy that e may change, unless it is one.
func (n *trieNode) own(e *edit) {
	if n.edit != e {
		n.slots, n.ends, n.edit = slices.Clone(n.slots), slices.Clone(n.ends), e
	}
}

// lead returns what leads on by a word, made if there is none; n must be owned.
func (n *trieNode) lead(sym uint32) *edge {
	if at := n.edge(sym); at != nil {
		return at
	}
	if n.kids++; 2*n.kids > len(n.slots) {
		old := n.slots
		n.slots = make([]edge, max(2, 2*len(old)))
		for _, o := range old {
			if o.sym != 0 {
				*n.empty(o.sym) = o
			}
		}
	}
	at := n.empty(sym)
	at.sym = sym
	return at
}

func (n *trieNode) empty(sym uint32) *edge {
	mask := uint32(len(n.slots) - 1)
	i := slotOf(sym, mask)
	for n.slots[i].sym != 0 {
		i = (i + 1) & mask
	}
	return &n.slots[i]
}

// below returns the node that the edge leads to, made if there is none, for e to change.
func (at *edge) below(e *edit) *trieNode {
	if at.node == nil || at.node.edit != e {
		n := new(trieNode)
		if at.node != nil {
			*n = *at.node
		}
		n.own(e)
		at.node = n
	}
	return at.node
}

// add puts a term where the words lead.
func (n *trieNode) add(x ending) { n.ends = append(n.ends, x) }

func (n *trieNode) drop(term uint32) {
	n.ends = slices.DeleteFunc(n.ends, func(x ending) bool { return x.term == term })
}

func (at *edge) add(e *edit, x ending) {
	if !at.end.used {
		at.end = x
		return
	}
	at.hints |= hintEnds
	at.below(e).add(x)
}

func (at *edge) drop(e *edit, term uint32) {
	if at.end.used && at.end.term == term {
		at.end = ending{}
		return
	}
	at.below(e).drop(term)
}

// begins reports whether a token begins as a word does.
func begins(t *text.Token, fold, canon string, marked bool) bool {
	if marked && !t.Unmarked {
		return strings.HasPrefix(t.Word.Canon, canon)
	}
	return strings.HasPrefix(t.Word.Fold, fold)
}

// starKey is what stars at the root are found by: three bytes, which every wildcard has at least.
func starKey(fold string) uint32 {
	if len(fold) < 3 {
		return 0
	}
	return uint32(fold[0])<<16 | uint32(fold[1])<<8 | uint32(fold[2])
}
