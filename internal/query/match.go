package query

import "slices"

// Match returns the rules that the article satisfies, ordered by ID.
func (s *Set) Match(d *Doc) []Match {
	x := s.pool.Get().(*scratch)
	defer s.pool.Put(x)
	return s.match(x, d)
}

func (s *Set) match(x *scratch, d *Doc) []Match {
	x.begin(s)
	s.scan(x, d)
	x.gather(s)
	x.fetch()
	x.try(d)
	return x.matches(d)
}

// gather finds the rules that are to be tried.
func (x *scratch) gather(s *Set) {
	x.tried = x.tried[:0]
	for _, t := range x.touched {
		anchors := s.anchors.get(t)
		for k := range anchors {
			a := &anchors[k]
			if x.seen[a.rule] != x.epoch && x.guarded(a) {
				x.seen[a.rule] = x.epoch
				x.tried = append(x.tried, a.program)
			}
		}
	}
}

const fetchedSteps = 8 // of each rule; most have fewer

// fetch reads the beginning of all that is to be tried. With many rules each is in memory that no cache holds, and here the
// processor waits for all of it at once instead of for one piece after another.
func (x *scratch) fetch() {
	x.fetched = 0
	for _, p := range x.tried {
		for i := range min(len(p.steps), fetchedSteps) {
			x.fetched += p.steps[i].place
		}
	}
}

// try finds out which of the rules hold.
func (x *scratch) try(d *Doc) {
	x.held = x.held[:0]
	for _, p := range x.tried {
		if p.try(x, d) {
			x.held = append(x.held, p)
		}
	}
	clear(x.tried) // the scratch must not keep them
}

// matches tells how each rule that was found to hold does.
func (x *scratch) matches(d *Doc) []Match {
	if len(x.held) == 0 {
		return nil
	}
	slices.SortFunc(x.held, (*program).compare)
	out := make([]Match, len(x.held))
	c := &x.collector
	c.begin(x, d)
	for i, p := range x.held {
		out[i] = c.match(p)
	}
	c.detach(out)
	c.d = nil
	clear(x.held)
	return out
}

// guarded reports whether one of the guards is present, or there are none.
func (x *scratch) guarded(a *anchor) bool {
	for i, g := range a.guards {
		if g == noGuard {
			return i == 0
		}
		if x.stamps[g]>>fieldCount == x.epoch {
			return true
		}
	}
	return false
}
