package query

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Rule is a query with the name under which its matches are reported.
type Rule struct {
	ID    string
	Query *Query
}

// Set is a compiled set of rules. It never changes and is safe for concurrent use. With and Without return changed copies
// that share everything untouched, so a set that is being matched is replaced by storing another pointer.
type Set struct {
	roots    pages[trieNode]       // by the symbol of the first word
	pairs    pages[uint64]         // a bit for each pair of symbols that begins a term, by hash: see pairBit
	stars    table[uint32, []star] // words with * that begin a term, by their first three bytes
	spelling table[string, uint32] // symbols by fold, for words outside the lexicon
	terms    pages[term]
	anchors  pages[[]anchor] // by term: the rules that are looked at when it is present
	termIDs  table[string, uint32]
	rules    pages[*program]
	ruleIDs  table[string, uint32]

	termCount, ruleCount uint32 // numbers given out, in use or free
	freeTerms, freeRules *free
	starCount            int
	size                 int
	pool                 *sync.Pool // of *scratch, shared by all copies
}

// Compile prepares rules for matching. Its error joins every rule that cannot be used.
func Compile(rules []Rule) (*Set, error) {
	s := &Set{
		stars: newTable[uint32, []star](), spelling: newTable[string, uint32](),
		termIDs: newTable[string, uint32](), ruleIDs: newTable[string, uint32](),
		pool: &sync.Pool{New: func() any { return new(scratch) }},
	}
	return s.With(rules...)
}

// With returns the set with rules added, each in place of an earlier rule with the same ID. The receiver is unchanged.
func (s *Set) With(rules ...Rule) (*Set, error) {
	var errs []error
	for _, r := range rules {
		switch {
		case r.ID == "":
			errs = append(errs, errors.New("rule without an ID"))
		case r.Query == nil || r.Query.Root == nil:
			errs = append(errs, fmt.Errorf("rule %q: no query", r.ID))
		case required(r.Query.Root) == nil:
			errs = append(errs, fmt.Errorf("rule %q: %s", r.ID, noAnchor.problem.EN))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out, e := s.copied(), new(edit)
	for _, r := range rules {
		out.add(e, r)
	}
	return out, nil
}

// Without returns the set without some rules. The receiver is unchanged.
func (s *Set) Without(ids ...string) *Set {
	out, e := s.copied(), new(edit)
	for _, id := range ids {
		out.remove(e, id)
	}
	return out
}

func (s *Set) copied() *Set {
	out := *s
	out.roots, out.pairs = s.roots.copied(), s.pairs.copied()
	out.terms, out.anchors, out.rules = s.terms.copied(), s.anchors.copied(), s.rules.copied()
	return &out
}

// Len returns the number of rules.
func (s *Set) Len() int { return s.size }

func (s *Set) add(e *edit, r Rule) {
	p := newProgram(r)
	if old := s.rule(r.ID); old != nil {
		p.inherit(old.cost())
		s.remove(e, r.ID)
	}
	slot := s.ruleCount
	if s.freeRules != nil {
		slot, s.freeRules = s.freeRules.id, s.freeRules.next
	} else {
		s.ruleCount++
	}
	p.steps = s.compile(e, r.Query.Root)
	s.moor(e, p, slot)
	*s.rules.own(e, slot) = p
	s.ruleIDs.own(e, r.ID)[r.ID] = slot
	s.size++
}

// moor makes the rule a candidate wherever one of its rarest required terms is found, unless its guards are absent.
func (s *Set) moor(e *edit, p *program, slot uint32) {
	anchors, guards := anchorsOf(p.rule.Query.Root)
	a := anchor{p, slot, [3]uint32{noGuard, noGuard, noGuard}}
	for i, t := range guards {
		a.guards[i] = s.termID(t)
	}
	for _, t := range anchors {
		id := s.termID(t)
		if slices.Contains(p.anchors, id) {
			continue
		}
		p.anchors = append(p.anchors, id)
		own := s.anchors.own(e, id)
		*own = append(slices.Clip(*own), a)
	}
}

func (s *Set) termID(t *Term) uint32 {
	id, _ := s.termIDs.get(termKey(t))
	return id
}

func (s *Set) rule(id string) *program {
	slot, ok := s.ruleIDs.get(id)
	if !ok {
		return nil
	}
	return *s.rules.at(slot)
}

func (s *Set) remove(e *edit, id string) {
	p := s.rule(id)
	if p == nil {
		return
	}
	slot, _ := s.ruleIDs.get(id)
	for _, t := range p.anchors {
		own := s.anchors.own(e, t)
		*own = slices.DeleteFunc(slices.Clone(*own), func(a anchor) bool { return a.rule == slot })
	}
	Walk(p.rule.Query.Root, func(n Node) bool {
		if t, ok := n.(*Term); ok {
			s.dropTerm(e, t)
		}
		return true
	})
	*s.rules.own(e, slot) = nil
	delete(s.ruleIDs.own(e, id), id)
	s.freeRules = &free{slot, s.freeRules}
	s.size--
}

// Cost is what one rule has cost since it was first compiled, through all copies of the set.
type Cost struct {
	ID         string
	Candidates uint64        // how often it was looked at
	Matches    uint64        // how often it held
	Time       time.Duration // estimated from every 64th look
}

// Costs returns what each rule has cost so far, dearest first.
func (s *Set) Costs() []Cost {
	out := make([]Cost, 0, s.size)
	for slot := range s.ruleCount {
		if p := *s.rules.at(slot); p != nil {
			out = append(out, p.cost())
		}
	}
	slices.SortFunc(out, func(a, b Cost) int {
		return cmp.Or(-cmp.Compare(a.Time, b.Time), -cmp.Compare(a.Candidates, b.Candidates), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// alone returns a set of this query only. Its rule is looked at directly and needs no anchors.
func (q *Query) alone() *Set {
	q.once.Do(func() {
		s, _ := Compile(nil)
		out, e := s.copied(), new(edit)
		*out.rules.own(e, 0) = &program{rule: Rule{Query: q}, steps: out.compile(e, q.Root)}
		out.ruleCount = 1
		q.own = out
	})
	return q.own
}

// only returns the one rule of a set made by alone, and a scratch in which the document has been scanned for its terms.
func (s *Set) only(d *Doc) (*program, *scratch) {
	x := s.pool.Get().(*scratch)
	x.begin(s)
	s.scan(x, d)
	return *s.rules.at(0), x
}
