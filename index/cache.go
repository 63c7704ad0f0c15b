package index

import (
	"container/list"
	"sync"

	"haidang/internal/article"
)

// cacheBytes bounds the articles that are kept in memory as they were last read: the newest page is asked for all day, and
// frequent words find the same articles again.
const cacheBytes = 16 << 20

// cache holds the articles read last. They are shared: nobody changes them. It is safe for concurrent use.
type cache struct {
	mu     sync.Mutex
	byKey  map[cacheKey]*list.Element
	recent list.List // of *cached, the one used last in front
	bytes  int
	most   int
}

// cacheKey names an article in one state of its file: a write leaves no way to what was there before.
type cacheKey struct {
	file  *articleFile
	state uint64
	id    string
}

type cached struct {
	key     cacheKey
	article article.Article
}

func newCache(most int) *cache { return &cache{byKey: map[cacheKey]*list.Element{}, most: most} }

func (c *cache) get(k cacheKey) (article.Article, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[k]
	if !ok {
		return article.Article{}, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(*cached).article, true
}

func (c *cache) add(k cacheKey, a article.Article) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[k]; ok {
		return
	}
	one := &cached{k, a}
	c.byKey[k] = c.recent.PushFront(one)
	for c.bytes += one.size(); c.bytes > c.most; {
		last := c.recent.Remove(c.recent.Back()).(*cached)
		delete(c.byKey, last.key)
		c.bytes -= last.size()
	}
}

// size is about what an article takes: a kilobyte and its wording.
func (c *cached) size() int {
	n := 1024 + len(c.article.Title) + len(c.article.Lead) + len(c.article.Text)
	if v := c.article.Verdict; v != nil {
		n += 1024 * len(v.Claims)
	}
	return n
}
