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
	add(qualifier{atMost: true}, "không quá, không hơn, chưa đến, chưa tới, chưa đầy, không đến, không tới, no more than, not more than")
	add(qualifier{atLeast: true}, "không dưới, không ít hơn, no fewer than, no less than, not less than, không kém")
	add(qualifier{atLeast: true}, "hơn, trên, quá, ít nhất, tối thiểu, ít ra, vượt, vượt quá, more than, over, at least, above, upwards of, exceeding, surpassed")
	add(qualifier{atMost: true}, "dưới, tối đa, nhiều nhất, cao nhất, ít hơn, under, fewer than, less than, up to, at most, below, a maximum of")
	add(qualifier{approx: true}, `gần, khoảng, chừng, độ, tầm, cỡ, ước, ước tính, ước chừng, xấp xỉ, ngót, suýt soát, about, around, some, nearly, almost, roughly,
		approximately, approx, circa, an estimated, estimated, close to`)
	return list
}()

type currencyWord struct {
	words []spelling
	code  string
}

var currencyWords = []currencyWord{
	{spell("đồng"), "VND"}, {spell("đ"), "VND"}, {spell("vnd"), "VND"}, {spell("vnđ"), "VND"}, {spell("dong"), "VND"},
	{spell("usd"), "USD"}, {spell("đô la"), "USD"}, {spell("đô"), "USD"}, {spell("dollar"), "USD"}, {spell("dollars"), "USD"},
	{spell("us dollars"), "USD"}, {spell("mỹ kim"), "USD"}, {spell("euro"), "EUR"}, {spell("euros"), "EUR"}, {spell("eur"), "EUR"},
	{spell("bảng anh"), "GBP"}, {spell("pounds"), "GBP"}, {spell("yen"), "JPY"}, {spell("yên"), "JPY"},
	{spell("nhân dân tệ"), "CNY"}, {spell("tệ"), "CNY"}, {spell("yuan"), "CNY"}, {spell("won"), "KRW"}, {spell("baht"), "THB"},
	{spell("aud"), "AUD"}, {spell("sgd"), "SGD"}, {spell("rupees"), "INR"},
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

// dateChain returns the length of a chain of digits joined by strokes or colons: 6/2/2017, 10:30, and years by hyphen: 2019-2020.
func (d *Doc) dateChain(i int) int {
	n := 1
	for i+n < len(d.Tokens) && d.Tokens[i+n].Word.Number {
		switch d.Text[d.Tokens[i+n-1].End:d.Tokens[i+n].Start] {
		case "/", ":":
		case "-", "–", " - ", " – ":
			labelled := i > 0 && dateLabels[d.Tokens[i-1].Word.Canon] && d.joined(i)
			if !labelled && !(yearDigits(d.Tokens[i+n].Word.Canon) && (yearDigits(d.Tokens[i].Word.Canon) || n > 1)) && !(n > 1 && i+n+1 < len(d.Tokens) &&
				d.Text[d.Tokens[i+n].End:d.Tokens[i+n+1].Start] == "/") {
				return n
			}
		default:
			return n
		}
		n++
	}
	return n
}

// yearDigits reports whether digits could be the year of something a newspaper writes about.
func yearDigits(digits string) bool { return len(digits) == 4 && "1900" <= digits && digits <= "2100" }

var dateLabels = wordSet(`ngày mùng mồng tháng năm`)

// labels are words whose number names the thing and counts nothing.
var labels = wordSet(`ngày mùng mồng tháng năm quý thứ số điều khoản lớp quận phường khóa kỳ tập chương trang vòng hạng giải kênh tuyến đường
	hẻm ngõ lần định thị tư ql covid sars
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
// not năm nay.
func (d *Doc) counts(i int) bool {
	n := d.numeral(i)
	if n.kind == few {
		return false
	}
	if i+1 >= len(d.Tokens) || !d.joined(i+1) {
		return len(d.Tokens) == 1
	}
	if i > 0 && d.joined(i) && notCounting[d.Tokens[i-1].Word.Canon] {
		return false
	}
	next := &d.Tokens[i+1]
	if d.Tokens[i].Word.Canon == "one" {
		return next.Word.Canon != "of" && next.Word.Canon != "another"
	}
	return classifiers[next.Word.Canon] || next.Unmarked && bareClassifiers[next.Word.Fold]
}

var notCounting = wordSet(`các những mỗi no any some every each this that the thứ tháng lớp`)

// classifiers follow a number word that counts.
var classifiers = wordSet(`người nạn bệnh em cháu bé trẻ con cái chiếc căn ngôi vụ ca ngày tuần tháng năm giờ phút giây lần nhà hộ gia xã huyện tỉnh thôn bản
	tấn tạ ký kg km mét ha héc lít xe tàu thuyền máy đối nghi bị ông bà học sinh cán chiến ngư công doanh trường bệnh cơn trận đợt ngân đồng phần
	nước quốc thành cây quả điểm tuổi thi mẹ anh chị dân quân binh phụ nam nữ thanh thiếu`)

var bareClassifiers = func() map[string]bool {
	set := map[string]bool{}
	for w := range classifiers {
		set[foldOf(w)] = true
	}
	return set
}()
