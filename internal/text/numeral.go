package text

import (
	"math"
	"strconv"
	"strings"
)

// numeralKind says how a number word combines with its neighbours.
type numeralKind uint8

const (
	noNumeral  numeralKind = iota
	nought                 // không, zero: begins decimals or stands among them
	unit                   // hai, two, twelve: adds
	inner                  // mốt, lăm: adds, and never begins
	tens                   // twenty: adds, and a unit may follow
	ten                    // mười: adds ten, and a unit may follow
	timesTen               // mươi: ten times what precedes
	hundred                // trăm, hundred
	scale                  // nghìn, million, dozen, chục
	scales                 // thousands, dozens: vague
	filler                 // linh, lẻ: nothing in the tens
	halfOver               // rưỡi: and half of the last scale
	half                   // nửa, half: of the scale that follows
	few                    // vài, several: value to high times what follows
	vague                  // hàng: at least one of what follows
	conjoining             // and
)

// numeral is a word that numbers are made of.
type numeral struct {
	kind  numeralKind
	value float64
	high  float64 // of few
	weak  bool    // is oftener another word: needs a neighbour

	vietnamese bool
}

// numeralWords lists the words by kind: "word value", with a ~ before those that are weak. In text without marks the folds of
// the Vietnamese ones count, and all of those are weak.
const (
	vietnameseNumerals = `
	nought: ~không 0
	unit: một 1, hai 2, ~ba 3, bốn 4, ~năm 5, sáu 6, bảy 7, bẩy 7, tám 8, ~chín 9
	inner: ~mốt 1, ~tư 4, ~lăm 5, ~nhăm 5
	ten: mười 10
	timesTen: ~mươi 10
	hundred: ~trăm 100
	scale: ~chục 10, ~nghìn 1000, ~ngàn 1000, ~vạn 10000, ~triệu 1000000, ~tỷ 1000000000, ~tỉ 1000000000
	filler: linh 0, lẻ 0
	halfOver: rưỡi 0.5, rưởi 0.5
	half: nửa 0.5
	few: vài 2 5, mấy 2 9, dăm 4 6
	vague: hàng 1, hằng 1, cả 1`
	englishNumerals = `
	nought: ~zero 0
	unit: ~one 1, ~couple 2, two 2, three 3, four 4, five 5, six 6, seven 7, eight 8, nine 9, ten 10, eleven 11, twelve 12, thirteen 13,
		fourteen 14, fifteen 15, sixteen 16, seventeen 17, eighteen 18, nineteen 19
	tens: twenty 20, thirty 30, forty 40, fifty 50, sixty 60, seventy 70, eighty 80, ninety 90
	hundred: ~hundred 100
	scale: ~thousand 1000, ~million 1000000, ~billion 1000000000, ~trillion 1000000000000, ~dozen 12, ~bn 1000000000,
		~mln 1000000, ~m 1000000, ~tr 1000000, ~k 1000
	scales: tens 10, dozens 12, hundreds 100, thousands 1000, millions 1000000, billions 1000000000, scores 20
	half: half 0.5
	few: ~few 2 5, several 3 7
	conjoining: and 0`
)

var numeralKinds = map[string]numeralKind{
	"nought": nought, "unit": unit, "inner": inner, "tens": tens, "ten": ten, "timesTen": timesTen, "hundred": hundred, "scale": scale, "scales": scales,
	"filler": filler, "halfOver": halfOver, "half": half, "few": few, "vague": vague, "conjoining": conjoining,
}

// numeralTable holds the numerals; words point into it with a byte. 0 is none.
var numeralTable, numeralIndex, bareNumeralIndex = readNumerals()

func readNumerals() (table []numeral, index, bare map[string]uint8) {
	table = make([]numeral, 1)
	index, bare = map[string]uint8{}, map[string]uint8{}
	var kind numeralKind
	for i, list := range []string{vietnameseNumerals, englishNumerals} {
		for entry := range strings.SplitSeq(strings.ReplaceAll(list, "\n", ","), ",") {
			fields := strings.Fields(entry)
			if len(fields) == 0 {
				continue
			}
			if name, ok := strings.CutSuffix(fields[0], ":"); ok {
				kind, fields = numeralKinds[name], fields[1:]
			}
			word, weak := strings.CutPrefix(fields[0], "~")
			n := numeral{kind: kind, value: float(fields[1]), weak: weak, vietnamese: i == 0}
			if n.high = n.value; len(fields) > 2 {
				n.high = float(fields[2])
			}
			table = append(table, n)
			index[word] = uint8(len(table) - 1)
			if i == 0 {
				n.weak = true
				table = append(table, n)
				bare[foldOf(word)] = uint8(len(table) - 1)
			}
		}
	}
	return table, index, bare
}

// float reads digits with at most one point, which the caller has made sure of.
func float(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}

// numeral returns what the token i is as a number word.
func (d *Doc) numeral(i int) numeral {
	if i >= len(d.Tokens) {
		return numeral{}
	}
	t := &d.Tokens[i]
	if t.Unmarked && t.Word.bareNumeral != 0 {
		return numeralTable[t.Word.bareNumeral]
	}
	return numeralTable[t.Word.numeral]
}

// digitsValue reads digits with separators. A separator before exactly three digits parts thousands, others begin a fraction; where
// both kinds stand, the last one does. English reads a point always as a fraction, "1.125", except before further groups. It
// fails for what is no figure: dates, versions, addresses, telephone numbers.
func digitsValue(s string, english bool) (float64, bool) {
	g := groupsOf(s)
	switch {
	case g.digits > 15: // more than a float64 holds
		return 0, false
	case g.separators == 0:
		return g.value(0), s[0] != '0' || len(s) < 6
	case g.points > 0 && g.commas > 0:
		return g.value(g.last), g.thousands && (g.lastOf == '.' && g.points == 1 || g.lastOf == ',' && g.commas == 1)
	case g.separators > 1:
		return g.value(0), g.thousands && g.last == 3
	case g.last == 3 && g.first <= 3 && s[0] != '0' && (g.commas > 0 || !english):
		return g.value(0), true
	}
	return g.value(g.last), true
}

// groups is what separators part digits into.
type groups struct {
	all                        uint64 // the digits as a whole number
	digits                     int    // how many
	separators, points, commas int
	first, last                int  // digits before the first separator, after the last
	lastOf                     byte // the last separator
	thousands                  bool // all groups but the first and the last have three digits, and the first at most three
}

func groupsOf(s string) (g groups) {
	run := 0
	g.thousands = true
	for i := range len(s) {
		if c := s[i]; c != '.' && c != ',' {
			g.all = g.all*10 + uint64(c-'0')
			g.digits++
			run++
			continue
		}
		if g.separators == 0 {
			g.first = run
		}
		g.thousands = g.thousands && (g.separators == 0 && run <= 3 || run == 3)
		g.separators++
		if s[i] == '.' {
			g.points++
		} else {
			g.commas++
		}
		g.lastOf = s[i]
		run = 0
	}
	g.last = run
	return g
}

// value returns the digits with the last decimals of them behind the point.
func (g groups) value(decimals int) float64 {
	return float64(g.all) / math.Pow10(decimals)
}
