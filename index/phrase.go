package index

import (
	"context"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	zap "github.com/blevesearch/scorch_segment_api/v2"
)

// phrase returns the documents in which words stand side by side. Each word may be one of several terms.
func (e sets) phrase(ctx context.Context, field string, words [][]string) (found, error) {
	out := make(found, len(e.firsts))
	for i := range out {
		set, err := e.phraseIn(ctx, i, field, words)
		if err != nil {
			return nil, fmt.Errorf("read phrase of %s %q: %w", field, words, err)
		}
		out[i] = set
	}
	return out, nil
}

func (e sets) phraseIn(ctx context.Context, segment int, field string, words [][]string) (*roaring.Bitmap, error) {
	lists := make([][]zap.PostingsList, len(words))
	var all *roaring.Bitmap // of the documents that hold all words
	for i, terms := range words {
		var any *roaring.Bitmap
		for _, term := range terms {
			list, err := e.postings(segment, field, term)
			if err != nil {
				return nil, err
			}
			if set := bitmapOf(list); set != nil {
				lists[i] = append(lists[i], list)
				if any == nil {
					any = set
				} else {
					any = roaring.Or(any, set)
				}
			}
		}
		if any == nil {
			return nil, nil
		}
		if all == nil {
			all = any
		} else {
			all = roaring.And(all, any)
		}
	}
	readers := make([]positions, len(words))
	for i := range lists {
		readers[i] = newPositions(lists[i], all)
	}
	return sideBySide(ctx, all, readers)
}

// sideBySide returns those documents in which each word has a place right behind one of the word before.
func sideBySide(ctx context.Context, all *roaring.Bitmap, words []positions) (*roaring.Bitmap, error) {
	out := roaring.New()
	var ends, places []uint64
	docs := all.Iterator()
	for n := 1; docs.HasNext(); n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		doc := docs.Next()
		for i := range words {
			var err error
			if places, err = words[i].of(uint64(doc), places[:0]); err != nil {
				return nil, err
			}
			if i == 0 {
				ends = append(ends[:0], places...)
			} else if ends = follow(ends, places); len(ends) == 0 {
				break
			}
		}
		if len(ends) > 0 {
			out.Add(doc)
		}
	}
	return out, nil
}

// follow returns those places that come right behind one of the ends. Both are in order; ends is overwritten.
func follow(ends, places []uint64) []uint64 {
	out, i := ends[:0], 0
	for _, end := range ends {
		for i < len(places) && places[i] <= end {
			i++
		}
		if i < len(places) && places[i] == end+1 {
			out = append(out, places[i])
		}
	}
	return out
}

// positions reads where the terms of one word stand, document after document.
type positions struct{ terms []termPositions }

type termPositions struct {
	all  zap.PostingsIterator
	next zap.Posting // nil: at the end
	read bool
}

// newPositions reads lists in those documents only that are of interest.
func newPositions(lists []zap.PostingsList, docs *roaring.Bitmap) positions {
	p := positions{terms: make([]termPositions, len(lists))}
	for i, list := range lists {
		all := list.Iterator(true, true, true, nil)
		if some, ok := all.(zap.OptimizablePostingsIterator); ok && some.ActualBitmap() != nil {
			some.ReplaceActual(roaring.And(some.ActualBitmap(), docs))
		}
		p.terms[i] = termPositions{all: all}
	}
	return p
}

// of appends the places in a document to a list, in order. Documents are asked for in order.
func (p positions) of(doc uint64, out []uint64) ([]uint64, error) {
	at := len(out)
	for i := range p.terms {
		t := &p.terms[i]
		if err := t.advance(doc); err != nil {
			return nil, err
		}
		if t.next == nil || t.next.Number() != doc {
			continue
		}
		for _, l := range t.next.Locations() {
			out = append(out, l.Pos())
		}
	}
	if len(p.terms) > 1 {
		slices.Sort(out[at:])
	}
	return out, nil
}

// advance goes on to the first document at or behind a number.
func (t *termPositions) advance(doc uint64) (err error) {
	if t.read && (t.next == nil || t.next.Number() >= doc) {
		return nil
	}
	t.read = true
	t.next, err = t.all.Advance(doc)
	return err
}
