package text

// EvasionKind says how a word was hidden.
type EvasionKind string

// The ways of hiding a word that are recognised.
const (
	Separated EvasionKind = "separated" // v.ỡ đ.ậ.p, l ừ a đ ả o, v@o
	Digits    EvasionKind = "digits"    // l0i, ch3t, sc4m
	Mixed     EvasionKind = "mixed"     // letters of two scripts; the token's Word is repaired already
	Invisible EvasionKind = "invisible" // zero-width characters inside; the token's Word is repaired already
	Chat      EvasionKind = "chat"      // ko, hok for không; fải for phải
	Stretched EvasionKind = "stretched" // quáááá
)

// Evasion is a place where the text, as written, hides a word from whoever searches for it. It is a guess, for scored
// matching only, and whoever shows it says so: exact matching reads Tokens and never sees it.
type Evasion struct {
	Kind        EvasionKind
	Start, End  int // Text[Start:End] is what was written
	First, Last int // Tokens[First:Last] are the tokens that it was cut into
	Words       []*Word
}

// Evasions returns the hidden words of d, in order and without overlap. Most texts have none, and cost one look at each token.
// A word found has marks as they were written: where its letters have none, match its Fold.
func (d *Doc) Evasions() []Evasion {
	var out []Evasion
	for i := 0; i < len(d.Tokens); {
		e, ok := d.evasion(i)
		if !ok {
			i++
			continue
		}
		e.Start, e.End = d.Tokens[e.First].Start, d.Tokens[e.Last-1].End
		out = append(out, e)
		i = e.Last
	}
	return out
}

// evasion looks for a hidden word that begins with the token i.
func (d *Doc) evasion(i int) (Evasion, bool) {
	w := d.Tokens[i].Word
	if !w.is(latin) && !w.Number {
		return Evasion{}, false
	}
	if i+1 < len(d.Tokens) && (len(w.Canon) <= longestPiece || w.Number) {
		if n, words := d.pieced(i); n > 0 {
			return Evasion{Kind: Separated, First: i, Last: i + n, Words: d.findAll(words)}, true
		}
		if n, words := d.spacedOut(i); n > 0 {
			return Evasion{Kind: Separated, First: i, Last: i + n, Words: words}, true
		}
		if n, kind, word := d.disguised(i); n > 0 {
			return d.hidden(kind, i, n, word), true
		}
	}
	if w.is(syllable) && !w.is(single) && len(w.Canon) == d.Tokens[i].End-d.Tokens[i].Start && !w.is(chatSpelling) {
		return Evasion{}, false // a plain syllable, as nearly all are
	}
	return d.respelled(i)
}

func (d *Doc) hidden(kind EvasionKind, i, n int, word string) Evasion {
	return Evasion{Kind: kind, First: i, Last: i + n, Words: []*Word{d.lexicon.find(word)}}
}

// respelled looks for a word hidden inside the token i alone.
func (d *Doc) respelled(i int) (Evasion, bool) {
	t := d.Tokens[i]
	written := d.Text[t.Start:t.End]
	switch mixed, invisible := disguises(written); {
	case mixed && t.Word.is(latin):
		return Evasion{Kind: Mixed, First: i, Last: i + 1, Words: []*Word{t.Word}}, true
	case invisible:
		return Evasion{Kind: Invisible, First: i, Last: i + 1, Words: []*Word{t.Word}}, true
	}
	if word := undigit(t.Word.Canon); word != "" && d.hasSmall(i) {
		return d.hidden(Digits, i, 1, word), true
	}
	if word := unstretch(t.Word); word != "" && d.hasSmall(i) {
		return d.hidden(Stretched, i, 1, word), true
	}
	if words := d.chat(i); words != nil {
		return Evasion{Kind: Chat, First: i, Last: i + 1, Words: words}, true
	}
	return Evasion{}, false
}

// disguises reports whether a token as written has letters of two scripts, and whether it has invisible characters.
func disguises(written string) (mixed, invisible bool) {
	foreign := false
	for _, r := range written {
		switch {
		case r < 0xAD:
		case isHidden(r):
			invisible = true
		case lookalike(r) != 0:
			foreign = true
		}
	}
	return foreign, invisible
}
