package text

// A Vietnamese vowel carries at most one shape mark (â ê ô, ă, ơ ư) and a syllable at most one tone mark. Writers differ in
// where they put the tone (hòa, hoà) and slip (lựơng); readers never do. Here is the one place.
const (
	grave, acute, tilde, hook, dot = 0x300, 0x301, 0x303, 0x309, 0x323
	circumflex, breve, horn        = 0x302, 0x306, 0x31B
)

// toned is a letter of a syllable with the marks on it.
type toned struct {
	base        rune
	shape, tone rune // 0 for none
}

// longestSyllable is nghiêng's seven letters, and one for misspellings.
const longestSyllable = 8

// placeTone moves the tone mark of a syllable, given in NFD and lower case, to the place where the older spelling has it: hòa,
// thủy, khỏe, but hoàn, quý, giữ. It also completes ươ where only one of the letters has its horn (nuớc, ngưòi), since
// no rhyme is written so. What is no syllable comes back as it is.
func placeTone(word []rune) []rune {
	var buf [longestSyllable]toned
	letters, tone, ok := letters(word, buf[:0])
	if !ok {
		return word
	}
	first, last, ok := nucleus(letters)
	if !ok {
		return word
	}
	changed := completeHorn(letters, first, last)
	at := toneIndex(letters, first, last)
	if tone == 0 && !changed || tone == letters[at].tone && !changed {
		return word
	}
	for i := range letters {
		letters[i].tone = 0
	}
	letters[at].tone = tone
	return written(letters, word[:0])
}

// letters takes word apart into letters with their marks and the one tone. It fails for what no syllable has.
func letters(word []rune, out []toned) (_ []toned, tone rune, ok bool) {
	for _, r := range word {
		n := len(out)
		switch {
		case r >= 'a' && r <= 'z' || r == 'đ':
			if n == longestSyllable {
				return nil, 0, false
			}
			out = append(out, toned{base: r})
		case n == 0:
			return nil, 0, false
		case r == circumflex || r == breve || r == horn:
			if out[n-1].shape != 0 {
				return nil, 0, false
			}
			out[n-1].shape = r
		case r == grave || r == acute || r == tilde || r == hook || r == dot:
			if tone != 0 {
				return nil, 0, false
			}
			tone, out[n-1].tone = r, r
		default:
			return nil, 0, false
		}
	}
	return out, tone, len(out) > 0
}

// nucleus returns the range of the vowels that may carry the tone: not the u of qu, nor the i of gi before a vowel. It fails where
// there is none, or where no Vietnamese consonant follows it. What precedes is not checked: Chloé is spelled by the same hands.
func nucleus(l []toned) (first, last int, ok bool) {
	for first < len(l) && !isVowel(l[first].base) {
		first++
	}
	last = first
	for last < len(l) && isVowel(l[last].base) {
		last++
	}
	if first == 1 && last > 2 && l[1].shape == 0 && (l[0].base == 'q' && l[1].base == 'u' || l[0].base == 'g' && l[1].base == 'i') {
		first++
	}
	if first == last || last-first > 3 {
		return 0, 0, false
	}
	return first, last, isCoda(l[last:])
}

func isVowel(r rune) bool {
	switch r {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

func isCoda(l []toned) bool {
	switch len(l) {
	case 0:
		return true
	case 1:
		switch l[0].base {
		case 'c', 'k', 'm', 'n', 'p', 't':
			return true
		}
	case 2:
		switch string([]rune{l[0].base, l[1].base}) {
		case "ch", "ng", "nh":
			return true
		}
	}
	return false
}

// completeHorn makes uơ and ưo into ươ where something follows: only ươ is written there.
func completeHorn(l []toned, first, last int) bool {
	if last-first < 2 || len(l) == first+2 {
		return false
	}
	u, o := &l[first], &l[first+1]
	if u.base != 'u' || o.base != 'o' || (u.shape == horn) == (o.shape == horn) || u.shape+o.shape != horn {
		return false
	}
	u.shape, o.shape = horn, horn
	return true
}

// toneIndex returns the letter that carries the tone.
func toneIndex(l []toned, first, last int) int {
	for i := last - 1; i >= first; i-- {
		if l[i].shape != 0 {
			return i // ê in iê, ơ in ươ, ư in ưa
		}
	}
	switch n := last - first; {
	case n == 1:
		return first
	case last < len(l):
		return last - 1 // hoàn, quét
	default:
		return first + n - 2 // hòa, ngoài
	}
}

func written(l []toned, out []rune) []rune {
	for _, c := range l {
		out = append(out, c.base)
		// NFD orders marks by combining class: horn 216, dot below 220, the others 230.
		switch {
		case c.tone == dot && c.shape != horn && c.shape != 0:
			out = append(out, dot, c.shape)
		default:
			if c.shape != 0 {
				out = append(out, c.shape)
			}
			if c.tone != 0 {
				out = append(out, c.tone)
			}
		}
	}
	return out
}
