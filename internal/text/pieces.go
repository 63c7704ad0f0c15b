package text

import (
	"strings"
	"unicode/utf8"
)

const (
	longestPiece  = 12 // bytes of a token that may be a piece of a hidden word
	longestSpaced = 48 // pieces of words written l ừ a đ ả o
)

// pieced looks for words cut by punctuation, without blanks, from the token i: v.ỡ, đ-ậ-p, s_c_a_m. It returns how many tokens
// they have. Abbreviations look alike (TP.HCM, T.Anh, a.m., N.A.T), so that a word in two pieces counts only if it has marks, one in
// capitals too, and one without marks only if it is cut at every letter.
func (d *Doc) pieced(i int) (int, []string) {
	if i > 0 && isSeparator(d.gapBefore(i)) {
		return 0, nil // inside a chain that was looked at from its beginning
	}
	n := 1
	for n < longestSpaced && i+n < len(d.Tokens) && isSeparator(d.gapBefore(i+n)) && len(d.Tokens[i+n].Word.Canon) <= longestPiece {
		n++
	}
	if n == 1 || !d.writtenAsOne(i, n) {
		return 0, nil
	}
	pieces := make([]string, n)
	for k, t := range d.Tokens[i : i+n] {
		pieces[k] = d.Text[t.Start:t.End]
	}
	single := d.allSingle(i, n)
	small := !startsUpper(pieces[n-1])
	joined := canonical(strings.Join(pieces, ""))
	switch w := newWord(joined); {
	case w.is(vietnamese) && tones(joined) <= 1 && d.broken(i, n):
		return n, []string{joined}
	case single && small && n > 2 && w.is(syllable) && !w.Marked:
		return n, []string{joined}
	case single && small && n > 3:
		if words := syllablesOf(pieces, make([]bool, n+1)); words != nil {
			return n, words
		}
		if !w.Marked && strings.ContainsAny(joined, "aeiou") {
			return n, []string{joined}
		}
	}
	return 0, nil
}

// gapBefore returns what lies before the token i.
func (d *Doc) gapBefore(i int) string { return d.Text[d.Tokens[i-1].End:d.Tokens[i].Start] }

// isSeparator reports whether gap is one sign that hides a word by cutting it.
func isSeparator(gap string) bool {
	switch gap {
	case ".", "-", "_", "*", "~", "|", "/", "\\", "+", "=", "'", "`", "^", "·", "•", "..", "--", "#":
		return true
	}
	return false
}

// writtenAsOne reports whether the letters are written as one word is: small after the first, or all capital.
func (d *Doc) writtenAsOne(i, n int) bool {
	capitals := 0
	for k, t := range d.Tokens[i : i+n] {
		if t.Word.Number || !t.Word.is(latin) {
			return false
		}
		if k > 0 && startsUpper(d.Text[t.Start:]) {
			capitals++
		}
	}
	return capitals == 0 || capitals == n-1 && n > 2 && startsUpper(d.Text[d.Tokens[i].Start:])
}

// broken reports whether one of the pieces is no syllable: nobody writes such a word by itself.
func (d *Doc) broken(i, n int) bool {
	for _, t := range d.Tokens[i : i+n] {
		if !t.Word.is(syllable) {
			return true
		}
	}
	return false
}

func (d *Doc) allSingle(i, n int) bool {
	for _, t := range d.Tokens[i : i+n] {
		if !t.Word.is(single) {
			return false
		}
	}
	return true
}

// spacedOut looks for words written letter by letter with blanks from the token i: l ừ a đ ả o. At least three letters, one
// with marks, or eight without, must make syllables of at least two letters each; the fewest win.
func (d *Doc) spacedOut(i int) (int, []*Word) {
	if !d.Tokens[i].Word.is(single) || i > 0 && d.Tokens[i-1].Word.is(single) && isBlank(d.gapBefore(i)) {
		return 0, nil
	}
	n := 1
	for n < longestSpaced && i+n < len(d.Tokens) && d.Tokens[i+n].Word.is(single) && isBlank(d.gapBefore(i+n)) {
		n++
	}
	if n < 3 {
		return 0, nil
	}
	marked := false
	letters := make([]string, n)
	for k, t := range d.Tokens[i : i+n] {
		letters[k] = t.Word.Canon
		marked = marked || t.Word.Marked
	}
	if !marked && n < 8 {
		return 0, nil
	}
	cuts := d.wideGaps(i, n)
	words := syllablesOf(letters, cuts)
	if words == nil {
		return 0, nil
	}
	out := make([]*Word, len(words))
	for k, w := range words {
		out[k] = d.lexicon.find(w)
	}
	return n, out
}

func isBlank(gap string) bool { return gap == " " || gap == "  " || gap == "\u00a0" }

// wideGaps returns where two blanks part words from each other.
func (d *Doc) wideGaps(i, n int) []bool {
	cuts := make([]bool, n+1)
	for k := 1; k < n; k++ {
		cuts[k] = len(d.gapBefore(i+k)) > 1
	}
	return cuts
}

// syllablesOf cuts letters into the fewest syllables of two letters or more, none across a cut; nil if they cannot be.
func syllablesOf(letters []string, cuts []bool) []string {
	type best struct{ count, from int }
	table := make([]best, len(letters)+1)
	for end := 2; end <= len(letters); end++ {
		for from := end - 2; from >= max(0, end-longestSyllable); from-- {
			if cuts[from+1] { // a syllable may begin at a cut, and not reach across it
				break
			}
			if from > 0 && table[from].count == 0 || !isHiddenSyllable(letters[from:end]) {
				continue
			}
			if c := table[from].count + 1; table[end].count == 0 || c < table[end].count {
				table[end] = best{c, from}
			}
		}
	}
	if table[len(letters)].count == 0 {
		return nil
	}
	words := make([]string, table[len(letters)].count)
	for end, k := len(letters), len(words)-1; k >= 0; k-- {
		from := table[end].from
		words[k] = canonical(strings.Join(letters[from:end], ""))
		end = from
	}
	return words
}

// isHiddenSyllable reports whether letters make a syllable that is spelled right, marks included.
func isHiddenSyllable(letters []string) bool {
	w := newWord(canonical(strings.Join(letters, "")))
	return w.is(syllable) && tones(w.Canon) <= 1
}

// disguised looks for a word from the token i that has a sign or a digit where a letter is meant: l@m, 4nh, v!rus.
func (d *Doc) disguised(i int) (int, EvasionKind, string) {
	if i+1 >= len(d.Tokens) {
		return 0, "", ""
	}
	t, next := d.Tokens[i], d.Tokens[i+1]
	a, b := d.Text[t.Start:t.End], d.Text[next.Start:next.End]
	switch gap := d.gapBefore(i + 1); {
	case gap == "@" || gap == "$" || gap == "!":
		if word := likely(canonical(a + signs[gap[0]] + b)); word != "" && !t.Word.Number && d.hasSmall(i) && d.hasSmall(i+1) && !d.inAddress(i) {
			return 2, Separated, word
		}
	case gap == "" && t.Word.Number && len(a) == 1 && !startsUpper(b):
		if _, isUnit := unitsAfterDigits[next.Word.Canon]; isUnit || utf8.RuneCountInString(b) < 2 {
			break
		}
		if word := undigit(a + next.Word.Canon); word != "" {
			return 2, Digits, word
		}
	}
	return 0, "", ""
}

var signs = map[byte]string{'@': "a", '$': "s", '!': "i"}

// unitsAfterDigits are written onto a number without a blank.
var unitsAfterDigits = wordSet(`h g m k kg km cm mm ha tr tỷ ty am pm st nd rd th gb mb mp hp cc con cái người năm giờ phút ngày tuần tháng lần in x la oc of`)

// inAddress reports whether the token i and the next look like an e-mail address or a handle: a point follows.
func (d *Doc) inAddress(i int) bool {
	end := d.Tokens[i+1].End
	return end+1 < len(d.Text) && d.Text[end] == '.' && d.Text[end+1] > ' '
}

// hasSmall reports whether the token i has a small letter: codes and models (A320, H5N1) have none.
func (d *Doc) hasSmall(i int) bool {
	for _, r := range d.Text[d.Tokens[i].Start:d.Tokens[i].End] {
		if 'a' <= r && r <= 'z' || r > 0x7F && startsLower(string(r)) {
			return true
		}
	}
	return false
}
