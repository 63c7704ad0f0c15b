package query

import (
	"time"

	"haidang/internal/article"
	"haidang/internal/text"
)

// Node is one part of a query: *And, *Or, *Not, *Term, *List, *Near, *Same, *Scope, *Meta, *Date, *Number, *Weighted or
// *Named. Nodes of a parsed query are shared and must not be changed.
type Node interface{ node() }

// And holds when all its nodes hold. A chain of ANDs, written or not, is one And of at least two nodes.
type And struct{ Nodes []Node }

// Or holds when at least one of its nodes holds.
type Or struct{ Nodes []Node }

// Not holds when its node does not.
type Not struct{ Node Node }

// Mode says how the marks and the case of a term count.
type Mode uint8

// The modes of a term.
const (
	ModeMarks Mode = iota // the marks rule: see Term
	ModeRaw               // raw: the same marks and the same case
	ModeFold              // fold: marks and case do not count
)

// Term is a word or a phrase: words that stand side by side in one field.
//
// In ModeMarks a term in which any word has marks is a marked term: each of its words matches a token with the same
// Canon, or a token in a run of unmarked Vietnamese with the same Fold. A term without any marks matches by Fold.
type Term struct {
	Text   string       // as written, NFC, single spaces, without quotes and star
	Words  []*text.Word // never empty
	Mode   Mode
	Prefix bool // the last word is the beginning of a word
}

// Marked reports whether any word of the term has marks.
func (t *Term) Marked() bool {
	for _, w := range t.Words {
		if w.Marked {
			return true
		}
	}
	return false
}

// List is a named list, written @name: any of its terms.
type List struct {
	Name  string
	Mode  Mode
	Terms []*Term
}

// Near holds where its two sides stand in one field without overlap and with at most Distance words between them.
// A side is a *Term, *List, *Number, *Near, *Named around one of these, or an *Or of these.
type Near struct {
	Left, Right Node
	Distance    int
	Ordered     bool // ONEAR: Left comes first
}

// Unit is a stretch of text.
type Unit uint8

// The units of Same.
const (
	Sentence Unit = iota
	Paragraph
)

// Same holds when one sentence (SENT) or one paragraph (PARA) of a field satisfies its node by itself.
type Same struct {
	Unit Unit
	Node Node
}

// Scope limits its node to one field: title:, lead: or body: (article.Text).
type Scope struct {
	Field article.Field
	Node  Node
}

// MetaKey names a property of an article, other than its words, that a query can ask for.
type MetaKey string

// The properties.
const (
	Site    MetaKey = "site"    // a domain and all below it
	Outlet  MetaKey = "outlet"  // its name
	Country MetaKey = "country" // of the outlet
	Lang    MetaKey = "lang"
	Topic   MetaKey = "topic"
	Claim   MetaKey = "claim"
	Stance  MetaKey = "stance"
	Place   MetaKey = "place"
)

// Meta holds when the property has one of the values. Values are in the form that [Key] gives them.
type Meta struct {
	Key    MetaKey
	Values []string
}

// DateKey names a time of an article.
type DateKey string

// The times of an article.
const (
	Published DateKey = "published"
	Seen      DateKey = "seen"
)

// Date holds when From <= time < Until. A zero bound is open. Bounds are midnights in Việt Nam.
type Date struct {
	Key         DateKey
	From, Until time.Time
}

// Op compares a number.
type Op string

// The comparisons.
const (
	AtLeast Op = ">="
	More    Op = ">"
	AtMost  Op = "<="
	Less    Op = "<"
	Equals  Op = "="
)

// Number holds where a figure that compares as said stands beside one of the units.
type Number struct {
	Units []*Term
	Signs []string // units that are no words: %, $, €, ₫
	Op    Op
	Value float64
}

// Weighted holds when the sum of its items reaches the threshold.
type Weighted struct {
	Items     []Item
	Threshold float64 // above zero
}

// Item adds Weight for each occurrence of its node, at most Cap times. A node that is neither a term nor a list counts once.
type Item struct {
	Node   Node
	Weight float64
	Cap    int
}

// Named is a named clause: its name is told when it holds.
type Named struct {
	Name string
	Node Node
}

// Count is a condition on a story: this many different sources within this time.
type Count struct {
	Of      string // "sources"
	AtLeast int
	Within  time.Duration
}

func (*And) node()      {}
func (*Or) node()       {}
func (*Not) node()      {}
func (*Term) node()     {}
func (*List) node()     {}
func (*Near) node()     {}
func (*Same) node()     {}
func (*Scope) node()    {}
func (*Meta) node()     {}
func (*Date) node()     {}
func (*Number) node()   {}
func (*Weighted) node() {}
func (*Named) node()    {}

// Children returns the nodes directly below n.
func Children(n Node) []Node {
	switch n := n.(type) {
	case *And:
		return n.Nodes
	case *Or:
		return n.Nodes
	case *Not:
		return []Node{n.Node}
	case *List:
		return asNodes(n.Terms)
	case *Near:
		return []Node{n.Left, n.Right}
	case *Same:
		return []Node{n.Node}
	case *Scope:
		return []Node{n.Node}
	case *Number:
		return asNodes(n.Units)
	case *Weighted:
		out := make([]Node, len(n.Items))
		for i := range n.Items {
			out[i] = n.Items[i].Node
		}
		return out
	case *Named:
		return []Node{n.Node}
	}
	return nil
}

func asNodes(terms []*Term) []Node {
	out := make([]Node, len(terms))
	for i, t := range terms {
		out[i] = t
	}
	return out
}

// Walk calls visit for n and everything below it, parents first. It does not go below a node for which visit returns false.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	for _, c := range Children(n) {
		Walk(c, visit)
	}
}
