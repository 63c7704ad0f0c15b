package classifier_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"haidang/classifier"
	"haidang/internal/article"
)

func rumour() *article.Article {
	return &article.Article{
		Title: "Vỡ đập thủy điện ở Nghệ An, nước tràn về hạ du",
		Lead:  "Tin đang lan truyền trên các nhóm Zalo.",
		Text:  "Nghe nói vo\u031b\u0303 đập lúc 2 giờ sáng.\n\nBà con hãy chia sẻ gấp, báo chí im lặng.",
	}
}

// TestVerdictAddsUp: the score is the sum of its parts, and every span lies in its field and names its clause.
func TestVerdictAddsUp(t *testing.T) {
	c := load(t)
	for _, item := range append(goldItems(t), goldItem{article: *rumour()}) {
		a := &item.article
		for _, m := range c.Classify(a).Claims {
			sum := 0
			for _, p := range m.Parts {
				sum += p.Points
			}
			if sum != m.Score || m.Score < 0 || m.Score > 100 {
				t.Errorf("%q: %s scores %d, its parts add up to %d: %v", a.Title, m.ID, m.Score, sum, m.Parts)
			}
			for _, s := range m.Spans {
				if field := a.Get(s.Field); s.Start < 0 || s.Start >= s.End || s.End > len(field) || s.Clause == "" {
					t.Errorf("%q: %s has a bad span %+v in a field of %d bytes", a.Title, m.ID, s, len(field))
				}
			}
			if m.Rings != (m.Silent == "") {
				t.Errorf("%q: %s rings %t with silent %q", a.Title, m.ID, m.Rings, m.Silent)
			}
		}
	}
}

// TestSpansAreExact: offsets count bytes of the text as written, decomposed letters included.
func TestSpansAreExact(t *testing.T) {
	a := rumour()
	v := load(t).Classify(a)
	if !v.Rings || v.Severity != article.Critical {
		t.Fatalf("rings %t, severity %q: %+v", v.Rings, v.Severity, v)
	}
	var words []string
	for _, m := range v.Claims {
		for _, s := range m.Spans {
			words = append(words, a.Get(s.Field)[s.Start:s.End])
		}
	}
	for _, want := range []string{"Vỡ đập", "vo\u031b\u0303 đập", "đang lan truyền", "báo chí im lặng"} {
		if !slices.Contains(words, want) {
			t.Errorf("no span marks %q; spans mark %q", want, words)
		}
	}
}

// TestSameVerdictAlways: two classifiers, many goroutines, one answer to the byte.
func TestSameVerdictAlways(t *testing.T) {
	one := load(t)
	two, err := loadShipped()
	if err != nil {
		t.Fatal(err)
	}
	if one.Version() != two.Version() {
		t.Fatalf("versions of the same rules differ: %s and %s", one.Version(), two.Version())
	}
	items := goldItems(t)
	want := make([]string, len(items))
	for i := range items {
		want[i] = encode(t, one.Classify(&items[i].article))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range items {
				a := items[i].article
				if got := encode(t, two.Classify(&a)); got != want[i] {
					t.Errorf("%q: the verdict differs:\n%s\n%s", a.Title, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

func encode(t *testing.T, v article.Verdict) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

func TestPlaces(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		text string
		want string
	}{
		{"Mưa lớn tại Hòa Bình và Hoà Bình", "hoa-binh phu-tho"},
		{"Cả thế giới mong hòa bình", ""},
		{"HÒA BÌNH LẬP LẠI", ""},
		{"Đêm Huế, cố đô Huế", "hue"},
		{"Cổ phiếu xi măng Hà Tiên tăng", ""},
		{"Bãi biển Hà Tiên", "an-giang ha-tien"},
		{"Vượt Thái Bình Dương", ""},
		{"Lúa Thái Bình được mùa", "hung-yen thai-binh"},
		{"Viện hải dương học", ""},
		{"TP.HCM và Bà Rịa - Vũng Tàu", "ba-ria-vung-tau ho-chi-minh"},
		{"vo dap o nghe an, dan tinh thanh hoa so tan", "nghe-an thanh-hoa"},
		{"Flooding in Ha Noi and Thua Thien Hue", "ha-noi hue"},
		{"Đặc khu Phú Quốc, quần đảo Trường Sa", "an-giang khanh-hoa phu-quoc truong-sa"},
	} {
		got := strings.Join(c.Classify(&article.Article{Title: tt.text}).Places, " ")
		if got != tt.want {
			t.Errorf("places of %q = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestAboutVietnam(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		title, text string
		want        bool
	}{
		{"Giá rau ở chợ tăng", "Tiểu thương nói hàng về ít.", true},
		{"Động đất ở Nhật Bản", "Tokyo rung lắc mạnh.", false},
		{"Việt Nam chia buồn với Nhật Bản", "Người Việt ở Tokyo an toàn.", true},
		{"Earthquake in Japan", "Tokyo shook.", false},
		{"Vietnam's exports rise", "The United States remains the largest market.", true},
	} {
		if got := c.Classify(&article.Article{Title: tt.title, Text: tt.text}).AboutVietnam; got != tt.want {
			t.Errorf("about Việt Nam(%q) = %t, want %t", tt.title, got, tt.want)
		}
	}
}

func TestTopics(t *testing.T) {
	v := load(t).Classify(&article.Article{Title: "Bão số 3 gây mưa lũ, sạt lở", Text: "Khí tượng thủy văn cảnh báo lũ quét."})
	if !slices.Contains(v.Topics, "disaster-weather") {
		t.Errorf("topics = %v, want disaster-weather among them", v.Topics)
	}
}

// TestBadRules: all problems at once, each with its file and line.
func TestBadRules(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"cues.yaml", "topics.yaml", "places.yaml", "claims/lists.yaml"} {
		data, err := os.ReadFile("../configs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	files["claims/bad.yaml"] = &fstest.MapFile{Data: []byte(`field: nonsense
claims:
  - id: bad-query
    version: 1
    kind: pattern
    statement: {vi: a, en: b}
    severity: loud
    owner: desk
    review_by: soon
    verdict: "false"
    clauses:
      - {name: one, weight: 40, required: true, vi: '("vỡ đập"', en: '@nolist'}
    examples: {match: [x], no_match: [y], denies: []}
`)}
	_, err := classifier.Load(files)
	if err == nil {
		t.Fatal("bad rules were accepted")
	}
	for _, want := range []string{
		"claims/bad.yaml:3", "clause one, vi", "there is no list @nolist", `severity: "loud"`, "review_by", `field: "nonsense"`,
		"needs decided_by and evidence", "denies each need at least one",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	files["claims/bad.yaml"] = &fstest.MapFile{Data: []byte("field: other\nclaims:\n  - id: a-b\n    colour: red\n")}
	if _, err := classifier.Load(files); err == nil || !strings.Contains(err.Error(), "colour") || !strings.Contains(err.Error(), "claims/bad.yaml") {
		t.Errorf("an unknown key gave %v", err)
	}
	if _, err := classifier.New(classifier.Config{}, classifier.Deps{Rules: os.DirFS("../configs")}); err == nil || !strings.Contains(err.Error(), "max_spans") {
		t.Errorf("an empty configuration gave %v", err)
	}
}

// TestFailingExample: a claim whose example fails blocks loading, and says which and why.
func TestFailingExample(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"cues.yaml", "topics.yaml", "places.yaml", "claims/lists.yaml"} {
		data, err := os.ReadFile("../configs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	files["claims/other.yaml"] = &fstest.MapFile{Data: []byte(`field: other
claims:
  - id: other-test
    version: 1
    kind: pattern
    statement: {vi: a, en: b}
    severity: normal
    owner: desk
    review_by: 2027-01-01
    verdict: undetermined
    clauses:
      - {name: dragon, weight: 45, required: true, vi: '"con rồng"', en: dragon}
    examples:
      match: ["Con rồng hiện ra ở Hà Nội"]
      no_match: ["Con rồng hiện ra, tin đang lan truyền"]
      denies: ["Con rồng hiện ra ở Hà Nội"]
`)}
	_, err := classifier.Load(files)
	if err == nil {
		t.Fatal("failing examples were accepted")
	}
	for _, want := range []string{"claims/other.yaml:3", "examples.match[0]", "silent (score)", "examples.no_match[0]", "must not ring", "examples.denies[0]", "stance is carries"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

// FuzzClassify: any bytes get a verdict whose spans lie in the text.
func FuzzClassify(f *testing.F) {
	c := load(f)
	f.Add("Vỡ đập", "lan truyền", "bị vỡ đập \xff\xfe không phải là tin giả")
	f.Add("Dam burst in Vietnam", "", "viral \u200b posts say 100 dead")
	f.Fuzz(func(t *testing.T, title, lead, text string) {
		a := &article.Article{Title: title, Lead: lead, Text: text}
		for _, m := range c.Classify(a).Claims {
			for _, s := range m.Spans {
				if s.Start < 0 || s.End > len(a.Get(s.Field)) || s.Start >= s.End {
					t.Errorf("span %+v outside %q", s, a.Get(s.Field))
				}
			}
		}
	})
}
