package index

import (
	"fmt"
	"strings"
	"testing"

	"haidang/internal/article"
)

func TestCacheDropsWhatWasReadLongAgo(t *testing.T) {
	c, f := newCache(10_000), &articleFile{}
	key := func(n int) cacheKey { return cacheKey{f, 0, fmt.Sprint(n)} }
	for n := range 5 {
		c.add(key(n), article.Article{ID: fmt.Sprint(n), Text: strings.Repeat("a", 1000)}) // 2,024 bytes: four fit
		c.get(key(0))
	}
	for n, want := range []bool{true, false, true, true, true} {
		if a, ok := c.get(key(n)); ok != want || ok && a.ID != fmt.Sprint(n) {
			t.Errorf("article %d: %v (%q), want %v", n, ok, a.ID, want)
		}
	}
	c.add(key(9), article.Article{Text: strings.Repeat("a", 20_000)})
	if len(c.byKey) != 0 || c.recent.Len() != 0 || c.bytes != 0 {
		t.Errorf("an article that is too large leaves %d articles of %d bytes", len(c.byKey), c.bytes)
	}
}

// TestCacheShowsWhatWasWrittenLast reads an article before and after each kind of write.
func TestCacheShowsWhatWasWrittenLast(t *testing.T) {
	x := open(t, testConfig(t))
	for n, text := range []string{"Nước sông dâng.", "Nước sông dâng cao.", "Nước sông đã rút."} {
		a := made(1, "Bản tin", text)
		a.Verdict = &article.Verdict{Score: n}
		put(t, x, a)
		for range 2 {
			hits := find(t, x, Request{}).Hits
			if len(hits) != 1 || hits[0].Text != text || hits[0].Verdict.Score != n {
				t.Fatalf("hits %+v, want the text %q and the score %d", hits, text, n)
			}
		}
	}
	a := made(1, "Bản tin", "Nước sông đã rút.")
	a.Verdict = &article.Verdict{Score: 7}
	put(t, x, a)
	if hits := find(t, x, Request{}).Hits; len(hits) != 1 || hits[0].Verdict.Score != 7 {
		t.Errorf("hits %+v, want the score 7", hits)
	}
}
