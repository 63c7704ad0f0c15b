package text

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// find returns the word that s, a canonical form, is.
func (l *lexicon) find(s string) *Word {
	w, _ := l.learn(s, false)
	return w
}

// letterFor has the letters that digits stand for.
var letterFor = map[byte]string{'0': "o", '1': "i", '3': "e", '4': "a", '5': "s", '7': "t"}

// undigit returns the word that a canonical form with digits for letters means, or "". A digit counts between letters or before
// them, not after: F0, m2 and covid19 are what they are.
func undigit(canon string) string {
	last := strings.LastIndexAny(canon, "0123456789")
	if last < 0 || last == len(canon)-1 || utf8.RuneCountInString(canon) < 3 {
		return ""
	}
	var b strings.Builder
	for i := range len(canon) {
		c := canon[i]
		if c < '0' || c > '9' {
			b.WriteByte(c)
			continue
		}
		if letterFor[c] == "" {
			return ""
		}
		b.WriteString(letterFor[c])
	}
	return likely(canonical(b.String()))
}

// likely returns canon if it is a Vietnamese syllable or a common English word, and "" otherwise.
func likely(canon string) string {
	if w := newWord(canon); w.is(syllable) && tones(canon) <= 1 || isEnglishWord(w) {
		return canon
	}
	return ""
}

// isEnglishWord reports whether w is among the English words that are known.
func isEnglishWord(w *Word) bool {
	known, ok := weights()[w.Fold]
	return ok && !w.Marked && known.lean < 0 && len(w.Fold) > 3
}

// tones counts the tone marks of a canonical form.
func tones(canon string) (n int) {
	for _, r := range norm.NFD.String(canon) {
		switch r {
		case grave, acute, tilde, hook, dot:
			n++
		}
	}
	return n
}

// unstretch returns the syllable that w with a letter drawn out means (quáááá, trờiiii), or "". Three of a letter are drawn out;
// English has two.
func unstretch(w *Word) string {
	if !tripled(w.Fold) {
		return ""
	}
	var out []rune
	for _, r := range w.Canon {
		if len(out) == 0 || foldOf(string(r)) != foldOf(string(out[len(out)-1])) {
			out = append(out, r)
		}
	}
	if len(out) < 2 {
		return ""
	}
	return likely(canonical(string(out)))
}

// tripled reports whether fold has a letter three times in a row.
func tripled(fold string) bool {
	for i := 2; i < len(fold); i++ {
		if fold[i] == fold[i-1] && fold[i] == fold[i-2] {
			return true
		}
	}
	return false
}

// chatWords are the spellings of chat, and what they stand for.
const chatWords = `
	ko: không, kô: không, hok: không, hem: không, khum: không, khg: không,
	kh: không, k: không, dc: được, đc: được, đk: được, dk: được, đx: được, đuoc: được, j: gì, gj: gì, ji: gì, r: rồi, rùi: rồi, oy: rồi, òi: rồi,
	vs: với, zới: với, ntn: như thế nào, ntnao: như thế nào, nhìu: nhiều, nhju: nhiều, bn: bao nhiêu, bnh: bao nhiêu, bt: biết, bik: biết,
	cx: cũng, cg: cũng, cũg: cũng, nx: nữa, lm: làm, trc: trước, hnay: hôm nay, hqua: hôm qua, nma: nhưng mà, nmà: nhưng mà, nhg: nhưng, nhưg: nhưng,
	thik: thích, thjk: thích, mk: mình, mik: mình, mih: mình, mng: mọi người, mn: mọi người, ng: người, ngta: người ta, cj: chị, ny: người yêu,
	z: vậy, zậy: vậy, vại: vậy, dzậy: vậy, wa: quá, wá: quá, qá: quá, wen: quen, iu: yêu, ju: yêu, đag: đang, dag: đang, đg: đang,
	tl: trả lời, tg: thời gian, gđ: gia đình, hc: học, hsinh: học sinh, sv: sinh viên, cty: công ty, ctv: cộng tác viên,
	tk: tài khoản, stk: số tài khoản, ck: chuyển khoản, ib: nhắn tin, inb: nhắn tin, cmt: bình luận, rep: trả lời, onl: trực tuyến, acc: tài khoản,
	đt: điện thoại, sđt: số điện thoại, fb: facebook, vđ: vấn đề, gv: giáo viên, bs: bác sĩ, bv: bệnh viện, csgt: cảnh sát giao thông,
	cq: chính quyền, vx: vắc xin, vacxin: vắc xin, vaccin: vắc xin, nh: ngân hàng, nhnn: ngân hàng nhà nước`

// chatTable maps a chat spelling to the words it stands for.
var chatTable = func() map[string][]string {
	table := map[string][]string{}
	for entry := range strings.SplitSeq(strings.ReplaceAll(chatWords, "\n", " "), ",") {
		spelling, words, _ := strings.Cut(strings.TrimSpace(entry), ": ")
		table[spelling] = strings.Fields(words)
	}
	return table
}()

// chat returns the words that the token i stands for in chat, or nil. Only within Vietnamese, only in small letters, and not where it is a unit
// after a figure (5 kg).
func (d *Doc) chat(i int) []*Word {
	t := d.Tokens[i]
	if d.Sentences[t.Sentence].Language != Vietnamese || startsUpper(d.Text[t.Start:]) || i > 0 && d.Tokens[i-1].Word.Number || d.glued(i) {
		return nil
	}
	if t.Word.is(chatSpelling) && !(t.Unmarked && t.Word.is(syllable)) {
		return d.findAll(chatTable[t.Word.Canon])
	}
	if word := consonants(t.Word); word != "" {
		return d.findAll([]string{word})
	}
	return nil
}

// glued reports whether punctuation ties the token i to a neighbour, as in addresses and abbreviations.
func (d *Doc) glued(i int) bool {
	t := d.Tokens[i]
	return i > 0 && d.Tokens[i-1].End+1 == t.Start && d.Text[t.Start-1] != ' ' && d.Text[t.Start-1] != '\n' ||
		i+1 < len(d.Tokens) && t.End+1 == d.Tokens[i+1].Start && d.Text[t.End] != ' ' && d.Text[t.End] != '\n'
}

func (d *Doc) findAll(words []string) []*Word {
	out := make([]*Word, len(words))
	for i, w := range words {
		out[i] = d.lexicon.find(w)
	}
	return out
}

// consonants returns the syllable with marks that w means with f for ph, w for qu or j for gi (fải, wá, jải), or "".
func consonants(w *Word) string {
	if w.is(syllable) || !w.Marked {
		return ""
	}
	for _, c := range [...][2]string{{"f", "ph"}, {"w", "qu"}, {"j", "gi"}} {
		rest, ok := strings.CutPrefix(w.Canon, c[0])
		if !ok {
			continue
		}
		if word := canonical(c[1] + rest); newWord(word).is(vietnamese) {
			return word
		}
	}
	return ""
}
