package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	index "github.com/blevesearch/bleve_index_api"

	"haidang/internal/text"
)

const (
	suggestTime   = 250 * time.Millisecond // how long a better spelling is looked for
	suggestBelow  = 5                      // a search that finds as many needs no advice
	spellings     = 5                      // of one word that are tried
	suggestRounds = 3                      // words that are changed
	suggestWords  = 6                      // of more words that are all known, none is tried
	fuzzyWords    = 64                     // near words that are counted
	fuzzyLetters  = 4                      // a shorter word is too near to too many others
)

// Suggest returns a query that its writer may have meant and that finds something: words with other marks, without a
// typing error, or written out from the keys of Telex, VNI or VIQR that were left in the text. It is "" when the query finds
// enough as it is, or when nothing near it finds more. The query may be one that cannot be parsed: "dda^p".
func (x *Index) Suggest(ctx context.Context, src string) (string, error) {
	shards, done, err := x.read()
	if err != nil {
		return "", err
	}
	defer done()
	limited, cancel := context.WithTimeout(ctx, suggestTime)
	defer cancel()
	best, err := x.suggest(limited, shards, src)
	if timedOut(limited, err) && ctx.Err() == nil {
		return best, nil
	}
	return best, err
}

// suggest changes one word after the other into what makes the whole query find most.
func (x *Index) suggest(ctx context.Context, shards []*shard, src string) (string, error) {
	found, err := x.finds(ctx, shards, src)
	if err != nil || found >= suggestBelow {
		return "", err
	}
	words := chunks(src)
	asIs := len(words)
	for i := range words {
		if words[i].known, err = x.holds(ctx, shards, words[i].text); err != nil {
			return "", err
		}
		if words[i].known {
			asIs--
		}
	}
	if asIs == 0 && len(words) > suggestWords {
		return "", nil
	}
	sp := &spelling{x: x, shards: shards, src: src, words: words, most: found, all: asIs == 0}
	for range suggestRounds {
		better, err := sp.round(ctx)
		if err != nil || !better {
			return sp.best, err
		}
	}
	return sp.best, nil
}

// spelling is a query whose words are tried in other spellings.
type spelling struct {
	x      *Index
	shards []*shard
	src    string
	words  []chunk
	all    bool // every word is known, so each may be the wrong one
	best   string
	most   int // articles that best finds
}

// round changes one word: the one whose change finds more and stands best beside its neighbours. Of several mistakes each
// change alone may find nothing: then the likeliest spelling of every word that nobody writes is taken, once.
func (sp *spelling) round(ctx context.Context) (bool, error) {
	best, unknown := respelled{at: -1}, false
	for i := range sp.words {
		w := &sp.words[i]
		if w.known && !sp.all {
			continue
		}
		if w.spellings == nil {
			var err error
			if w.spellings, err = sp.x.spellings(ctx, sp.shards, w.text); err != nil {
				return false, err
			}
		}
		r, err := sp.respell(ctx, i)
		if err != nil {
			return false, err
		}
		if best.at < 0 || r.at >= 0 && r.better(best) {
			best = r
		}
		unknown = unknown || !w.known && w.now == w.text && len(w.spellings) > 0
	}
	switch {
	case best.at >= 0:
		sp.words[best.at].now, sp.most = best.to, best.finds
	case unknown && sp.best == "":
		for i := range sp.words {
			if w := &sp.words[i]; !w.known && len(w.spellings) > 0 {
				w.now = w.spellings[0]
			}
		}
	default:
		return false, nil
	}
	sp.best = rebuilt(sp.src, sp.words)
	return true, nil
}

// respelled is one word in another spelling, and what speaks for it.
type respelled struct {
	at     int
	to     string
	finds  int // articles that the whole query finds then
	beside int // articles in which it stands beside its neighbours
}

func (r respelled) better(o respelled) bool {
	return cmp.Or(cmp.Compare(r.beside, o.beside), cmp.Compare(r.finds, o.finds)) > 0
}

// respell finds the best other spelling of one word; at is -1 for none. A word that people do write is only changed for one
// that stands beside its neighbours more often: else every rare word would become a frequent one.
func (sp *spelling) respell(ctx context.Context, i int) (respelled, error) {
	w, best := &sp.words[i], respelled{at: -1}
	was := w.now
	defer func() { w.now = was }()
	least := -1
	if w.known && len(sp.words) > 1 {
		var err error
		if least, err = sp.beside(ctx, i); err != nil {
			return best, err
		}
	}
	for _, s := range w.spellings {
		w.now = s
		finds, err := sp.x.finds(ctx, sp.shards, rebuilt(sp.src, sp.words))
		if err != nil {
			return best, err
		}
		if finds <= sp.most {
			continue
		}
		beside, err := sp.beside(ctx, i)
		if err != nil {
			return best, err
		}
		if r := (respelled{i, s, finds, beside}); beside > least && (best.at < 0 || r.better(best)) {
			best = r
		}
	}
	return best, nil
}

// beside counts the articles in which a word stands beside the word before it, and beside the one after it.
func (sp *spelling) beside(ctx context.Context, i int) (int, error) {
	sum := 0
	for _, pair := range [][2]int{{i - 1, i}, {i, i + 1}} {
		if pair[0] < 0 || pair[1] >= len(sp.words) {
			continue
		}
		n, err := sp.x.finds(ctx, sp.shards, `"`+sp.words[pair[0]].now+" "+sp.words[pair[1]].now+`"`)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// finds returns how many articles a query finds; none for one that cannot be parsed or needs verification of each.
func (x *Index) finds(ctx context.Context, shards []*shard, src string) (int, error) {
	s := &searching{ask: ask{sort: BySeen}, exact: true}
	if err := s.translate(Request{Query: src}, x.vocab, x.deps); err != nil {
		return 0, nil // a mistake in the query is what we are here for
	}
	total := 0
	for _, sh := range shards {
		n, err := sh.count(ctx, s.ask.query)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// chunk is one word of a query as it was typed.
type chunk struct {
	start, end int
	text, now  string
	known      bool
	spellings  []string // of the archive, when they were looked for
}

// chunks cuts a query into its words, without operators, brackets, quotes and fields that are not about words.
func chunks(src string) []chunk {
	var out []chunk
	at := 0
	for piece := range strings.FieldsFuncSeq(src, func(r rune) bool { return strings.ContainsRune(" \t\n\u00a0\"“”()[]", r) }) {
		start := at + strings.Index(src[at:], piece)
		at = start + len(piece)
		if name, rest, ok := strings.Cut(piece, ":"); ok {
			if !slices.Contains([]string{"title", "lead", "body", "fold"}, name) || rest == "" {
				continue
			}
			start, piece = at-len(rest), rest
		}
		if trimmed := strings.TrimRight(piece, ",;!"); trimmed != "" && !operator(trimmed) {
			out = append(out, chunk{start: start, end: start + len(trimmed), text: trimmed, now: trimmed})
		}
	}
	return out
}

func operator(s string) bool {
	return s == "AND" || s == "OR" || s == "NOT" || strings.HasPrefix(s, "NEAR/") || strings.HasPrefix(s, "ONEAR/") || s[0] == '@' ||
		strings.ContainsAny(s, "=<>*") || s == "SENT" || s == "PARA" || s == "NUM"
}

func rebuilt(src string, words []chunk) string {
	var out strings.Builder
	at := 0
	for _, w := range words {
		out.WriteString(src[at:w.start])
		out.WriteString(w.now)
		at = w.end
	}
	out.WriteString(src[at:])
	return out.String()
}

// holds reports whether the archive has a word as it was typed.
func (x *Index) holds(ctx context.Context, shards []*shard, word string) (bool, error) {
	ws := text.Intern(word)
	if len(ws) != 1 || strings.ContainsAny(word, "^+`~'(.?") {
		return len(ws) > 1 && len(typed(word)) == 0, nil
	}
	n, err := x.frequency(ctx, shards, x.vocab.alternatives(ws[0], ws[0].Marked))
	return n > 0, err
}

// frequency is how many articles hold one of the terms.
func (x *Index) frequency(ctx context.Context, shards []*shard, terms []string) (int, error) {
	s := &slot{}
	for _, t := range terms {
		s.forms = append(s.forms, form{field: fieldAll, term: t})
	}
	holding := make([]float64, 1)
	for _, sh := range shards {
		if err := sh.tally(ctx, []*slot{s}, holding); err != nil {
			return 0, err
		}
	}
	return int(holding[0]), nil
}

// spellings returns words of the archive that may be meant by one that was typed, the most frequent first.
func (x *Index) spellings(ctx context.Context, shards []*shard, word string) ([]string, error) {
	counts := map[string]int{}
	try := func(canon string, weight int) error {
		n, err := x.frequency(ctx, shards, []string{canon})
		counts[canon] = max(counts[canon], n*weight)
		return err
	}
	for _, w := range typed(word) {
		canon := text.Canon(w)
		if err := try(canon, 1); err != nil {
			return nil, err
		}
		for _, v := range x.vocab.variants(text.Fold(w)) {
			if untoned(v) == canon {
				if err := try(v, 1); err != nil {
					return nil, err
				}
			}
		}
	}
	// Keys that were left in the text say what was meant: where a word fits them, no other is tried.
	fits := slices.Max(append(slices.Collect(maps.Values(counts)), 0)) > 0
	if ws := text.Intern(word); len(ws) == 1 && !fits {
		for _, v := range x.vocab.variants(ws[0].Fold) {
			if err := try(v, 10); err != nil {
				return nil, err
			}
		}
		near, err := fuzzy(ctx, shards, ws[0].Canon)
		if err != nil {
			return nil, err
		}
		for _, w := range near {
			if err := try(w, 1); err != nil {
				return nil, err
			}
		}
	}
	delete(counts, text.Canon(word))
	var out []string
	for w, n := range counts {
		if n > 0 {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return out[:min(len(out), spellings)], nil
}

// fuzzy returns words of the archive that are one letter away, two in a long word.
func fuzzy(ctx context.Context, shards []*shard, canon string) ([]string, error) {
	letters := utf8.RuneCountInString(canon)
	if letters < fuzzyLetters {
		return nil, nil
	}
	distance := 1
	if letters >= 2*fuzzyLetters {
		distance = 2
	}
	near := map[string]bool{}
	for _, sh := range shards {
		if err := sh.guard(ctx, func() error { return sh.fuzzy(ctx, canon, distance, near) }); err != nil {
			return nil, fmt.Errorf("shard %s: %w", sh.name, err)
		}
	}
	return slices.Sorted(maps.Keys(near)), nil
}

func (s *shard) fuzzy(ctx context.Context, canon string, distance int, near map[string]bool) (err error) {
	advanced, err := s.words.scorch()
	if err != nil {
		return err
	}
	r, err := advanced.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	reader, ok := r.(index.IndexReaderFuzzy)
	if !ok {
		return nil
	}
	dict, err := reader.FieldDictFuzzy(fieldAll, canon, distance, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dict.Close()) }()
	for len(near) < fuzzyWords {
		e, err := dict.Next()
		if err != nil || e == nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !strings.HasPrefix(e.Term, unmarkedPrefix) {
			near[e.Term] = true
		}
	}
	return nil
}
