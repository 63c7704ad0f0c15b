package index

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haidang/internal/article"
	"haidang/internal/text"
)

// Most of what several outlets publish within a day is one text. An article that has nearly the text of an earlier one is
// noted as its copy when it comes in, so that whoever counts coverage can count a text once, without reading the articles.
const (
	// copyWithin is how far apart two articles were published at most: the same bulletin of another week is no copy.
	copyWithin = 72 * time.Hour
	// copyWindow is how many of the articles that came last are remembered.
	copyWindow = 10_000
)

// remembered is one of the articles that came last.
type remembered struct {
	id, original string // original is id where it is no copy itself
	published    time.Time
	print        text.Fingerprint
}

// recent are the articles that came last, by what they say. It is the writer's.
type recent struct {
	ring  []remembered
	next  int // the place in ring that is overwritten next
	bands map[uint64][]int32
}

// loadRecent remembers the newest articles of an archive.
func loadRecent(ctx context.Context, shards []*shard) (*recent, error) {
	r := &recent{bands: map[uint64][]int32{}}
	var newest []candidate
	for _, s := range slices.Backward(shards) {
		page, err := s.articles.newest(ctx, nil, copyWindow-len(newest))
		if err != nil {
			return nil, fmt.Errorf("shard %s: %w", s.name, err)
		}
		if newest = append(newest, s.candidates(page)...); len(newest) >= copyWindow {
			break
		}
	}
	known, err := fetch(ctx, newest)
	if err != nil {
		return nil, err
	}
	for _, c := range slices.Backward(newest) {
		if a, ok := known[c.ID]; ok {
			r.add(&a)
		}
	}
	return r, nil
}

// mark notes whether an article is a copy, and remembers it.
func (r *recent) mark(a *article.Article) {
	a.CopyOf = ""
	print, err := text.ParseFingerprint(a.Fingerprint)
	if err != nil || print == nil {
		return // one that cannot be read is like no other
	}
	for _, band := range print.Bands() {
		for _, i := range r.bands[band] {
			if o := &r.ring[i]; o.copiedBy(a, print) {
				a.CopyOf = o.original
				r.add(a)
				return
			}
		}
	}
	r.add(a)
}

// copiedBy reports whether an article is a copy of the remembered one. One that comes again is no copy of its own copies.
func (o *remembered) copiedBy(a *article.Article, print text.Fingerprint) bool {
	apart := a.Published.Sub(o.published)
	return o.id != a.ID && o.original != a.ID && apart.Abs() <= copyWithin && text.Similarity(o.print, print) >= text.CopySimilarity
}

// add remembers an article, in the place of the oldest when there is no room.
func (r *recent) add(a *article.Article) {
	print, err := text.ParseFingerprint(a.Fingerprint)
	if err != nil || print == nil {
		return
	}
	one := remembered{id: a.ID, original: a.ID, published: a.Published, print: print}
	if a.CopyOf != "" {
		one.original = a.CopyOf
	}
	if len(r.ring) < copyWindow {
		r.ring = append(r.ring, remembered{})
	} else {
		r.forget(r.next)
	}
	r.ring[r.next] = one
	for _, band := range print.Bands() {
		r.bands[band] = append(r.bands[band], int32(r.next))
	}
	r.next = (r.next + 1) % copyWindow
}

func (r *recent) forget(i int) {
	for _, band := range r.ring[i].print.Bands() {
		if left := slices.DeleteFunc(r.bands[band], func(n int32) bool { return int(n) == i }); len(left) > 0 {
			r.bands[band] = left
		} else {
			delete(r.bands, band)
		}
	}
}
