package query

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/text"
)

// bareTrie is the yardstick: the plainest token trie over the same terms. It counts phrases by their folds and knows nothing
// of marks, queries or places.
type bareTrie struct {
	kids map[uint32]*bareTrie
	ends int
}

func (b *bareTrie) add(words []*text.Word) {
	for _, w := range words {
		if b.kids == nil {
			b.kids = map[uint32]*bareTrie{}
		}
		if b.kids[w.FoldID] == nil {
			b.kids[w.FoldID] = &bareTrie{}
		}
		b = b.kids[w.FoldID]
	}
	b.ends++
}

func (b *bareTrie) count(d *Doc) (n int) {
	for f := range d.fields {
		tokens := d.fields[f].Tokens
		for i := range tokens {
			at := b
			for j := i; j < len(tokens); j++ {
				if at = at.kids[tokens[j].Word.FoldID]; at == nil {
					break
				}
				n += at.ends
			}
		}
	}
	return n
}

type bench struct {
	articles []article.Article
	docs     []*Doc
	rules    []Rule
	set      *Set
	trie     *bareTrie
	bytes    uint64 // of heap the set takes, its queries apart
}

var benches sync.Map // by number of rules

func newBench(tb testing.TB, n int) *bench {
	if b, ok := benches.Load(n); ok {
		return b.(*bench)
	}
	all := news(tb, "baomoi-2017.jsonl.gz", 9000)
	b := &bench{articles: all[:5000], trie: &bareTrie{}}
	vi, en := newGenerator(1, all[5000:]), newGenerator(2, news(tb, "en-vietnam.jsonl.gz", 1500))
	rules, err := rulesOf(n, vi, en)
	if err != nil {
		tb.Fatal(err)
	}
	before := heap()
	if b.set, err = Compile(rules); err != nil {
		tb.Fatal(err)
	}
	b.bytes, b.rules = heap()-before, rules
	for i := range b.articles {
		b.docs = append(b.docs, Document(&b.articles[i]))
	}
	seen := map[string]bool{}
	for _, r := range rules {
		Walk(r.Query.Root, func(n Node) bool {
			if t, ok := n.(*Term); ok && !seen[termKey(t)] {
				seen[termKey(t)] = true
				b.trie.add(t.Words)
			}
			return true
		})
	}
	benches.Store(n, b)
	return b
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

var sizes = []int{1_000, 5_000, 50_000}

// spent returns the processor time of this thread so far: the machine is shared, and the clock on the wall is not ours.
func spent() time.Duration {
	var u syscall.Rusage
	const thread = 1
	if syscall.Getrusage(thread, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const block = 250 // articles between two looks at the clock; the two sides take turns

// BenchmarkMatch runs the set, spans included, over articles that are analysed already, and the bare trie beside it.
func BenchmarkMatch(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			x := newBench(b, n)
			var set, trie time.Duration
			matches, hits, done := 0, 0, 0
			for from := 0; b.Loop(); from = (from + block) % len(x.docs) {
				t0 := spent()
				for _, d := range x.docs[from : from+block] {
					matches += len(x.set.Match(d))
				}
				t1 := spent()
				for _, d := range x.docs[from : from+block] {
					hits += x.trie.count(d)
				}
				set += t1 - t0
				trie += spent() - t1
				done += block
			}
			b.ReportMetric(float64(done)/set.Seconds(), "docs/s")
			b.ReportMetric(float64(done)/trie.Seconds(), "trie-docs/s")
			b.ReportMetric(trie.Seconds()/set.Seconds(), "of-trie")
			b.ReportMetric(float64(matches)/float64(done), "matches/doc")
			b.ReportMetric(float64(hits)/float64(done), "trie-hits/doc")
			b.ReportMetric(float64(x.bytes)/float64(n), "B/rule")
		})
	}
}

// BenchmarkArticle is the whole way of an article: analysis and matching, and analysis with the bare trie.
func BenchmarkArticle(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			x := newBench(b, n)
			docs := make([]*Doc, block)
			var read, set, trie time.Duration
			done := 0
			for from := 0; b.Loop(); from = (from + block) % len(x.docs) {
				t0 := spent()
				for i := range docs {
					docs[i] = Document(&x.articles[from+i])
				}
				t1 := spent()
				for _, d := range docs {
					x.set.Match(d)
				}
				t2 := spent()
				for _, d := range docs {
					x.trie.count(d)
				}
				read, set, trie = read+t1-t0, set+t2-t1, trie+spent()-t2
				done += block
			}
			b.ReportMetric(float64(done)/(read+set).Seconds(), "docs/s")
			b.ReportMetric(float64(done)/(read+trie).Seconds(), "trie-docs/s")
			b.ReportMetric((read+trie).Seconds()/(read+set).Seconds(), "of-trie")
		})
	}
}

// BenchmarkMatchParallel runs the set on all cores.
func BenchmarkMatchParallel(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			x := newBench(b, n)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					x.set.Match(x.docs[i%len(x.docs)])
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "docs/s")
		})
	}
}

// BenchmarkReplace changes one rule of a large set.
func BenchmarkReplace(b *testing.B) {
	x := newBench(b, 50_000)
	set, worst := x.set, time.Duration(0)
	b.ResetTimer()
	for i := range b.N {
		start := time.Now()
		set, _ = set.With(Rule{x.rules[i%50_000].ID, x.rules[(i*7+1)%50_000].Query})
		worst = max(worst, time.Since(start))
	}
	b.ReportMetric(float64(worst.Microseconds()), "worst-µs")
}
