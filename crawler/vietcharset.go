package crawler

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"haidang/internal/text"
)

// byteTable is an eight-bit encoding of Vietnamese that golang.org/x/text does not have: what the bytes from 0x80 on stand
// for, and the control characters that stand for letters.
type byteTable struct {
	high []rune
	low  map[byte]rune
}

// The encodings of Vietnamese before Unicode: VISCII (RFC 1456), and TCVN 5712, of which the fonts of TCVN3 (".VnTime") use the
// lower-case letters.
var (
	viscii = byteTable{
		high: []rune("ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"),
		low:  map[byte]rune{0x02: 'Ẳ', 0x05: 'Ẵ', 0x06: 'Ẫ', 0x14: 'Ỷ', 0x19: 'Ỹ', 0x1e: 'Ỵ'},
	}
	tcvn = byteTable{
		high: []rune("ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"),
		low: map[byte]rune{
			0x01: 'Ú', 0x02: 'Ụ', 0x04: 'Ừ', 0x05: 'Ử', 0x06: 'Ữ', 0x11: 'Ứ', 0x12: 'Ự', 0x13: 'Ỳ', 0x14: 'Ỷ', 0x15: 'Ỹ', 0x16: 'Ý', 0x17: 'Ỵ',
		},
	}
)

// tableLabels are the names that pages give these encodings.
var tableLabels = map[string]*byteTable{
	"viscii": &viscii, "viscii1.1-1": &viscii, "csviscii": &viscii, "x-viscii": &viscii,
	"tcvn": &tcvn, "tcvn3": &tcvn, "tcvn-5712": &tcvn, "tcvn5712": &tcvn, "tcvn5712-1": &tcvn, "x-tcvn": &tcvn, "x-viet-tcvn5712": &tcvn, "x-viet-tcvn": &tcvn,
}

func (t *byteTable) decode(data []byte) string {
	var out strings.Builder
	out.Grow(len(data) * 3 / 2)
	for _, c := range data {
		switch letter, low := t.low[c]; {
		case c >= utf8.RuneSelf:
			out.WriteRune(t.high[c-utf8.RuneSelf])
		case low:
			out.WriteRune(letter)
		default:
			out.WriteByte(c)
		}
	}
	return norm.NFC.String(out.String())
}

// readsAsVietnamese scores a reading of a document: words with marks that are Vietnamese syllables, less twice those that
// are none, less twice the signs that stand inside words.
func readsAsVietnamese(s string) int {
	s = cut(s, 256<<10)
	marked, syllables := text.MarkedSyllables(s)
	return syllables - 2*(marked-syllables) - 2*oddSigns(s)
}

// oddSigns counts the signs beyond ASCII that stand right beside a letter and are no punctuation: "®" for "đ".
func oddSigns(s string) int {
	odd, before := 0, ' '
	for _, r := range s {
		if isOdd(before) && unicode.IsLetter(r) || isOdd(r) && unicode.IsLetter(before) {
			odd++
		}
		before = r
	}
	return odd
}

func isOdd(r rune) bool {
	return r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsPunct(r) && !unicode.IsSpace(r)
}

// enoughSyllables is how many more Vietnamese syllables than mistakes a reading has that may contradict what a page says.
const enoughSyllables = 12

// guessVietnamese reads bytes that are no UTF-8 in each of the encodings of Vietnamese and returns the reading that makes
// most sense, or ok = false when none makes more than what stands.
func guessVietnamese(data []byte, stands string) (best string, ok bool) {
	score := max(enoughSyllables, readsAsVietnamese(stands)+1)
	for _, reading := range []string{decodeWith(charmap.Windows1258, data), viscii.decode(data), tcvn.decode(data)} {
		if s := readsAsVietnamese(reading); s >= score {
			best, score, ok = reading, s+1, true
		}
	}
	return best, ok
}

// twice are letters of Vietnamese whose UTF-8 was taken for windows-1252 and written as UTF-8 once more.
var twice = []string{"á»", "áº", "Ä‘", "Æ°", "Æ¡", "Ã¡", "Ã\u00a0", "Ã´"}

// enoughTwice is how many of them a document has that was spoilt so.
const enoughTwice = 8

func isTwice(s string) bool {
	n := 0
	for _, letter := range twice {
		if n += strings.Count(s, letter); n >= enoughTwice {
			return true
		}
	}
	return false
}

// mended repairs UTF-8 that was written by somebody who took the text for something else: UTF-8 twice over, and TCVN3
// whose bytes were taken for western letters ("C«ng ty" for "Công ty"). Text that makes sense is left alone.
func mended(s string) string {
	if isTwice(s) {
		if once := undoubled(s); readsAsVietnamese(once) > readsAsVietnamese(s) || strings.Count(once, "\ufffd") == strings.Count(s, "\ufffd") && len(once) < len(s) {
			s = once
		}
	}
	if strings.Count(s, "®") >= 5 && !strings.Contains(s, "đ") {
		if read := untaken(s); readsAsVietnamese(read) >= max(enoughSyllables, readsAsVietnamese(s)+1) {
			s = read
		}
	}
	return s
}

// undoubled turns runs of western letters that are the bytes of UTF-8 back into what they stand for.
func undoubled(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	var run []byte
	start := 0
	flush := func(end int) {
		if utf8.Valid(run) {
			out.Write(run)
		} else {
			out.WriteString(s[start:end])
		}
		run = run[:0]
	}
	for i, r := range s {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok && r >= 0x80 && r <= 0x9f {
			b, ok = byte(r), true // bytes that windows-1252 leaves open
		}
		if ok && r >= utf8.RuneSelf {
			if len(run) == 0 {
				start = i
			}
			run = append(run, b)
			continue
		}
		if len(run) > 0 {
			flush(i)
		}
		out.WriteRune(r)
	}
	if len(run) > 0 {
		flush(len(s))
	}
	return norm.NFC.String(out.String())
}

// untaken reads western letters and signs that stand in words as the letters of TCVN3 that they were.
func untaken(s string) string {
	runes := []rune(s)
	out := make([]rune, len(runes))
	taken := func(r rune) bool { return r >= 0xa1 && r <= 0xff }
	inWord := func(i int) bool { return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || taken(runes[i])) }
	for i, r := range runes {
		out[i] = r
		if taken(r) && (unicode.IsLetter(r) || inWord(i-1) || inWord(i+1)) {
			out[i] = tcvn.high[r-utf8.RuneSelf]
		}
	}
	return norm.NFC.String(string(out))
}
