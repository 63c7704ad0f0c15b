package text

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// counts are how often folded words appear: in edited Vietnamese news, there without marks, and in English.
type counts struct {
	vi, bare, en     map[string]int
	viTotal, enTotal int
}

// TestWeights works weights.txt out again from every second of 12,000 articles of baomoi-2017 and of en-vietnam, and the English side of xquad. The
// other halves, and the other sets, are for TestLanguageStats.
func TestWeights(t *testing.T) {
	measures(t)
	c := counts{vi: map[string]int{}, bare: map[string]int{}, en: map[string]int{}}
	for i, a := range news(t, "news/baomoi-2017.jsonl.gz", 12_000) {
		if i%2 == 0 {
			c.vietnamese(a.full())
		}
	}
	for i, a := range news(t, "news/en-vietnam.jsonl.gz", all) {
		if i%2 == 0 {
			c.english(a.full())
		}
	}
	for _, s := range englishSide(t) {
		c.english(s)
	}
	golden(t, "weights.txt", c.weights())
}

func (c *counts) vietnamese(s string) {
	for _, tok := range Analyze(s).Tokens {
		if !tok.Word.is(latin) {
			continue
		}
		c.vi[tok.Word.Fold]++
		c.viTotal++
		if !tok.Word.Marked {
			c.bare[tok.Word.Fold]++
		}
	}
}

func (c *counts) english(s string) {
	for _, tok := range Analyze(s).Tokens {
		if tok.Word.is(latin) {
			c.en[tok.Word.Fold]++
			c.enTotal++
		}
	}
}

// weights returns the table of the words seen often enough, a line per pair of weights.
func (c *counts) weights() string {
	lines := map[weight][]string{}
	for word, n := range c.vi {
		if n < 100 && c.en[word] < 3 || !SyllableShape(word) && c.en[word] < 3 {
			continue
		}
		lines[c.weight(word)] = append(lines[c.weight(word)], word)
	}
	for word, n := range c.en {
		if n >= 3 && c.vi[word] == 0 {
			lines[c.weight(word)] = append(lines[c.weight(word)], word)
		}
	}
	var b strings.Builder
	b.WriteString("# Bits towards Vietnamese against English, bits of surprise, folded words. Written by TestWeights -update.\n")
	keys := slices.Collect(func(yield func(weight) bool) {
		for w := range lines {
			if !yield(w) {
				return
			}
		}
	})
	slices.SortFunc(keys, func(a, b weight) int { return cmp.Or(cmp.Compare(b.lean, a.lean), cmp.Compare(b.surprise, a.surprise)) })
	for _, w := range keys {
		slices.Sort(lines[w])
		fmt.Fprintln(&b, w.lean, w.surprise, strings.Join(lines[w], " "))
	}
	return b.String()
}

func (c *counts) weight(word string) weight {
	vi := (float64(c.vi[word]) + 0.5) / float64(c.viTotal)
	en := (float64(c.en[word]) + 0.5) / float64(c.enTotal)
	w := weight{lean: int8(math.Round(max(-6, min(6, math.Log2(vi/en)))))}
	if SyllableShape(word) {
		bare := (float64(c.bare[word]) + 0.5) / (float64(c.vi[word]) + 1)
		w.surprise = uint8(min(12, -math.Log2(bare)))
	}
	return w
}

// englishSide returns the paragraphs and questions of xquad in English.
func englishSide(t *testing.T) (texts []string) {
	t.Helper()
	raw, err := os.ReadFile(dataFile(t, "search/xquad/xquad.en.json"))
	if err != nil {
		t.Fatal(err)
	}
	var set struct {
		Data []struct {
			Paragraphs []struct {
				Context string
				Qas     []struct{ Question string }
			}
		}
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		t.Fatal(err)
	}
	for _, d := range set.Data {
		for _, p := range d.Paragraphs {
			texts = append(texts, p.Context)
			for _, q := range p.Qas {
				texts = append(texts, q.Question)
			}
		}
	}
	return texts
}
