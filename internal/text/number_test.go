package text

import (
	"fmt"
	"strings"
	"testing"
)

// show writes the figures of d as a reader would check them.
func show(d *Doc) string {
	var out []string
	for _, n := range Numbers(d) {
		s := fmt.Sprintf("%s=%.10g", d.Text[n.Start:n.End], n.Value)
		if n.High != n.Value {
			s += fmt.Sprintf("..%.10g", n.High)
		}
		if n.Percent {
			s += "%"
		}
		if n.AtLeast {
			s += " least"
		}
		if n.AtMost {
			s += " most"
		}
		if n.Approx {
			s += " approx"
		}
		if n.Currency != "" {
			s += " " + n.Currency
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		// Separators.
		{"1.200 người", "1.200=1200"},
		{"1,200 people", "1,200=1200"},
		{"1.234.567 hộ", "1.234.567=1234567"},
		{"1.234,5 tấn", "1.234,5=1234.5"},
		{"1,234.5 tonnes", "1,234.5=1234.5"},
		{"tăng 3,5 điểm", "3,5=3.5"},
		{"The rate rose 1.125 points on the day", "1.125=1.125"},
		{"0,125 mg", "0,125=0.125"},
		{"12.34.56", ""},
		{"0912345678", ""},
		// Scales.
		{"1.2 triệu", "1.2 triệu=1200000"},
		{"1,2 triệu người", "1,2 triệu=1200000"},
		{"3 nghìn tỷ đồng", "3 nghìn tỷ=3e+12 VND"},
		{"1 triệu 200 nghìn liều", "1 triệu 200 nghìn=1200000"},
		{"20tr", "20tr=20000000"},
		{"500k", "500k=500000"},
		{"$5bn", "5bn=5000000000 USD"},
		{"US$30m, £2.5m", "30m=30000000 USD; 2.5m=2500000 GBP"},
		{"cao 5m", "5=5"},
		{"2 tỉ rưỡi", "2 tỉ rưỡi=2500000000"},
		{"30 ngàn", "30 ngàn=30000"},
		// Vietnamese words.
		{"ba mươi mốt", "ba mươi mốt=31"},
		{"một trăm", "một trăm=100"},
		{"một", "một=1"},
		{"hai mươi lăm người", "hai mươi lăm=25"},
		{"hai mươi năm trước", "hai mươi=20"},
		{"một trăm năm đô hộ", "một trăm=100"},
		{"năm trăm hai mươi hộ dân", "năm trăm hai mươi=520"},
		{"một trăm linh năm ca", "một trăm linh năm=105"},
		{"mười hai ngư dân", "mười hai=12"},
		{"năm người chết", "năm=5"},
		{"năm nay", ""},
		{"ba tôi đi làm", ""},
		{"ba người", "ba=3"},
		{"nửa triệu khẩu trang", "nửa triệu=500000"},
		{"hàng trăm người", "hàng trăm=100 least approx"},
		{"hàng chục nghìn hộ", "hàng chục nghìn=10000 least approx"},
		{"vài chục người", "vài chục=20..50 approx"},
		{"triệu rưỡi đồng", "triệu rưỡi=1500000 VND"},
		{"thứ ba", ""},
		{"một nghìn không trăm linh năm người", "một nghìn không trăm linh năm=1005"},
		{"hai nghìn không trăm hai mươi tư", "hai nghìn không trăm hai mươi tư=2024"},
		{"hai lăm tuổi, ba trăm sáu lăm ngày", "hai lăm=25; ba trăm sáu lăm=365"},
		{"hai ba người", "hai ba=2..3 approx"},
		{"bốn, năm người chết", "bốn, năm=4..5 approx"},
		{"năm sáu trăm hộ", "năm sáu trăm=500..600 approx"},
		{"ba bốn năm trước", "ba bốn=3..4 approx"},
		{"bốn năm sau", "bốn=4"},
		{"dăm ba người, vài ba trăm hộ", "dăm ba=4..6 approx; vài ba trăm=200..500 approx"},
		{"một số người, một vài người, một phần ba", ""},
		{"một vài trăm người", "vài trăm=200..500 approx"},
		{"mot so nguoi bi thuong o huyen nay", ""},
		// English words.
		{"two dozen", "two dozen=24"},
		{"half a million", "half a million=500000"},
		{"a million people", "a million=1000000"},
		{"one hundred and five cases", "one hundred and five=105"},
		{"thirty-one people died", "thirty-one=31"},
		{"a few hundred residents", "a few hundred=200..500 approx"},
		{"dozens of homes", "dozens=12 least approx"},
		{"tens of thousands of people", "tens of thousands=10000 least approx"},
		{"hundreds of thousands", "hundreds of thousands=100000 least approx"},
		{"no one was hurt", ""},
		{"one of the men", ""},
		{"a dozen", "a dozen=12"},
		// Decimals in words.
		{"hai phẩy năm triệu người", "hai phẩy năm triệu=2500000"},
		{"mười hai phẩy năm phần trăm", "mười hai phẩy năm phần trăm=12.5%"},
		{"ba phẩy mười bốn, hai phẩy hai mươi lăm", "ba phẩy mười bốn=3.14; hai phẩy hai mươi lăm=2.25"},
		{"không phẩy không năm, hai phẩy không năm tỷ đồng", "không phẩy không năm=0.05; hai phẩy không năm tỷ=2050000000 VND"},
		{"hai phẩy năm năm trước", "hai phẩy năm=2.5"},
		{"2 phẩy 5 triệu", "2 phẩy 5 triệu=2500000"},
		{"two point five million people", "two point five million=2500000"},
		{"zero point three percent, three point one four", "zero point three percent=0.3%; three point one four=3.14"},
		{"At one point five men left", "one=1; five=5"},
		{"không người nào, dấu phẩy, at this point", ""},
		// A few and a half.
		{"hai trăm rưỡi, hai nghìn rưỡi đồng", "hai trăm rưỡi=250; hai nghìn rưỡi=2500 VND"},
		{"5 rưỡi", "5 rưỡi=5.5"},
		{"hai năm rưỡi, ba tháng rưỡi, 5 giờ rưỡi", "hai năm rưỡi=2.5; ba tháng rưỡi=3.5; 5 giờ rưỡi=5.5"},
		{"hơn năm rưỡi qua, tháng rưỡi", "năm rưỡi=1.5 least; tháng rưỡi=1.5"},
		{"hai đến ba năm rưỡi", "hai đến ba năm rưỡi=2..3.5"},
		{"two and a half million people", "two and a half million=2500000"},
		{"a million and a half", "a million and a half=1500000"},
		{"a couple of hundred people, a couple thousand", "a couple of hundred=200 approx; a couple thousand=2000 approx"},
		{"a couple of people", "a couple=2 approx"},
		// A last unit is tenths of what it follows, but for the English.
		{"một triệu hai, ba tỷ tư, một trăm mốt", "một triệu hai=1200000; ba tỷ tư=3400000000; một trăm mốt=110"},
		{"hai nghìn không trăm lẻ ba, hai trăm lẻ ba", "hai nghìn không trăm lẻ ba=2003; hai trăm lẻ ba=203"},
		{"năm trăm hai mươi ba", "năm trăm hai mươi ba=523"},
		{"one thousand two, three hundred five", "one thousand two=1002; three hundred five=305"},
		// Several scales.
		{"1 tỷ 200 triệu đồng", "1 tỷ 200 triệu=1200000000 VND"},
		{"một tỷ hai trăm triệu", "một tỷ hai trăm triệu=1200000000"},
		{"mười lăm nghìn", "mười lăm nghìn=15000"},
		{"chục người, hai chục người, chục nghìn hộ, mấy chục ca", "chục=10; hai chục=20; chục nghìn=10000; mấy chục=20..90 approx"},
		{"hàng triệu, hàng nghìn tỷ", "hàng triệu=1000000 least approx; hàng nghìn tỷ=1e+12 least approx"},
		// Thousands parted by blanks.
		{"1 000 000 người", "1 000 000=1000000"},
		{"1\u00a0000\u00a0000 người", "1\u00a0000\u00a0000=1000000"},
		{"1\u202f250\u202fđồng, 12\u2009500 tấn", "1\u202f250=1250 VND; 12\u2009500=12500"},
		{"12 345 678,9 đồng, 1 000 triệu", "12 345 678,9=12345678.9 VND; 1 000 triệu=1000000000"},
		{"5 000 - 6 000 người", "5 000 - 6 000=5000..6000"},
		{"tầng 3 200 m²", "3=3; 200=200"},
		{"năm 2024 100 000 người", "100 000=100000"},
		{"trang 1 000", ""},
		{"+84 912 345 678 người", "84=84; 912=912; 345=345; 678=678"},
		{"1 800 555 1234", "1=1; 800=800; 555=555; 1234=1234"},
		{"1  000", "1=1; 000=0"},
		// Bounds and guesses.
		{"hơn 30 người", "30=30 least"},
		{"gần 100 hộ", "100=100 most approx"},
		{"nearly 2,000 people", "2,000=2000 most approx"},
		{"ngót nghét 50 người", "50=50 most approx"},
		{"trên dưới 300 triệu đồng", "300 triệu=300000000 approx VND"},
		{"không quá 5 ngày", "5=5 most"},
		{"ít nhất 12 người chết", "12=12 least"},
		{"more than 1,000 deaths", "1,000=1000 least"},
		{"no fewer than 10 people", "10=10 least"},
		{"up to 50 homes", "50=50 most"},
		{"from 18 tuổi trở lên", "18=18 least"},
		{"30+ bài", "30=30 least"},
		// Percent and currency.
		{"3.5%", "3.5%=3.5%"},
		{"tăng 12 phần trăm", "12 phần trăm=12%"},
		{"12 percent of voters", "12 percent=12%"},
		{"$1.2 million", "1.2 million=1200000 USD"},
		{"500 triệu đồng", "500 triệu=500000000 VND"},
		{"USD 30 million", "30 million=30000000 USD"},
		{"100 đô la Mỹ", "100=100 USD"},
		{"50.000đ", "50.000=50000 VND"},
		// Ranges.
		{"20-30 người", "20-30=20..30"},
		{"20 – 30%", "20 – 30%=20..30%"},
		{"20%-30%", "20%-30%=20..30%"},
		{"từ 20 đến 30 ca", "20 đến 30=20..30"},
		{"between 20 and 30 people", "20 and 30=20..30"},
		{"5-7 tỷ đồng", "5-7 tỷ=5000000000..7000000000 VND"},
		{"hai đến ba người", "hai đến ba=2..3"},
		{"còn 20\n- 30 người", "20=20; 30=30"},
		{"thắng 3-1", ""},
		{"3 hoặc 4 người, ba hoặc bốn người, hai hay ba ngày", "3 hoặc 4=3..4; ba hoặc bốn=3..4; hai hay ba=2..3"},
		{"one or two people, 3 or 4", "one or two=1..2; 3 or 4=3..4"},
		{"phạt 5 hoặc 10 triệu", "5 hoặc 10 triệu=5000000..10000000"},
		{"ba hoặc mẹ, ba đến chơi", ""},
		{"between two and three hundred people", "two and three hundred=200..300"},
		{"từ hai đến ba trăm triệu đồng", "hai đến ba trăm triệu=200000000..300000000 VND"},
		{"20 đến một trăm triệu", "20 đến một trăm triệu=20000000..100000000"},
		{"2-3 chục người, 2-3 nghìn tỷ", "2-3 chục=20..30; 2-3 nghìn tỷ=2e+12..3e+12"},
		{"giữa hai và ba trăm, two and three hundred", "hai và ba trăm=200..300; two=2; three hundred=300"},
		{"90 to 120, five to one hundred", "90 to 120=90..120; five to one hundred=5..100"},
		// No figures.
		{"ngày 6/2/2017", ""},
		{"ngày 28-11", ""},
		{"sáng 15-11, tối 5-7", ""},
		{"trước 31-12-2024, từ 30-8", ""},
		{"từ 6-7/11", ""},
		{"tháng 1-2025", ""},
		{"trong năm 2024", ""},
		{"đợt 2, vành đai 3", ""},
		{"70 năm thành lập", "70=70"},
		{"năm học này", ""},
		{"ba mẹ tôi", ""},
		{"các nhà đầu tư nước ngoài", ""},
		{"khó đến mấy", ""},
		{"lúc 10h30", ""},
		{"at 10:30", ""},
		{"năm 2017", ""},
		{"in 2017", ""},
		{"giai đoạn 2019-2020", ""},
		{"điều 5 nghị định 15", ""},
		{"Covid-19", ""},
		{"the 21st century", ""},
		{"May 5", ""},
		{"tháng 9", ""},
		{"trong số 30 người", "30=30"},
		{"mỗi ngày 3 ca", "3=3"},
		// Without marks.
		{"co hon 30 nguoi chet vi lu quet, nuoc da rut", "30=30 least"},
		{"ba muoi mot nguoi chet vi lu quet o huyen nay", "ba muoi mot=31"},
		{"hai phay nam trieu nguoi chet vi lu quet o huyen nay", "hai phay nam trieu=2500000"},
		{"3 hoac 4 nguoi chet vi lu quet o huyen nay", "3 hoac 4=3..4"},
		{"hai nam ruoi nguoi dan bi lu quet o huyen nay", "hai nam ruoi=2.5"},
	} {
		d := Analyze(tt.in)
		if got := show(d); got != tt.want {
			t.Errorf("Numbers(%q) = %s; want %s", tt.in, got, tt.want)
		}
		checkNumbers(t, d)
	}
}

// checkNumbers holds the figures of d to what Number promises.
func checkNumbers(t *testing.T, d *Doc) {
	t.Helper()
	last := 0
	for _, n := range Numbers(d) {
		if n.First < last || n.Last <= n.First || n.Last > len(d.Tokens) || n.Start != d.Tokens[n.First].Start || n.End < d.Tokens[n.Last-1].End ||
			n.End > len(d.Text) || !(n.Value <= n.High) {
			t.Errorf("figure %+v of %q is out of range", n, d.Text)
		}
		last = n.Last
	}
}
