package text

import "strings"

// qualifier is a phrase before a figure that makes it a bound or a guess.
type qualifier struct {
	words                   []spelling
	approx, atLeast, atMost bool
}

// qualifiers are tried in order: longer ones that end in a shorter one come first.
var qualifiers = func() (list []qualifier) {
	add := func(q qualifier, phrases string) {
		for p := range strings.SplitSeq(phrases, ",") {
			q.words = spell(p)
			list = append(list, q)
		}
	}
	add(qualifier{approx: true}, "trên dưới")
	add(qualifier{atMost: true}, "không quá, không hơn, chưa đến, chưa tới, chưa đầy, không đến, không tới, no more than, not more than")
	add(qualifier{atLeast: true}, "không dưới, không ít hơn, no fewer than, no less than, not less than, không kém")
	add(qualifier{atLeast: true}, "hơn, trên, quá, ít nhất, tối thiểu, ít ra, vượt, vượt quá, more than, over, at least, above, upwards of, exceeding, surpassed")
	add(qualifier{atMost: true}, "dưới, tối đa, nhiều nhất, cao nhất, ít hơn, under, fewer than, less than, up to, at most, below, a maximum of")
	add(qualifier{approx: true, atMost: true}, "gần, ngót, ngót nghét, suýt soát, nearly, almost, close to")
	add(qualifier{approx: true}, `khoảng, chừng, tầm, cỡ, ước, ước tính, ước chừng, xấp xỉ, about, around, some, roughly, approximately, approx, circa,
		an estimated, estimated`)
	return list
}()

type currencyWord struct {
	words []spelling
	code  string
}

var currencyWords = []currencyWord{
	{spell("đồng"), "VND"},
	{spell("đ"), "VND"},
	{spell("vnd"), "VND"},
	{spell("vnđ"), "VND"},
	{spell("dong"), "VND"},
	{spell("usd"), "USD"},
	{spell("đô la"), "USD"},
	{spell("đô"), "USD"},
	{spell("dollar"), "USD"},
	{spell("dollars"), "USD"},
	{spell("us dollars"), "USD"},
	{spell("mỹ kim"), "USD"},
	{spell("euro"), "EUR"},
	{spell("euros"), "EUR"},
	{spell("eur"), "EUR"},
	{spell("bảng anh"), "GBP"},
	{spell("pounds"), "GBP"},
	{spell("yen"), "JPY"},
	{spell("yên"), "JPY"},
	{spell("nhân dân tệ"), "CNY"},
	{spell("tệ"), "CNY"},
	{spell("yuan"), "CNY"},
	{spell("won"), "KRW"},
	{spell("baht"), "THB"},
	{spell("aud"), "AUD"},
	{spell("sgd"), "SGD"},
	{spell("rupees"), "INR"},
}

var currencySigns = []struct{ sign, code string }{
	{"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}, {"¥", "JPY"}, {"₫", "VND"}, {"₩", "KRW"}, {"฿", "THB"}, {"₹", "INR"},
}

// noFigure returns how many tokens from i are no figure whatever they are made of: dates, times, ordinals, decimals of a kind.
func (d *Doc) noFigure(i int) int {
	t := d.Tokens[i]
	if !t.Word.Number {
		if i > 0 && d.isWord(i-1, ordinal) && d.joined(i) {
			return 1
		}
		return 0
	}
	if n := d.dateChain(i); n > 1 {
		return n
	}
	if i+1 < len(d.Tokens) && d.Tokens[i+1].Start == t.End { // 10h30, 21st
		switch next := d.Tokens[i+1].Word.Canon; next {
		case "h", "g", "st", "nd", "rd", "th":
			return 2
		default:
			if (next[0] == 'h' || next[0] == 'g') && len(next) > 1 && isNumber(next[1:]) {
				return 2
			}
		}
	}
	return 0
}

// ordinal is the word before ordinals: thứ ba is the third, or Tuesday.
var ordinal = spelling{"thứ", "thu"}

// dateChain returns the length of a chain of digits from i that is a date, a time or a score: 6/2/2017, 10:30, 15-11, 2019-2020.
func (d *Doc) dateChain(i int) int {
	n := d.chain(i, "/", ":")
	if n > 1 {
		return n
	}
	n = d.chain(i, "-", "–")
	day, next := d.Tokens[i].Word.Canon, ""
	if n > 1 {
		next = d.Tokens[i+1].Word.Canon
	}
	switch {
	case n == 1:
		return 1
	case n > 3:
		return n // an account, a telephone number
	case n == 3 || d.chain(i+1, "/", ":") > 1: // 31-12-2024, 6-7/11
		return n - 1 + d.chain(i+n-1, "/", ":")
	case yearDigits(next):
		if yearDigits(day) || atMost(day, 12) {
			return 2
		}
	case atMost(day, 31) && atMost(next, 12): // no range falls
		if len(day) > len(next) || len(day) == len(next) && day > next || d.inDay(i) {
			return 2
		}
	}
	return 1
}

// chain returns how many numbers from i are joined by one of two signs.
func (d *Doc) chain(i int, sign, or string) int {
	n := 1
	for i+n < len(d.Tokens) && d.Tokens[i+n].Word.Number {
		if gap := d.gapBefore(i + n); gap != sign && gap != or {
			break
		}
		n++
	}
	return n
}

// inDay reports whether the words before the token i lead to a date: sáng 5-7, ngày 5-7.
func (d *Doc) inDay(i int) bool { return i > 0 && d.joined(i) && dayWords[d.Tokens[i-1].Word.Canon] }

var dayWords = wordSet(`ngày mùng mồng tháng năm hôm sáng trưa chiều tối đêm khuya nay qua`)

// atMost reports whether digits are a plain number up to n, from 1.
func atMost(digits string, n float64) bool {
	v := float(digits)
	return len(digits) <= 2 && v >= 1 && v <= n
}

// yearDigits reports whether digits could be the year of something a newspaper writes about.
func yearDigits(digits string) bool { return len(digits) == 4 && "1900" <= digits && digits <= "2100" }

// labels are words whose number names the thing and counts nothing.
var labels = wordSet(`ngày mùng mồng tháng năm quý thứ số điều khoản lớp quận phường khóa kỳ tập chương trang vòng hạng giải kênh tuyến đường
	hẻm ngõ lần đợt đai đoàn định thị tư ql covid sars
	no number chapter page article section phase stage type route highway district ward flight grade round level
	in since by until during year early mid late
	january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec`)

// counters before a label make its number a quantity: "trong số 30 người", "mỗi ngày 3 ca".
var counters = wordSet(`mỗi một hàng hằng trong tổng con vài mấy nhiều bình`)

// isLabelled reports whether the token before digits at i says that they name something: ngày 5, điều 5, năm 2017.
func (d *Doc) isLabelled(i int, v float64) bool {
	digits := d.Tokens[i].Word.Canon
	if i+1 < len(d.Tokens) && months[d.Tokens[i+1].Word.Canon] && v <= 31 && d.joined(i+1) {
		return true // 5 May
	}
	if i == 0 {
		return false
	}
	before := d.Text[d.Tokens[i-1].End:d.Tokens[i].Start]
	label := d.Tokens[i-1].Word.Canon
	if before != " " && before != "-" && before != ". " && before != "\u00a0" && before != "" {
		return yearDigits(digits) && lastRune(before) == '('
	}
	switch label {
	case "năm":
		if yearDigits(digits) {
			return true
		}
	case "ngày", "mùng", "mồng":
		return v <= 31 && !d.counted(i)
	case "tháng", "quý":
		return v <= 12 && !d.counted(i)
	case "in", "since", "by", "until", "during", "early", "mid", "late", "year":
		return yearDigits(digits)
	}
	if yearDigits(digits) && startsUpper(d.Text[d.Tokens[i-1].Start:]) && d.inner(i-1) { // SEA Games 2017
		return true
	}
	return labels[label] && !d.counted(i)
}

// counted reports whether the label before the token i is itself counted.
func (d *Doc) counted(i int) bool {
	return i > 1 && d.joined(i-1) && counters[d.Tokens[i-2].Word.Canon]
}

// inner reports whether the token i is not the first of its sentence.
func (d *Doc) inner(i int) bool { return i > d.Sentences[d.Tokens[i].Sentence].First }

var months = wordSet(`january february march april may june july august september october november december`)

// counts reports whether the token i, a word that is a number only sometimes, is one here: ba người, but not ba tôi; năm người, but
// not năm nay, nor the years of 70 năm.
func (d *Doc) counts(i int) bool {
	if i+1 >= len(d.Tokens) || !d.joined(i+1) {
		return len(d.Tokens) == 1
	}
	if i > 0 && d.joined(i) && (d.Tokens[i-1].Word.Number || d.numeral(i-1).kind > nought || notCounting[d.Tokens[i-1].Word.Canon]) {
		return false
	}
	if d.isMeasureAndHalf(i+1) || d.linksRange(i, i+1) && d.numeral(i+2).kind == unit && d.numeral(i+2).value > d.numeral(i).value {
		return true // ba tháng rưỡi, ba hoặc bốn
	}
	next := &d.Tokens[i+1]
	switch d.Tokens[i].Word.Canon {
	case "one":
		return next.Word.Canon != "of" && next.Word.Canon != "another"
	case "năm", "ba", "nam":
		return people[next.Word.Canon] || next.Unmarked && barePeople[next.Word.Fold]
	}
	return classifiers[next.Word.Canon] || next.Unmarked && bareClassifiers[next.Word.Fold]
}

var notCounting = wordSet(`các những mỗi no any some every each this that the thứ tháng lớp`)

// classifiers follow a number word that counts; people, even one that is another word oftener.
var (
	people = wordSet(`người nạn bệnh cháu bé chiếc căn ngôi vụ ca ngày tuần giờ phút giây lần hộ huyện tỉnh thôn tấn tạ kg km mét ha lít xe tàu thuyền đối nghi bị
		ông bà sinh cán chiến ngư doanh cơn trận đợt quốc cây quả thi thanh thiếu tên gia đứa`)
	classifiers = with(people, `em trẻ con cái tháng năm nhà xã bản ký héc máy công trường ngân đồng phần nước thành điểm tuổi mẹ anh chị dân quân binh phụ nam nữ`)

	barePeople, bareClassifiers = folds(people), folds(classifiers)
)

func with(set map[string]bool, words string) map[string]bool {
	both := wordSet(words)
	for w := range set {
		both[w] = true
	}
	return both
}

func folds(set map[string]bool) map[string]bool {
	out := map[string]bool{}
	for w := range set {
		out[foldOf(w)] = true
	}
	return out
}
