package query

import (
	"math"
	"strconv"
	"strings"
)

// weighted reads [a^3 b^-2 "c d"^1x2] >= 4; the opening bracket is taken.
func (p *parser) weighted(open token) (Node, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail(open, tooDeep.with(strconv.Itoa(MaxDepth)))
	}
	defer func() { p.depth-- }()
	n := &Weighted{}
	for {
		t := p.peek()
		switch t.kind {
		case kindEnd:
			return nil, p.fail(open, openList)
		case kindCloseList:
			p.take()
			if len(n.Items) == 0 {
				return nil, p.fail(t, emptyGroup)
			}
			return p.weightedEnd(open, n)
		case kindNot:
			return nil, p.fail(t, negativeItem)
		case kindOr, kindAnd:
			p.take() // between items they say nothing
			continue
		}
		item, err := p.item()
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, item)
	}
}

func (p *parser) weightedEnd(open token, n *Weighted) (Node, error) {
	t := p.take()
	if t.kind != kindThreshold {
		return nil, p.fail(open, noThreshold)
	}
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil || v <= 0 || v > 1e6 || !exact(v) {
		return nil, p.fail(t, strayThreshold)
	}
	n.Threshold = v
	best := 0.0
	for _, it := range n.Items {
		best += max(0, it.Weight*float64(it.Cap))
	}
	if best < v {
		return nil, p.fail(t, unreachable.with(formatFloat(best)))
	}
	return p.put(n, open.start), nil
}

func (p *parser) item() (Item, error) {
	n, err := p.near()
	if err != nil {
		return Item{}, err
	}
	it := Item{Node: n, Weight: 1, Cap: 1}
	if required(n) == nil {
		return Item{}, p.failAt(p.place[n], itemAnchor)
	}
	t := p.peek()
	if t.kind != kindWeight {
		return it, nil
	}
	p.take()
	weight, times, capped := strings.Cut(strings.TrimPrefix(t.text, "^"), "x")
	if it.Weight, err = strconv.ParseFloat(weight, 64); err != nil || !exact(it.Weight) || it.Weight == 0 {
		return Item{}, p.fail(t, badWeight)
	}
	if capped {
		if it.Cap, err = strconv.Atoi(times); err != nil {
			return Item{}, p.fail(t, badWeight)
		}
		if it.Cap != 1 && !countable(n) {
			return Item{}, p.fail(t, capOnGroup)
		}
	}
	if math.Abs(it.Weight) > MaxWeight || it.Cap < 1 || it.Cap > MaxCap {
		return Item{}, p.fail(t, heavyWeight)
	}
	return it, nil
}

// exact reports whether a number has at most two decimals, which is what sums are made of.
func exact(f float64) bool { return !math.IsNaN(f) && math.Abs(f) <= 1e6 && math.Round(f*100)/100 == f }

// countable reports whether each occurrence of n counts.
func countable(n Node) bool {
	switch n := n.(type) {
	case *Term, *List:
		return true
	case *Scope:
		return countable(n.Node)
	case *Named:
		return countable(n.Node)
	}
	return false
}
