package query

import (
	"hash/maphash"
	"maps"
)

// edit marks what one call of Set.With or Set.Without has copied already, and so may change in place. Everything else
// belongs to earlier sets, which others may be reading.
type edit struct{ _ byte }

const pageBits = 6

// pages is an array by index of which a changed copy shares all untouched pages.
type pages[T any] struct{ list []*page[T] }

type page[T any] struct {
	edit  *edit
	items [1 << pageBits]T
}

// at returns the item at i, or nil if nothing near it was ever written.
func (p *pages[T]) at(i uint32) *T {
	if n := i >> pageBits; n < uint32(len(p.list)) {
		if pg := p.list[n]; pg != nil {
			return &pg.items[i&(1<<pageBits-1)]
		}
	}
	return nil
}

// get returns the item at i, or a zero one.
func (p *pages[T]) get(i uint32) (v T) {
	if at := p.at(i); at != nil {
		v = *at
	}
	return v
}

// own returns the item at i for writing. The list itself must be owned: see copied.
func (p *pages[T]) own(e *edit, i uint32) *T {
	n := int(i >> pageBits)
	for n >= len(p.list) {
		p.list = append(p.list, nil)
	}
	switch pg := p.list[n]; {
	case pg == nil:
		p.list[n] = &page[T]{edit: e}
	case pg.edit != e:
		p.list[n] = &page[T]{e, pg.items}
	}
	return &p.list[n].items[i&(1<<pageBits-1)]
}

// copied returns pages whose list may be written.
func (p pages[T]) copied() pages[T] { return pages[T]{append([]*page[T](nil), p.list...)} }

// table is a map of which a changed copy shares all untouched parts: 32 branches of 32 small maps.
type table[K comparable, V any] struct {
	seed     maphash.Seed
	branches *branch[K, V]
}

type branch[K comparable, V any] struct {
	edit  *edit
	below [32]*branch[K, V]
	parts [32]*part[K, V]
}

type part[K comparable, V any] struct {
	edit *edit
	m    map[K]V
}

func newTable[K comparable, V any]() table[K, V] {
	return table[K, V]{maphash.MakeSeed(), &branch[K, V]{}}
}

func (t *table[K, V]) place(k K) (int, int) {
	h := maphash.Comparable(t.seed, k)
	return int(h & 31), int(h >> 5 & 31)
}

func (t *table[K, V]) get(k K) (v V, ok bool) {
	i, j := t.place(k)
	if b := t.branches.below[i]; b != nil && b.parts[j] != nil {
		v, ok = b.parts[j].m[k]
	}
	return v, ok
}

// own returns the map that holds k, for writing.
func (t *table[K, V]) own(e *edit, k K) map[K]V {
	i, j := t.place(k)
	t.branches = t.branches.owned(e)
	b := &t.branches.below[i]
	if *b == nil {
		*b = &branch[K, V]{edit: e}
	}
	*b = (*b).owned(e)
	switch p := (*b).parts[j]; {
	case p == nil:
		(*b).parts[j] = &part[K, V]{e, map[K]V{}}
	case p.edit != e:
		(*b).parts[j] = &part[K, V]{e, maps.Clone(p.m)}
	}
	return (*b).parts[j].m
}

func (b *branch[K, V]) owned(e *edit) *branch[K, V] {
	if b.edit == e {
		return b
	}
	return &branch[K, V]{e, b.below, b.parts}
}

// free is a list of numbers that may be given out again.
type free struct {
	id   uint32
	next *free
}
