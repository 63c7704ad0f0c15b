package text

import "strings"

// SyllableShape reports whether fold, a folded word, is spelled as a Vietnamese syllable could be: "nghieng" and "the" are,
// "ngieng", "they" and "covid" are not.
func SyllableShape(fold string) bool {
	_, ok := rhymeOf(fold)
	return ok
}

// rhymeOf returns what follows the first consonants of a folded syllable.
func rhymeOf(fold string) (string, bool) {
	if len(fold) == 0 || len(fold) > 7 {
		return "", false
	}
	n := strings.IndexAny(fold, "aeiouy")
	if n < 0 || n > 3 {
		return "", false
	}
	onset, rhyme := fold[:n], fold[n:]
	switch onset {
	case "q":
		if !strings.HasPrefix(rhyme, "u") {
			return "", false
		}
		return rhyme, isRhyme(rhyme) || isRhyme(rhyme[1:])
	case "g":
		if rest, ok := strings.CutPrefix(rhyme, "i"); ok && rest != "" && isRhyme(rest) && rest[0] != 'i' {
			return rest, true
		}
		return rhyme, isRhyme(rhyme) && rhyme[0] != 'e' && rhyme[0] != 'y'
	case "c", "ng":
		return rhyme, isRhyme(rhyme) && !isFront(rhyme[0])
	case "k", "gh", "ngh":
		return rhyme, isRhyme(rhyme) && isFront(rhyme[0])
	case "", "b", "ch", "d", "h", "kh", "l", "m", "n", "nh", "p", "ph", "r", "s", "t", "th", "tr", "v", "x":
		return rhyme, isRhyme(rhyme)
	}
	return "", false
}

func isFront(vowel byte) bool { return vowel == 'e' || vowel == 'i' || vowel == 'y' }

func isRhyme(s string) bool { return rhymes[s] != 0 }

// rhymeKind says whether a rhyme can be written without any mark. Those closed by c, ch, p or t cannot: such syllables have the
// acute or the dot.
type rhymeKind uint8

const (
	bare    rhymeKind = iota + 1 // an, oai: may stand without marks
	marksIt                      // iet, uong: needs one at least
)

var rhymes = func() map[string]rhymeKind {
	m := map[string]rhymeKind{}
	for s := range strings.FieldsSeq(`a ai am an ang anh ao au ay e em en eng eo i ia im in inh iu
		o oa oai oam oan oang oanh oao oay oe oen oeo oi om on ong oong u ua ui um un ung uy uya uynh uyu y`) {
		m[s] = bare
	}
	for s := range strings.FieldsSeq(`ac ach ap at ec ech enh ep et eu ich iec iem ien ieng iep iet ieu ip it
		oac oach oap oat oc oec oet ooc op ot uan uang uat uay uc ue uech uen uenh uet uo uoc uoi uom uon uong uop uot uou up ut uu
		uych uyen uyet uyt uyn yem yen yeng yet yeu`) {
		m[s] = marksIt
	}
	return m
}()
