package classifier

import (
	"slices"
	"sort"

	"haidang/classifier/telling"
	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/text"
)

var fieldOrder = [3]article.Field{article.Title, article.Lead, article.Text}

// brushGap is how many words may stand between "despite" and the denial that it brushes aside.
const brushGap = 8

// reading is one article made ready: its tokens, its sentences numbered through all fields, and the cues in it.
type reading struct {
	article   *article.Article
	doc       *query.Doc
	fields    [3]*text.Doc
	base      [3]int // the number of the first sentence of each field
	head      int    // sentences below this number are title and lead
	total     int    // sentences
	words     int
	english   bool
	cues      []cue
	told      int            // points of how it is told, where it is long enough to name a source
	tellers   []telling.Word // the words that made them
	official  []int          // numbers of the sentences in which a competent source speaks
	confirmed []int          // of those in which it speaks or acts: arrests, orders, signs
}

// cue is one cue word where it stands.
type cue struct {
	kind     cueKind
	field    int
	sentence int // counted through all fields
	start    int // bytes
	end      int
	first    int // token
	last     int
}

// read makes an article ready, in the memory of one that was released if there is any.
func (c *Classifier) read(a *article.Article) *reading {
	r, ok := c.readings.Get().(*reading)
	if !ok {
		r = &reading{doc: new(query.Doc)}
	}
	*r = reading{article: a, doc: r.doc, cues: r.cues[:0], tellers: r.tellers[:0]}
	r.doc.Reset(a)
	for i, f := range fieldOrder {
		d := r.doc.Text(f)
		r.fields[i], r.base[i] = d, r.total
		r.total += len(d.Sentences)
		r.words += len(d.Tokens)
		if f != article.Text {
			r.head = r.total
		}
	}
	r.english = r.isEnglish()
	for i, d := range r.fields {
		c.cues.phrases.find(d, func(first, last int, kind cueKind) {
			t := d.Tokens[first]
			r.cues = append(r.cues, cue{
				kind: kind, field: i, sentence: r.base[i] + int(t.Sentence),
				start: t.Start, end: d.Tokens[last-1].End, first: first, last: last,
			})
		})
	}
	r.negate()
	r.brush()
	r.findTellers()
	r.findOfficial()
	c.measureTelling(r)
	return r
}

// release gives the memory of a reading to the next. Nothing of it may be in use.
func (c *Classifier) release(r *reading) { c.readings.Put(r) }

// isEnglish picks the language of the rules: that of the longest field, title if in doubt.
func (r *reading) isEnglish() bool {
	switch r.article.Language {
	case "en":
		return true
	case "vi":
		return false
	}
	longest := r.fields[0]
	for _, d := range r.fields[1:] {
		if len(d.Tokens) > len(longest.Tokens) {
			longest = d
		}
	}
	return longest.Language() == text.English
}

// negate turns "not fake" into an affirmation: a denial with a negator right before it affirms.
func (r *reading) negate() {
	for i := range r.cues {
		c := &r.cues[i]
		if c.kind != cueDenies && c.kind != cueFalse {
			continue
		}
		if r.negated(i) {
			c.kind = cueAffirms
		}
	}
}

// findOfficial notes the sentences in which an agency or office-holder speaks or acts: the name and, at most eight words
// on, a verb of attribution or of office that is not negated; or "theo", "according to" and the name. Hidden, hearsay and
// silent sources do not count.
func (r *reading) findOfficial() {
	for i := range r.cues {
		c := &r.cues[i]
		if c.kind != cueAgency || r.sentenceHas(c.sentence, cueVague, cueMute, "unsourced", "secrecy") {
			continue
		}
		for j := max(0, i-4); j < len(r.cues) && j <= i+6; j++ {
			if !r.attributes(c, j) {
				continue
			}
			r.confirmed = append(r.confirmed, c.sentence)
			if r.cues[j].kind == cueSpeaks || r.cues[j].kind == cuePer {
				r.official = append(r.official, c.sentence)
				break
			}
		}
	}
	r.official, r.confirmed = slices.Compact(r.official), slices.Compact(r.confirmed)
}

// attributes reports whether the cue at i makes the agency the one who speaks.
func (r *reading) attributes(agency *cue, i int) bool {
	v := &r.cues[i]
	if v.sentence != agency.sentence {
		return false
	}
	switch v.kind {
	case cueSpeaks, cueActs:
		d := v.first - agency.last
		return d >= -1 && d <= 8 && !r.negated(i) && !r.suffers(agency, v) && !r.anotherSpeaks(agency, v)
	case cuePer:
		return v.last <= agency.first && agency.first-v.last <= 3
	}
	return false
}

// suffers reports whether the agency is the one to whom it is done: "lãnh đạo bị mời làm rõ".
func (r *reading) suffers(agency, verb *cue) bool {
	for i := agency.last; i < verb.first; i++ {
		if r.fields[agency.field].Tokens[i].Word.Canon == "bị" {
			return true
		}
	}
	return false
}

// anotherSpeaks reports whether somebody without an office stands nearer to the verb: "officials hoard it, a woman says".
func (r *reading) anotherSpeaks(agency, verb *cue) bool {
	return slices.ContainsFunc(r.cues, func(c cue) bool {
		return (c.kind == layWitness || c.kind == posted) && c.field == verb.field && c.first >= agency.last && c.last <= verb.first
	})
}

// tellGap is how many words may stand between somebody and the verb by which he tells.
const tellGap = 8

// findTellers turns people without a name, and the posts and clips that they pass on, into witnesses where they tell
// something: "một tài xế ... kể", "says a worker", "theo một bài đăng".
func (r *reading) findTellers() {
	for i := range r.cues {
		c := &r.cues[i]
		if c.kind != cueLay && c.kind != cueMedium {
			continue
		}
		for j := max(0, i-2); j < len(r.cues) && j <= i+4; j++ {
			if r.tells(c, j) {
				c.kind = map[cueKind]cueKind{cueLay: layWitness, cueMedium: posted}[c.kind]
				break
			}
		}
	}
}

// tells reports whether the cue at i makes the people or the post before or behind it the one who tells.
func (r *reading) tells(who *cue, i int) bool {
	v := &r.cues[i]
	if v.field != who.field || v.sentence != who.sentence {
		return false
	}
	switch v.kind {
	case cueSpeaks, cueActs, cueTells:
		if d := v.first - who.last; d >= -1 && d <= tellGap && v.first > who.first {
			return !r.negated(i)
		}
		return who.first >= v.last && who.first-v.last <= 1
	case cuePer:
		return v.last <= who.first && who.first-v.last <= 3
	}
	return false
}

// negated reports whether a negator stands right before the cue at i.
func (r *reading) negated(i int) bool {
	c := &r.cues[i]
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		n := &r.cues[j]
		if (n.kind == cueNegator || n.kind == cueNegates) && n.field == c.field && n.sentence == c.sentence && c.first-n.last <= 1 && c.first >= n.last {
			return true
		}
	}
	return false
}

// brush drops the denials that the teller brushes aside: "despite official denials", "dù tỉnh bác bỏ".
func (r *reading) brush() {
	for i := range r.cues {
		c := &r.cues[i]
		if c.kind != cueDenies && c.kind != cueFalse {
			continue
		}
		for j := i - 1; j >= 0 && r.cues[j].field == c.field && r.cues[j].sentence == c.sentence; j-- {
			if n := &r.cues[j]; n.kind == cueConcedes && c.first-n.last <= brushGap {
				c.kind = cueMute
				break
			}
		}
	}
}

func (r *reading) sentenceHas(sentence int, kinds ...cueKind) bool {
	for i := range r.cues {
		if r.cues[i].sentence == sentence && slices.Contains(kinds, r.cues[i].kind) {
			return true
		}
	}
	return false
}

// fieldIndex returns the position of a field in reading order.
func fieldIndex(f article.Field) int { return slices.Index(fieldOrder[:], f) }

// sentenceAt returns the number of the sentence that holds a byte of a field.
func (r *reading) sentenceAt(field, offset int) int {
	sentences := r.fields[field].Sentences
	i := sort.Search(len(sentences), func(i int) bool { return sentences[i].End > offset })
	return r.base[field] + min(i, max(0, len(sentences)-1))
}

// fieldOf returns the field that a sentence number lies in.
func (r *reading) fieldOf(sentence int) int {
	switch {
	case sentence >= r.base[2]:
		return 2
	case sentence >= r.base[1]:
		return 1
	}
	return 0
}
