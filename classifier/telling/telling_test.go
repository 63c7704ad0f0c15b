package telling

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"haidang/internal/text"
)

// school is a small world: rumours urge, ordinary articles report.
func school() []Sample {
	var samples []Sample
	for i := range 40 {
		samples = append(
			samples,
			Sample{Title: fmt.Sprintf("Chuyện lạ số %d", i), Body: fmt.Sprintf("Bà con hãy chia sẻ gấp cho nhau kẻo bị xóa, chuyện thứ %d đã giấu kín bao lâu nay. Ai cũng sợ mà không dám nói ra.", i), Rumour: true},
			Sample{Title: fmt.Sprintf("Hội nghị lần %d", i), Body: fmt.Sprintf("Hội nghị tổng kết năm thứ %d diễn ra sáng nay với nhiều đại biểu. Các đại biểu thảo luận về kế hoạch phát triển của ngành.", i)},
			Sample{Language: English, Title: fmt.Sprintf("Secret %d", i), Body: "Share this with your family before they delete it, nobody dares to speak of what they hide from you.", Rumour: true},
			Sample{Language: English, Title: fmt.Sprintf("Exports %d", i), Body: "Exports rose in the quarter on the back of stronger demand, and analysts expect growth to go on next year."},
		)
	}
	return samples
}

func measure(m *Model, lang Language, title, body string) (int, []Word) {
	return m.Measure(Article{Language: lang, Title: text.Analyze(title), Body: []*text.Doc{text.Analyze(body)}})
}

func TestTrainTellsRumoursFromReports(t *testing.T) {
	m := Train(school())
	for _, tt := range []struct {
		name        string
		lang        Language
		title, body string
		rumour      bool
	}{
		{"urges", Vietnamese, "Chuyện ở xã", "Bà con hãy chia sẻ gấp, chuyện này bị giấu kín.", true},
		{"urges without marks", Vietnamese, "Chuyen o xa", "Ba con hay chia se gap cho nhau keo bi xoa, chuyen nay bi giau kin bao lau nay.", true},
		{"reports", Vietnamese, "Hội nghị ngành", "Các đại biểu thảo luận về kế hoạch phát triển.", false},
		{"urges in English", English, "Secret", "Share this with your family before they delete it.", true},
		{"reports in English", English, "Exports", "Analysts expect growth on stronger demand.", false},
	} {
		_, words := measure(m, tt.lang, tt.title, tt.body)
		logOdds := m.bias[tt.lang]
		for _, w := range words {
			logOdds += w.Weight
		}
		if (logOdds > 0) != tt.rumour {
			t.Errorf("%s: log-odds %.2f from %d words", tt.name, logOdds, len(words))
		}
	}
}

// TestPointsGrowBetweenLevels: an article told as most news is loses points, one told as hardly any is gets the most.
func TestPointsGrowBetweenLevels(t *testing.T) {
	m := &Model{levels: [2][]level{{{-4, least}, {-2, 0}, {0, 20}, {1, 40}}, nil}}
	for _, tt := range []struct {
		lang    Language
		logOdds float64
		want    int
	}{{0, -9, least}, {0, -3, -10}, {0, -2, 0}, {0, -1, 10}, {0, 0.5, 30}, {0, 7, 40}, {1, 7, 0}} {
		if got := m.points(tt.lang, tt.logOdds); got != tt.want {
			t.Errorf("points(%d, %v) = %d, want %d", tt.lang, tt.logOdds, got, tt.want)
		}
	}
}

func TestModelRoundTrip(t *testing.T) {
	var first, again, second bytes.Buffer
	if _, err := Train(school()).WriteTo(&first); err != nil {
		t.Fatal(err)
	}
	if _, err := Train(school()).WriteTo(&again); err != nil {
		t.Fatal(err)
	}
	if first.String() != again.String() {
		t.Error("the same samples gave two models")
	}
	m, err := Parse(first.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.WriteTo(&second); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("a model read and written is another")
	}
}

func TestParseTellsEveryMistakeWithItsLine(t *testing.T) {
	_, err := Parse([]byte("# a comment\nfr\ttitle\t0.5\tmot\nvi\ttitle\tmuch\ttừ\nvi\tfoot\t0.1\ttừ\nvi\tlevel\t1\tmany\nvi\n"))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"line 2: language", "line 3: weight", "line 4: zone", "line 5: level", "line 6: it needs"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// TestNamesAndFiguresCountForNothing: another place and another sum are told the same way.
func TestNamesAndFiguresCountForNothing(t *testing.T) {
	m := Train(school())
	a, _ := measure(m, Vietnamese, "chuyện lạ", "Hôm qua ở Bến Tre 12 bà con hãy chia sẻ gấp.")
	b, _ := measure(m, Vietnamese, "chuyện lạ", "Hôm qua ở Lạng Sơn 900 bà con hãy chia sẻ gấp.")
	if a != b {
		t.Errorf("%d points with one name and figure, %d with others", a, b)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("vi\tbias\t-1\nvi\ttitle\t0.5\thãy chia\nvi\tlevel\t0\t10\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err == nil {
			measure(m, Vietnamese, "hãy chia sẻ", string(data))
		}
	})
}
