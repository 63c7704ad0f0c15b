package bench

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"haidang/internal/query"
)

// TestTwoCores prints how much faster two cores are than one. On a machine with other work the wall's clock tells little; the
// processor's tells what the two goroutines cost each other, which is what the matcher has a say in.
func TestTwoCores(t *testing.T) {
	if !*measure {
		t.Skip("run with -measure")
	}
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("there is one core only")
	}
	l := newsLibrary(t).read(2000)
	l.queries(mixed, most)
	for _, n := range []int{5_000, most} {
		set, err := query.Compile(l.rules(t, mixed, n))
		if err != nil {
			t.Fatal(err)
		}
		matchOn(1, l.docs, set)
		var byWall, byProcessor []float64
		for range *rounds {
			wall1, spent1 := matchOn(1, l.docs, set)
			wall2, spent2 := matchOn(2, l.docs, set)
			byWall = append(byWall, wall1.Seconds()/wall2.Seconds())
			byProcessor = append(byProcessor, 2*spent1.Seconds()/spent2.Seconds())
		}
		slices.Sort(byWall)
		slices.Sort(byProcessor)
		middle := len(byWall) / 2
		t.Logf("%5d queries, two cores: %.2f × one by the wall's clock (%.2f–%.2f), %.2f × by the processor's (%.2f–%.2f)", n,
			byWall[middle], byWall[0], byWall[len(byWall)-1], byProcessor[middle], byProcessor[0], byProcessor[len(byProcessor)-1])
		if best := max(byWall[middle], byProcessor[middle]); best < 1.8 {
			t.Errorf("%d queries: two cores are %.2f times as fast as one, want 1.8", n, best)
		}
	}
}

// matchOn runs all documents, a few times over, on some goroutines.
func matchOn(goroutines int, docs []*query.Doc, set *query.Set) (wall, processor time.Duration) {
	const times = 4
	runtime.GC()
	start, before := time.Now(), spent()
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for range times {
				for i := g; i < len(docs); i += goroutines {
					set.Match(docs[i])
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start), spent() - before
}
