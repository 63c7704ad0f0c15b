package query

import (
	"cmp"
	"slices"
)

// checkSide refuses what cannot stand beside NEAR.
func (p *parser) checkSide(n Node, near string) error {
	switch n := n.(type) {
	case *Term, *List, *Number, *Near:
		return nil
	case *Named:
		return p.checkSide(n.Node, near)
	case *Or:
		for _, c := range n.Nodes {
			if err := p.checkSide(c, near); err != nil {
				return err
			}
		}
		return nil
	case *Scope, *Meta, *Date:
		return p.failAt(p.place[n], nearScope.with(near))
	}
	return p.failAt(p.place[n], nearSide.with(near))
}

// checkWords refuses everything but words below an operator that speaks of words in one place.
func (p *parser) checkWords(n Node, op string) error {
	var err error
	Walk(n, func(n Node) bool {
		if err != nil {
			return false
		}
		switch n.(type) {
		case *Scope:
			err = p.failAt(p.place[n], nearScope.with(op))
		case *Meta, *Date, *storyCount:
			err = p.failAt(p.place[n], metaScope.with(op))
		case *Weighted:
			if op == "SENT" || op == "PARA" {
				err = p.failAt(p.place[n], metaScope.with(op))
			}
		}
		return err == nil
	})
	return err
}

// check holds the whole query to the rule of the anchor: whatever way it is satisfied, a term must be present, and one
// that is not a wildcard must have a part in it.
func (p *parser) check(root Node) error {
	need := required(root)
	if len(need) > 0 {
		for _, t := range need {
			if !t.Prefix || len(t.Words) > 1 {
				return nil
			}
		}
	} else if p.options.Browse && need == nil && filtersOnly(root) {
		return nil
	}
	if or, ok := root.(*Or); ok && need == nil {
		for _, n := range or.Nodes {
			if required(n) == nil {
				return p.failAt(p.place[n], branchAnchor)
			}
		}
	}
	return p.failAt(p.whole(), noAnchor)
}

func (p *parser) whole() span {
	return span{p.tokens[0].start, p.tokens[max(0, len(p.tokens)-2)].end}
}

// filtersOnly reports whether n speaks of nothing but properties and dates.
func filtersOnly(n Node) bool {
	ok := true
	Walk(n, func(n Node) bool {
		switch n.(type) {
		case *And, *Or, *Not, *Meta, *Date, *Named:
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// required returns terms of which at least one is present wherever n holds, or nil if there are none such. Of several
// choices it takes the rarest.
func required(n Node) []*Term {
	switch n := n.(type) {
	case *Term:
		return []*Term{n}
	case *List:
		return n.Terms
	case *Number:
		if len(n.Signs) > 0 {
			return nil
		}
		return n.Units
	case *Same:
		return required(n.Node)
	case *Scope:
		return required(n.Node)
	case *Named:
		return required(n.Node)
	case *And:
		return rarest(n.Nodes)
	case *Near:
		return rarest([]Node{n.Left, n.Right})
	case *Or:
		var all []*Term
		for _, c := range n.Nodes {
			r := required(c)
			if r == nil {
				return nil
			}
			all = append(all, r...)
		}
		return all
	case *Weighted:
		return requiredOfWeighted(n)
	}
	return nil
}

// rarest returns the cheapest of what the nodes require.
func rarest(nodes []Node) []*Term {
	var best []*Term
	bestCost := 0.0
	for _, n := range nodes {
		r := required(n)
		if r == nil {
			continue
		}
		if c := costOf(r); best == nil || c < bestCost {
			best, bestCost = r, c
		}
	}
	return best
}

// requiredOfWeighted leaves out the commonest items, as long as those left out cannot reach the threshold alone.
func requiredOfWeighted(n *Weighted) []*Term {
	type choice struct {
		terms []*Term
		cost  float64
		worth int64
	}
	var items []choice
	for _, it := range n.Items {
		if it.Weight > 0 {
			r := required(it.Node)
			items = append(items, choice{r, costOf(r), int64(hundredths(it.Weight)) * int64(it.Cap)})
		}
	}
	left := int64(0)
	goal := int64(hundredths(n.Threshold))
	for {
		drop := -1
		for i, c := range items {
			if left+c.worth < goal && (drop < 0 || c.cost > items[drop].cost) {
				drop = i
			}
		}
		if drop < 0 {
			break
		}
		left += items[drop].worth
		items = append(items[:drop], items[drop+1:]...)
	}
	var all []*Term
	for _, c := range items {
		all = append(all, c.terms...)
	}
	return all
}

// requirements returns groups of terms: wherever n holds, of each group at least one is present.
func requirements(n Node) [][]*Term {
	switch n.(type) {
	case *And, *Near, *Same, *Scope, *Named:
		var all [][]*Term
		for _, c := range Children(n) {
			all = append(all, requirements(c)...)
		}
		return all
	}
	if r := required(n); r != nil {
		return [][]*Term{r}
	}
	return nil
}

// anchorsOf returns the group by which a query is found, and a second one, of at most three, without which it cannot hold.
func anchorsOf(root Node) (anchors, guards []*Term) {
	groups := requirements(root)
	slices.SortStableFunc(groups, func(a, b []*Term) int { return cmp.Compare(costOf(a), costOf(b)) })
	for _, g := range groups[1:] {
		if len(g) <= len(anchor{}.guards) {
			return groups[0], g
		}
	}
	return groups[0], nil
}
