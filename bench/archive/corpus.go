package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"haidang/internal/article"
)

// corpus makes documents without end, always the same ones. Real articles come first, in an order that mixes the sets.
type corpus struct {
	base []article.Article
	step time.Duration // between two documents
}

const (
	years     = 6
	newWords  = 0.2 // share of the words that are changed when an article comes again
	outlets   = 40
	topicList = 12
)

// began is when the first document was seen.
var began = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

var sets = []string{
	"news/baomoi-2017", "news/tuoitre-2024-11", "news/dantri-vnexpress-vtv-2016", "news/en-vietnam", "stream/items",
}

// newCorpus reads the real articles. total documents are spread over the years.
func newCorpus(total int) (*corpus, error) {
	c := &corpus{step: years * 365 * 24 * time.Hour / time.Duration(max(total, 1))}
	for _, set := range sets {
		if err := c.read(filepath.Join("..", "..", "shared", "data", set+".jsonl.gz")); err != nil {
			return nil, fmt.Errorf("no documents to measure with: %w", err)
		}
	}
	order := rand.New(rand.NewPCG(1, 2))
	order.Shuffle(len(c.base), func(i, j int) { c.base[i], c.base[j] = c.base[j], c.base[i] })
	return c, nil
}

func (c *corpus) read(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		rec, err := article.ParseRecord(lines.Bytes())
		if errors.Is(err, article.ErrMalformed) {
			continue // an item without a word
		}
		if err != nil {
			return fmt.Errorf("%s line %d: %w", path, n, err)
		}
		c.base = append(c.base, rec.Article)
	}
	return lines.Err()
}

// seen is when a document was first seen.
func (c *corpus) seen(n int) time.Time { return began.Add(time.Duration(n) * c.step) }

// document makes one document. Those above the number of real articles are real ones with changed words.
func (c *corpus) document(n int) article.Article {
	a := c.base[n%len(c.base)]
	if n >= len(c.base) {
		r := rand.New(rand.NewPCG(uint64(n), 7))
		other := strings.Fields(c.base[r.IntN(len(c.base))].Text + " " + c.base[r.IntN(len(c.base))].Title)
		a.Title, a.Lead, a.Text = reword(r, a.Title, other), reword(r, a.Lead, other), reword(r, a.Text, other)
	}
	a.ID = fmt.Sprintf("d%07d", n)
	a.FirstSeen = c.seen(n)
	a.Published = a.FirstSeen.Add(-7 * time.Minute)
	pick := hash(a.Title)
	a.Outlet = fmt.Sprintf("Báo %02d", pick%outlets)
	a.OutletCountry, a.Language = "VN", "vi"
	a.Verdict = &article.Verdict{Topics: []string{fmt.Sprintf("topic-%02d", pick/outlets%topicList)}}
	a.Revise()
	return a
}

// reword puts other words in the place of some.
func reword(r *rand.Rand, s string, other []string) string {
	words := strings.Fields(s)
	for i := range words {
		if r.Float64() < newWords && len(other) > 0 {
			words[i] = other[r.IntN(len(other))]
		}
	}
	return strings.Join(words, " ")
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return h.Sum64()
}

// documents makes those numbered from first to the one before end.
func (c *corpus) documents(first, end int) []article.Article {
	out := make([]article.Article, 0, end-first)
	for n := first; n < end; n++ {
		out = append(out, c.document(n))
	}
	return out
}
