package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"

	"haidang/internal/article"
	"haidang/internal/settings"
	"haidang/internal/text"
)

// known is one known-item search: the words that somebody remembers, and the article that he means.
type known struct{ words, id string }

// ranked is how well a searcher found what was meant.
type ranked struct{ at1, at5, reciprocal float64 }

// depth is how far down the list an article counts as found at all.
const depth = 10

func (r ranked) String() string { return fmt.Sprintf("%.3f  %.3f  %.3f", r.at1, r.at5, r.reciprocal) }

func rank(t *testing.T, items []known, search func(string) []string) ranked {
	t.Helper()
	var r ranked
	for _, item := range items {
		switch at := slices.Index(search(item.words), item.id) + 1; {
		case at == 0:
			continue
		case at == 1:
			r.at1++
			fallthrough
		case at <= 5:
			r.at5++
			fallthrough
		default:
			r.reciprocal += 1 / float64(at)
		}
	}
	n := float64(len(items))
	return ranked{r.at1 / n, r.at5 / n, r.reciprocal / n}
}

// rankSets measures known-item search: questions about paragraphs, and titles of articles, each as written, without
// marks and with typing errors, among all the paragraphs and 3,000 articles. It asks every step-th of them.
func rankSets(t *testing.T, step int) (sets []rankSet, total int) {
	t.Helper()
	news := slices.Concat(readNews(t, "baomoi-2017", 1800), readNews(t, "tuoitre-2024-11", 600), readNews(t, "dantri-vnexpress-vtv-2016", 600))
	vi, viAsked := readQuestions(t, "vi")
	en, enAsked := readQuestions(t, "en")
	all := slices.Concat(news, vi, en)
	cfg := testConfig(t)
	cfg.SearchTimeout = settings.Duration(20 * time.Second)
	x := open(t, cfg)
	put(t, x, all...)
	bare := bareIndex(t, all)
	var titles []known
	for _, a := range news {
		titles = append(titles, known{plainly(a.Title), a.ID})
	}
	sets = []rankSet{
		{name: "xquad vi", asked: viAsked},
		{name: "xquad vi, without marks", asked: changed(viAsked, text.Fold)},
		{name: "xquad vi, typing errors", asked: changed(viAsked, mistype)},
		{name: "xquad en", asked: enAsked},
		{name: "xquad en, typing errors", asked: changed(enAsked, mistype)},
		{name: "title to article", asked: titles},
		{name: "title to article, without marks", asked: changed(titles[:1000], text.Fold)},
		{name: "title to article, typing errors", asked: changed(titles[:1000], mistype)},
	}
	for i := range sets {
		set := &sets[i]
		if step > 1 {
			var some []known
			for k := 0; k < len(set.asked); k += step {
				some = append(some, set.asked[k])
			}
			set.asked = some
		}
		set.ours = rank(t, set.asked, func(words string) []string {
			return ids(find(t, x, Request{Query: words, Sort: ByRelevance, Limit: depth}))
		})
		set.bare = rank(t, set.asked, func(words string) []string { return bareFind(t, bare, words) })
	}
	return sets, len(all)
}

// rankSet is one set of searches, and how well the archive and bare bleve did.
type rankSet struct {
	name       string
	asked      []known
	ours, bare ranked
}

// TestRank asks every tenth: we must find what bleve as it comes finds, and far more where marks are missing.
// TestIntegrationRank asks all and holds the numbers to index/testdata/rank_stats.txt.
func TestRank(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("takes half a minute")
	}
	sets, _ := rankSets(t, 10)
	for _, set := range sets {
		t.Logf("%-36s %5d   %s   %s", set.name, len(set.asked), set.ours, set.bare)
		if set.ours.reciprocal < set.bare.reciprocal-0.05 || set.ours.at5 < 0.8 {
			t.Errorf("%s: recall@1, @5, MRR %s, bleve with its standard analyser %s", set.name, set.ours, set.bare)
		}
		if strings.HasSuffix(set.name, "without marks") && set.ours.reciprocal < 2*set.bare.reciprocal {
			t.Errorf("%s: MRR %.3f, not twice bleve's %.3f", set.name, set.ours.reciprocal, set.bare.reciprocal)
		}
	}
}

func changed(items []known, change func(string) string) []known {
	out := make([]known, len(items))
	for i, item := range items {
		out[i] = known{change(item.words), item.id}
	}
	return out
}

// plainly returns words without anything that the query language would read as an operator.
func plainly(s string) string {
	var out []string
	for _, token := range text.Analyze(s).Tokens {
		out = append(out, strings.ToLower(s[token.Start:token.End]))
	}
	return strings.Join(out, " ")
}

// mistype makes one or two typing errors, the same ones each time for the same words.
func mistype(s string) string {
	words := strings.Fields(s)
	h := uint64(0)
	for _, b := range []byte(s) {
		h = h*1099511628211 + uint64(b)
	}
	rng := rand.New(rand.NewPCG(h, 7))
	for range 1 + rng.IntN(2) {
		i := rng.IntN(len(words))
		if utf8.RuneCountInString(words[i]) >= 3 {
			words[i] = mistypeWord(words[i], rng)
		}
	}
	return strings.Join(words, " ")
}

func mistypeWord(w string, rng *rand.Rand) string {
	r := []rune(w)
	i := 1 + rng.IntN(len(r)-2)
	switch rng.IntN(5) {
	case 0: // two letters in the wrong order
		r[i], r[i+1] = r[i+1], r[i]
	case 1: // a letter left out
		r = slices.Delete(r, i, i+1)
	case 2: // a letter twice
		r = slices.Insert(r, i, r[i])
	case 3: // the wrong tone
		return strings.Map(func(c rune) rune {
			if to, ok := wrongTone[c]; ok {
				return to
			}
			return c
		}, w)
	case 4: // no marks in this word only
		return text.Fold(w)
	}
	return string(r)
}

var wrongTone = map[rune]rune{'ạ': 'á', 'á': 'à', 'à': 'á', 'ế': 'ề', 'ề': 'ế', 'ệ': 'ế', 'ố': 'ồ', 'ồ': 'ố', 'ộ': 'ố', 'ã': 'ả', 'ả': 'ã', 'ấ': 'ầ', 'ậ': 'ấ', 'ị': 'í', 'ì': 'í', 'ư': 'u', 'ơ': 'o', 'ê': 'e', 'ô': 'o'}

// readQuestions reads the paragraphs of XQuAD as articles, and the questions as searches for them.
func readQuestions(t *testing.T, lang string) (articles []article.Article, asked []known) {
	t.Helper()
	path := filepath.Join("../../shared/data/search/xquad", "xquad."+lang+".json")
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is absent: it is not part of this repository", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Data []struct {
			Paragraphs []struct {
				Context string
				QAS     []struct{ Question string }
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Data {
		for _, p := range d.Paragraphs {
			a := article.Article{ID: fmt.Sprintf("xquad-%s-%03d", lang, len(articles)), Text: p.Context, Language: lang}
			a.FirstSeen = start
			a.Revise()
			articles = append(articles, a)
			for _, q := range p.QAS {
				asked = append(asked, known{plainly(q.Question), a.ID})
			}
		}
	}
	return articles, asked
}

// bareIndex is bleve as it comes, with its standard analyser.
func bareIndex(t *testing.T, articles []article.Article) bleve.Index {
	t.Helper()
	m := bleve.NewIndexMapping()
	m.StoreDynamic, m.DocValuesDynamic = false, false
	m.DefaultAnalyzer = "standard"
	idx, err := bleve.New(filepath.Join(t.TempDir(), "bare"), m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := idx.Close(); err != nil {
			t.Error(err)
		}
	})
	for chunk := range slices.Chunk(articles, 500) {
		batch := idx.NewBatch()
		for _, a := range chunk {
			if err := batch.Index(a.ID, map[string]any{"title": a.Title, "lead": a.Lead, "text": a.Text}); err != nil {
				t.Fatal(err)
			}
		}
		if err := idx.Batch(batch); err != nil {
			t.Fatal(err)
		}
	}
	return idx
}

func bareFind(t *testing.T, idx bleve.Index, words string) []string {
	t.Helper()
	res, err := idx.Search(bleve.NewSearchRequestOptions(bleve.NewMatchQuery(words), depth, 0, false))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, hit := range res.Hits {
		out = append(out, hit.ID)
	}
	return out
}
