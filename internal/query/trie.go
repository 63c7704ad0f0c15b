package query

import (
	"slices"
	"strings"

	"haidang/internal/text"
)

// The trie holds every term of every rule under the folds of its words, so that one step per token finds all spellings.
// What the fold has forgotten, marks and case, is checked where a term ends.

// trieRoot is where the terms that begin with one word are. Most words of an article begin many terms and are followed by
// none of their second words: whether to look at the node at all is decided without touching it.
type trieRoot struct {
	node  *trieNode
	ends  []ending // of the node
	stars bool     // whether the node has any
}

const pairBits = 21

// pairBit returns where the bit for two symbols is. Bits are set and never cleared: a stale one costs a look.
func pairBit(first, second uint32) (word uint32, bit uint64) {
	h := (uint64(first)<<32 | uint64(second)) * 0x9e3779b97f4a7c15 >> (64 - pairBits)
	return uint32(h >> 6), 1 << (h & 63)
}

// trieNode is a place in the trie.
type trieNode struct {
	edit  *edit
	slots []edge // open addressing by symbol; the length is a power of two
	kids  int
	ends  []ending // in room while they fit
	room  [2]ending
	stars []star
}

type edge struct {
	sym  uint32
	node *trieNode
}

// ending is a term that ends at a node. Where marks count, it knows those of its last words: the lexicon's IDs of their
// canonical forms, last word first. More says that this does not decide: the term is longer, or its case counts.
type ending struct {
	term         uint32
	canon        [3]uint32
	marked, more bool
}

// star is a term of which the next word needs only to begin so.
type star struct {
	term        uint32
	fold, canon string
	marked      bool
}

func (n *trieNode) kid(sym uint32) *trieNode {
	if n.kids == 0 {
		return nil
	}
	mask := uint32(len(n.slots) - 1)
	for i := sym * 0x9e3779b1 >> 7 & mask; ; i = (i + 1) & mask {
		switch n.slots[i].sym {
		case sym:
			return n.slots[i].node
		case 0:
			return nil
		}
	}
}

// owned returns n if e has made it, or a copy.
func (n *trieNode) owned(e *edit) *trieNode {
	switch {
	case n == nil:
		out := &trieNode{edit: e}
		out.ends = out.room[:0]
		return out
	case n.edit == e:
		return n
	}
	out := &trieNode{edit: e, slots: slices.Clone(n.slots), kids: n.kids, stars: slices.Clone(n.stars)}
	out.ends = append(out.room[:0], n.ends...)
	return out
}

// set puts a kid in its place; n must be owned.
func (n *trieNode) set(sym uint32, kid *trieNode) {
	if 2*(n.kids+1) > len(n.slots) {
		old := n.slots
		n.slots, n.kids = make([]edge, max(2, 2*len(old))), 0
		for _, o := range old {
			if o.sym != 0 {
				n.set(o.sym, o.node)
			}
		}
	}
	mask := uint32(len(n.slots) - 1)
	i := sym * 0x9e3779b1 >> 7 & mask
	for n.slots[i].sym != 0 && n.slots[i].sym != sym {
		i = (i + 1) & mask
	}
	if n.slots[i].sym == 0 {
		n.kids++
	}
	n.slots[i] = edge{sym, kid}
}

// begins reports whether a token begins as the star says.
func (s *star) begins(t *text.Token) bool {
	if s.marked && !t.Unmarked {
		return strings.HasPrefix(t.Word.Canon, s.canon)
	}
	return strings.HasPrefix(t.Word.Fold, s.fold)
}

// starKey is what stars at the root are found by: three bytes, which every wildcard has at least.
func starKey(fold string) uint32 {
	if len(fold) < 3 {
		return 0
	}
	return uint32(fold[0])<<16 | uint32(fold[1])<<8 | uint32(fold[2])
}
