package bench

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/query"
)

// TestGrowthWithQueries prints what a document costs among more and more queries, and fails unless that grows more slowly
// than they do.
func TestGrowthWithQueries(t *testing.T) {
	if !*measure {
		t.Skip("run with -measure")
	}
	l := newsLibrary(t).read(1000)
	l.queries(mixed, most)
	sizes := []int{1_000, 2_000, 5_000, 10_000, 20_000, most}
	sides, bytes := make([]*turns, len(sizes)), make([]int64, len(sizes))
	corpora := make([]*corpus, len(sizes))
	for i, n := range sizes {
		corpora[i] = &corpus{library: l, rules: l.rules(t, mixed, n)}
		before := heap()
		set, err := query.Compile(corpora[i].rules)
		if err != nil {
			t.Fatal(err)
		}
		bytes[i] = (heap() - before) / int64(n)
		if sides[i], err = newTurns(ours(corpora[i], set), numbers(len(l.docs))); err != nil {
			t.Fatal(err)
		}
	}
	times := medians(t, sides)
	var b strings.Builder
	fmt.Fprintf(&b, "%8s %10s %9s %8s %12s %10s %12s\n", "queries", "docs/s", "µs/doc", "× time", "× queries", "B/query", "matches/doc")
	for i, n := range sizes {
		perDoc := times[i] / time.Duration(len(l.docs))
		fmt.Fprintf(&b, "%8d %10.0f %9.1f %8.2f %12.0f %10d %12.2f\n", n, 1/perDoc.Seconds(), float64(perDoc.Nanoseconds())/1000,
			float64(times[i])/float64(times[0]), float64(n)/float64(sizes[0]), bytes[i], matchesPer(t, sides[i]))
	}
	t.Logf("cost of a document by the number of queries, %d articles, all operators:\n%s", len(l.docs), b.String())
	for i := 1; i < len(sizes); i++ {
		if grown, more := float64(times[i])/float64(times[i-1]), float64(sizes[i])/float64(sizes[i-1]); grown > more {
			t.Errorf("from %d to %d queries a document costs %.2f times as much", sizes[i-1], sizes[i], grown)
		}
	}
	runtime.KeepAlive(corpora)
}

// TestGrowthWithLength prints what a byte costs in longer and longer documents. Made of one article again and again, which
// satisfies the same queries however long it is, a byte must cost about the same. Made of different articles a document
// satisfies more and more queries, and each of them is told with its spans.
func TestGrowthWithLength(t *testing.T) {
	if !*measure {
		t.Skip("run with -measure")
	}
	l := newsLibrary(t)
	x := lengths{rules: l.rules(t, mixed, 5_000)}
	var err error
	if x.set, err = query.Compile(x.rules); err != nil {
		t.Fatal(err)
	}
	t.Run("one article again and again", func(t *testing.T) {
		grown := x.measure(t, func(length, n int) []article.Article {
			out := make([]article.Article, n)
			for i := range out {
				out[i] = joined(l.articles[i%4:i%4+1], length)
			}
			return out
		})
		if grown > 2 {
			t.Errorf("a byte of 1 MiB costs %.2f times one of 1 KiB", grown)
		}
	})
	t.Run("different articles", func(t *testing.T) {
		grown := x.measure(t, func(length, n int) []article.Article {
			out, next := make([]article.Article, n), 0
			for i := range out {
				out[i] = joined(l.articles[next%len(l.articles):], length)
				next += 1 + length/1500
			}
			return out
		})
		if grown > 2 {
			t.Errorf("a byte of 1 MiB costs %.2f times one of 1 KiB", grown)
		}
	})
}

// lengths are what documents of different lengths are held against.
type lengths struct {
	rules []query.Rule
	set   *query.Set
}

// measure prints the table of documents made by a function, and returns how much dearer a byte of the longest is for the
// matcher than one of the shortest.
func (x lengths) measure(t *testing.T, make func(length, n int) []article.Article) float64 {
	t.Helper()
	const total = 4 << 20 // bytes of all documents of a length
	root := trieOf(x.rules)
	var sizes []int
	var sides []*turns
	for length := 1 << 10; length <= 1<<20; length *= 4 {
		c := &corpus{library: (&library{articles: make(length, total/length)}).read(total)}
		trie := local{func(doc int, out []int32) []int32 {
			root.visit(c.docs[doc], func(int32) {})
			return out
		}}
		for _, s := range []side{ours(c, x.set), oursFromArticle(c, x.set), trie} {
			turns, err := newTurns(s, numbers(len(c.docs)))
			if err != nil {
				t.Fatal(err)
			}
			sides = append(sides, turns)
		}
		sizes = append(sizes, length)
	}
	times := medians(t, sides)
	var b strings.Builder
	fmt.Fprintf(&b, "%9s %6s %13s %14s %14s %14s %12s\n", "length", "docs", "match µs/doc", "match ns/byte", "whole ns/byte", "trie ns/byte", "matches/doc")
	for i, length := range sizes {
		docs := len(sides[3*i].docs)
		fmt.Fprintf(&b, "%9d %6d %13.1f %14.2f %14.2f %14.2f %12.2f\n", length, docs, float64(times[3*i].Microseconds())/float64(docs),
			perByte(times[3*i], total), perByte(times[3*i+1], total), perByte(times[3*i+2], total), matchesPer(t, sides[3*i]))
	}
	t.Logf("cost by the length of a document, %d queries, all operators:\n%s", len(x.rules), b.String())
	return float64(times[len(times)-3]) / float64(times[0])
}

func perByte(d time.Duration, bytes int) float64 { return float64(d.Nanoseconds()) / float64(bytes) }

// joined makes an article of a length from the texts of others, as often as they are needed.
func joined(articles []article.Article, length int) article.Article {
	var b strings.Builder
	for next := 0; b.Len() < length; next++ {
		b.WriteString(articles[next%len(articles)].Text + "\n\n")
	}
	return article.Article{ID: "joined", Text: strings.ToValidUTF8(b.String()[:length], "")}
}

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// medians lets all sides take turns and returns the median time of each for one pass.
func medians(t *testing.T, sides []*turns) []time.Duration {
	t.Helper()
	all, err := takeTurns(sides)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]time.Duration, len(sides))
	for i := range all {
		out[i] = median(all[i])
	}
	return out
}

func matchesPer(t *testing.T, s *turns) float64 {
	t.Helper()
	pairs, err := s.side.pairs(s.docs)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range pairs {
		n += len(p)
	}
	return float64(n) / float64(len(pairs))
}
