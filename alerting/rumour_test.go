package alerting

import (
	"math"
	"slices"
	"strings"
	"testing"

	"haidang/internal/article"
	"haidang/internal/text"
)

// report is what an outlet writes of one event.
type report struct{ title, lead, text string }

// Invented reports, each in its own words.
var (
	bank = report{
		"Ngân hàng Hải Thịnh sắp phá sản, khách chen nhau rút tiền", "Tin nhắn lan truyền từ tối qua nói Ngân hàng Hải Thịnh mất khả năng chi trả.",
		`Từ sáng sớm, hàng trăm người đã đứng chờ trước các phòng giao dịch của Ngân hàng Hải Thịnh để tất toán sổ tiết kiệm trước hạn. Theo tin nhắn được
chuyển tiếp trong nhiều nhóm, chủ tịch của nhà băng này đã bỏ trốn cùng 1.200 tỷ đồng. Một phụ nữ nói bà nghe hàng xóm kể lại nên vội đi rút hết tiền.`,
	}
	bankReworded = report{
		"Xếp hàng từ bốn giờ sáng đòi tiền ở Hải Thịnh", "Nghe đồn nhà băng vỡ nợ, người gửi tiết kiệm kéo đến đòi rút tiền.",
		`Chưa đến giờ mở cửa, trước các phòng giao dịch của Hải Thịnh đã chật kín người gửi tiết kiệm. Ai cũng cầm sổ, nói đã đọc tin nhắn rằng chủ tịch bỏ trốn
với 1.200 tỷ đồng, ngân hàng mất khả năng chi trả. Nhân viên chỉ cho mỗi khách rút một phần, khiến nhiều người càng tin là thật.`,
	}
	bankOther = report{
		"Ngân hàng Vạn Cát sắp phá sản, khách chen nhau rút tiền", "Tin nhắn lan truyền từ tối qua nói Ngân hàng Vạn Cát mất khả năng chi trả.",
		`Từ sáng sớm, hàng trăm người đã đứng chờ trước các phòng giao dịch của Ngân hàng Vạn Cát để tất toán sổ tiết kiệm trước hạn. Theo tin nhắn được
chuyển tiếp trong nhiều nhóm, chủ tịch của nhà băng này đã bỏ trốn cùng 1.200 tỷ đồng. Một phụ nữ nói bà nghe hàng xóm kể lại nên vội đi rút hết tiền.`,
	}
	bankEnglish = report{
		"Hai Thinh Bank is insolvent, insiders say", "Depositors were seen queueing before dawn on Tuesday.",
		"The lender has run out of cash and its chairman has left the country, according to messages shared since Monday night. Branches let each customer take out only a part.",
	}
	bankEnglishOther = report{
		"Van Cat Bank is insolvent, insiders say", "Depositors were seen queueing before dawn on Tuesday.",
		"The lender has run out of cash and its chairman has left the country, according to messages shared since Monday night. Branches let each customer take out only a part.",
	}
	slide = report{
		"Lở đất ở Nậm Hoà, 5 người chết", "Khối đất lớn đổ xuống bản Nậm Hoà trong đêm, vùi lấp sáu căn nhà.",
		`Khoảng 2h sáng, sau ba ngày mưa lớn, sườn đồi phía trên bản Nậm Hoà sạt xuống, vùi lấp sáu căn nhà sát suối. Người dân đào bới trong đêm, đưa ra được
thi thể 5 người. Theo lời kể của những người chạy thoát, nhiều người trong bản vẫn còn nằm dưới lớp bùn.`,
	}
	slideGrown = report{
		"Số người chết vì lở đất ở Nậm Hoà tăng lên 8", "Đến chiều, lực lượng tìm kiếm đưa thêm 3 thi thể ra khỏi lớp bùn.",
		`Tới chiều nay, thêm 3 thi thể được đưa ra từ lớp bùn ở bản Nậm Hoà, nâng số người chết lên 8 người. Sườn đồi phía trên bản sạt xuống lúc rạng sáng sau ba
ngày mưa lớn. Người dân nói vẫn còn người nằm dưới những căn nhà bị vùi lấp sát suối.`,
	}
	slideOther = report{
		"Lở đất ở Pa Lạn, 5 người chết", "Khối đất lớn đổ xuống bản Pa Lạn trong đêm, vùi lấp bốn căn nhà.",
		`Khoảng 3h sáng, sau ba ngày mưa lớn, sườn đồi phía trên bản Pa Lạn sạt xuống, vùi lấp bốn căn nhà sát đường. Người dân đào bới trong đêm, đưa ra được
thi thể 5 người. Theo lời kể của những người chạy thoát, nhiều người trong bản vẫn còn nằm dưới lớp bùn.`,
	}
	fine = report{
		"Từ tháng tới phơi quần áo ngoài ban công bị phạt", "Bài đăng nói mỗi lần phơi đồ ngoài ban công bị phạt 5 triệu đồng.",
		`Một bài đăng được chia sẻ hàng nghìn lần nói từ tháng tới, hộ nào phơi quần áo ngoài ban công sẽ bị phạt 5 triệu đồng mỗi lần, tái phạm bị cắt nước. Người
đăng không nói văn bản nào quy định như vậy, chỉ dẫn lời một người quen làm ở phường.`,
	}
	fineOther = report{
		"Nuôi mèo phải nộp phí, không nộp bị phạt", "Theo một đoạn ghi âm, nhà nào nuôi mèo phải nộp 30 triệu đồng.",
		`Đoạn ghi âm dài hai phút lan truyền trong các nhóm cư dân nói mọi nhà nuôi mèo phải nộp 30 triệu đồng trước cuối năm, nếu không sẽ bị phạt gấp đôi. Người
nói tự nhận là cán bộ, không xưng tên. Nhiều người nuôi mèo bàn nhau đem cho bớt.`,
	}
	curfew = report{
		"Sông Lũng sẽ phong tỏa toàn thành phố từ nửa đêm vì dịch", "Theo nguồn tin riêng, lệnh phong tỏa kéo dài 14 ngày đã được ký.",
		`Từ 0 giờ đêm nay toàn thành phố Sông Lũng bị phong tỏa, ai ra đường phải có phiếu. Chợ đóng cửa, mỗi nhà được mua gạo một lần. Nguồn tin nói các chốt
ở cửa ngõ đã được dựng trong chiều.`,
	}
	curfewDenied = report{
		"Sông Lũng bác tin phong tỏa toàn thành phố từ nửa đêm", "Trả lời báo chí chiều nay, đại diện thành phố nói không bàn, không ký quyết định nào như vậy.",
		`"Thành phố không chuẩn bị bất cứ phương án nào như thế, người dân yên tâm làm ăn", người phát ngôn nói, và đề nghị cơ quan chức năng tìm người tung tin.
Siêu thị mở cửa đến mười giờ đêm như mọi ngày.`,
	}
	headline = report{title: "Tin đồn lan nhanh trong đêm, ai cũng sợ"}
)

func (r report) told(places ...string) told {
	return told{title: r.title, lead: r.lead, opening: opening(r.text), outlet: "Báo Bến Cảng", language: "vi", places: places}
}

func (f told) in(language string) told {
	f.language = language
	return f
}

// tells gives an article the words of a report.
func tells(r report) func(*article.Article) {
	return func(a *article.Article) { a.Title, a.Lead, a.Text = r.title, r.lead, r.text }
}

func TestWhichReportsTellOfOneEvent(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b told
		want bool
	}{
		{"reworded copy", bank.told(), bankReworded.told(), true},
		{"reworded copy, a place in one", bank.told("hue"), bankReworded.told(), true},
		{"the same words about another bank", bank.told(), bankOther.told(), false},
		{"the same words about another bank of the same town", bank.told("hue"), bankOther.told("hue"), false},
		{"the same bank in two languages", bank.told(), bankEnglish.told().in("en"), true},
		{"another bank in another language", bank.told(), bankEnglishOther.told().in("en"), false},
		{"a toll grows", slide.told("nam-hoa", "lai-chau"), slideGrown.told("nam-hoa", "lai-chau"), true},
		{"a toll grows, no place known", slide.told(), slideGrown.told(), true},
		{"the same claim and toll elsewhere", slide.told("nam-hoa", "lai-chau"), slideOther.told("pa-lan", "ha-giang"), false},
		{"the same claim and toll elsewhere in the province", slide.told("lai-chau"), slideOther.told("lai-chau"), false},
		{"other sums, nothing in common but the kind", fine.told(), fineOther.told(), false},
		{"one title, nothing else", headline.told(), headline.told(), false},
		{"nothing at all", told{}, told{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := tt.a.telling(), tt.b.telling()
			there, back := a.likeness(b), b.likeness(a)
			if (there >= enough) != tt.want {
				t.Errorf("%.1f points, enough are %d, want one event: %v\n%+v\n%+v", there, enough, tt.want, *a, *b)
			}
			if math.Abs(there-back) > 1e-9 {
				t.Errorf("%.1f points there and %.1f back", there, back)
			}
		})
	}
}

// TestAnAnswerNeedsLess: it denies one rumour, in few words of it, and no other.
func TestAnAnswerNeedsLess(t *testing.T) {
	answer := curfewDenied.told("song-lung").telling()
	if got := answer.likeness(curfew.told("song-lung").telling()); got < enoughAnswer || got >= enough {
		t.Errorf("%.1f points for the rumour that it denies, want from %d to %d", got, enoughAnswer, enough)
	}
	for _, other := range []told{curfew.told("pa-lan"), bank.told("song-lung"), fine.told("song-lung"), slide.told()} {
		if got := answer.likeness(other.telling()); got >= enoughAnswer {
			t.Errorf("%.1f points for %q, want less than %d", got, other.title, enoughAnswer)
		}
	}
}

func TestFiguresDecideWhereNothingElseDoes(t *testing.T) {
	a := told{title: "Bị phạt vì phơi đồ", lead: "Ai phơi đồ ngoài ban công bị phạt 5 triệu đồng, theo một bài đăng", opening: "Bài đăng nói từ tháng tới sẽ phạt."}
	b, c := a, a
	b.opening, c.opening = "Người ta kể nhau nghe tin phạt ấy.", "Người ta kể nhau nghe tin phạt ấy."
	c.lead = "Ai phơi đồ ngoài ban công bị phạt 30 triệu đồng, theo một bài đăng"
	same, other := a.telling().likeness(b.telling()), a.telling().likeness(c.telling())
	if same-other < 2*pointsFigure {
		t.Errorf("%.1f points for the same fine, %.1f for another: want the figure to count both ways", same, other)
	}
}

func TestTelling(t *testing.T) {
	f := slide.told("lai-chau", "nam-hoa", "ha-noi")
	f.opening += " Đoàn công tác từ Hà Nội lên đường."
	f.snippets = []Snippet{{Field: article.Text, Text: "theo anh Lò Văn Pao thì còn 12 người"}}
	got := f.telling()
	if want := []string{"nam-hoa", "ha-noi"}; !slices.Equal(got.places, want) {
		t.Errorf("places = %q, want %q: Lai Châu is not among the words", got.places, want)
	}
	for _, want := range []figure{{"nguoi", 5}, {"nguoi", 12}} {
		if !slices.Contains(got.figures, want) {
			t.Errorf("figures = %v, want %v", got.figures, want)
		}
	}
	if !slices.Contains(got.head, "lo van pao") || slices.Contains(got.names, "nam hoa") || got.bare {
		t.Errorf("head = %q, names = %q, bare = %v", got.head, got.names, got.bare)
	}
}

func TestPairsAreWeighedByRarity(t *testing.T) {
	set := func(words string) *pairSet {
		var s pairSet
		s.add(text.Analyze(words))
		s.finish()
		return &s
	}
	a := set("cho biết ở Nậm Hoà")
	if got := a.cosine(set("ở Nậm Hoà cho biết")); got < 0.5 || got >= 1 {
		t.Errorf("cosine of the same words in another order = %.2f", got)
	}
	common, rare := a.cosine(set("cho biết từ Pa Lạn")), a.cosine(set("đã sạt vào Nậm Hoà"))
	if common <= 0 || rare < 2*common {
		t.Errorf("cosine by a common pair %.2f, by a rare one %.2f: want the rare one to weigh more", common, rare)
	}
	if got := a.cosine(&pairSet{}); got != 0 {
		t.Errorf("cosine with nothing = %.2f", got)
	}
}

func TestOpening(t *testing.T) {
	long := "một hai" + strings.Repeat(" ba", 400)
	if got := opening(long); len(got) > maxOpening || len(got) < openingWords*2 {
		t.Errorf("opening of %d bytes has %d", len(long), len(got))
	}
	if got := opening(" ngắn "); got != " ngắn " {
		t.Errorf("opening(short) = %q", got)
	}
	if got := opening("a\x00b\xff" + long); got == "" {
		t.Error("opening of broken text is empty")
	}
}
