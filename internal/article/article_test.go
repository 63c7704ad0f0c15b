package article_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haidang/internal/article"
)

func TestCanonicalize(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "https://bao.vn/tin/a-123.html", "https://bao.vn/tin/a-123.html"},
		{"case and default port", "HTTPS://Bao.VN:443/Tin/A.html", "https://bao.vn/Tin/A.html"},
		{"fragment", "https://bao.vn/a.html#binh-luan", "https://bao.vn/a.html"},
		{"credentials", "https://u:p@bao.vn/a", "https://bao.vn/a"},
		{"tracking", "https://bao.vn/a?utm_source=x&utm_medium=y&fbclid=z", "https://bao.vn/a"},
		{"tracking beside content", "https://bao.vn/a?id=7&utm_source=x", "https://bao.vn/a?id=7"},
		{"order of parameters", "https://bao.vn/a?b=2&a=1", "https://bao.vn/a?a=1&b=2"},
		{"empty query", "https://bao.vn/a?", "https://bao.vn/a"},
		{"mobile host", "https://m.bao.vn/a.html", "https://bao.vn/a.html"},
		{"mobile host is all there is", "https://m.vn/a", "https://m.vn/a"},
		{"amp path", "https://bao.vn/a.html/amp", "https://bao.vn/a.html"},
		{"amp extension", "https://bao.vn/a.amp.html", "https://bao.vn/a.html"},
		{"amp parameter", "https://bao.vn/a.html?amp=1", "https://bao.vn/a.html"},
		{"amphibians are no amp", "https://bao.vn/vamp", "https://bao.vn/vamp"},
		{"dots in the path", "https://bao.vn/a/../b", "https://bao.vn/b"},
		{"letters outside ASCII", "https://bao.vn/đập", "https://bao.vn/%C4%91%E1%BA%ADp"},
		{"white space around", "  https://bao.vn/a\n", "https://bao.vn/a"},
		{"port kept", "http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := article.Canonicalize(tt.in)
			if err != nil || got != tt.want {
				t.Errorf("Canonicalize(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
			}
			again, err := article.Canonicalize(got)
			if err != nil || again != got {
				t.Errorf("Canonicalize(%q) = %q, %v: not the same again", got, again, err)
			}
		})
	}
}

func TestCanonicalizeRefuses(t *testing.T) {
	for _, in := range []string{"", "bao.vn/a", "javascript:alert(1)", "ftp://bao.vn/a", "http://", "http://[::1", "https://bao.vn/" + strings.Repeat("a", 3000)} {
		if got, err := article.Canonicalize(in); err == nil {
			t.Errorf("Canonicalize(%.60q) = %q, want an error", in, got)
		}
	}
	if _, err := article.Canonicalize("ftp://bao.vn/a"); !errors.Is(err, article.ErrNotWeb) {
		t.Errorf("error of an ftp address is %v, want ErrNotWeb", err)
	}
}

func TestIDSharesSchemesAndWWW(t *testing.T) {
	want := article.ID("https://bao.vn/a")
	for _, u := range []string{"http://bao.vn/a", "https://www.bao.vn/a"} {
		if got := article.ID(u); got != want {
			t.Errorf("ID(%q) = %s, want %s", u, got, want)
		}
	}
	if article.ID("https://bao.vn/b") == want {
		t.Error("two pages share an ID")
	}
}

func TestCodecRoundTrip(t *testing.T) {
	in := article.Article{
		Schema: article.SchemaVersion, ID: "x1", URL: "https://bao.vn/a", Title: "Đập <b>vỡ</b> & nước", Text: "một\nhai",
		Published: time.Date(2026, 11, 22, 6, 45, 0, 0, time.UTC), PublishedFrom: article.DateFromFeed, Origin: article.Live,
		Verdict: &article.Verdict{Rings: true, Score: 80, Claims: []article.ClaimMatch{{ID: "dam", Stance: article.Carries, Spans: []article.Span{{Field: article.Title, Start: 0, End: 5}}}}},
	}
	b, err := article.Encode(&in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := article.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("Decode(Encode(a)) differs (-want +got):\n%s", diff)
	}
}

func TestDecodeNamesTheProblem(t *testing.T) {
	tests := []struct {
		in   string
		want error
	}{
		{`{"schema":2,"id":"x","title":["a new shape"]}`, article.ErrNewerSchema},
		{`{"schema":1,"title":"no id"}`, article.ErrMalformed},
		{`{"schema":1,"id":"x","title":7}`, article.ErrMalformed},
		{`not json`, article.ErrMalformed},
		{``, article.ErrMalformed},
	}
	for _, tt := range tests {
		if _, err := article.Decode([]byte(tt.in)); !errors.Is(err, tt.want) {
			t.Errorf("Decode(%q) = %v, want %v", tt.in, err, tt.want)
		}
	}
}

func TestReviseFollowsTheWording(t *testing.T) {
	a := article.Article{Title: "Đập thủy điện vỡ trong đêm", Text: "Nước lũ tràn về hạ du, người dân chạy lũ trong đêm tối."}
	a.Revise()
	first := a.Revision
	if a.Language != "vi" || first == "" || a.Fingerprint == "" {
		t.Fatalf("Revise left language %q, revision %q, fingerprint %q", a.Language, first, a.Fingerprint)
	}
	a.Title += " (cập nhật)"
	a.Revise()
	if a.Revision == first {
		t.Error("another headline has the same revision")
	}
}

func TestParseRecord(t *testing.T) {
	tests := []struct {
		name, in, id, title, lead, text, outlet string
		extra                                   []string
	}{
		{"aliases", `{"id":"n-1","title":"T","summary":"L","body":"B","source":"S","category":"C"}`, "n-1", "T", "L", "B", "S", []string{"category"}},
		{"our names win", `{"id":"n-1","title":"T","text":"ours","body":"theirs"}`, "n-1", "T", "", "ours", "", []string{"body"}},
		{"empty text gives way", `{"id":"n-1","title":"T","text":"","body":"theirs"}`, "n-1", "T", "", "theirs", "", nil},
		{"nulls", `{"id":"n-1","title":"T","summary":null,"text":null}`, "n-1", "T", "", "", "", []string{"summary"}},
		{"url before id", `{"id":"n-1","link":"http://www.bao.vn/a?utm_source=x","title":"T"}`, article.ID("https://bao.vn/a"), "T", "", "", "", nil},
		{"text only", `{"id":"n-2","text":"chỉ có nội dung"}`, "n-2", "", "", "chỉ có nội dung", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := article.ParseRecord([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if r.ID != tt.id || r.Title != tt.title || r.Lead != tt.lead || r.Text != tt.text || r.Outlet != tt.outlet {
				t.Errorf("ParseRecord(%s) = %+v", tt.in, r.Article)
			}
			for _, name := range tt.extra {
				if _, ok := r.Extra[name]; !ok {
					t.Errorf("field %q was dropped", name)
				}
			}
		})
	}
}

func TestParseRecordDates(t *testing.T) {
	r, err := article.ParseRecord([]byte(`{"id":"a","title":"T","date":"2016-11-28"}`))
	if err != nil || r.Published.UTC().Format(time.RFC3339) != "2016-11-27T17:00:00Z" || r.PublishedFrom != article.DateFromInput {
		t.Errorf("date without a zone: %v %q %v, want Vietnamese midnight", r.Published, r.PublishedFrom, err)
	}
	r, err = article.ParseRecord([]byte(`{"id":"a","title":"T","published":"hôm qua"}`))
	if err != nil || !r.Published.IsZero() || string(r.Extra["published_raw"]) != `"hôm qua"` {
		t.Errorf("unreadable date: %v, extra %v, %v; want it kept beside the article", r.Published, r.Extra, err)
	}
}

func TestParseRecordRefuses(t *testing.T) {
	for _, in := range []string{`{}`, `{"id":"x"}`, `[]`, `{"title":7}`, `{"title":"T","url":"javascript:x"}`, `{"schema":9,"title":"T"}`, `{"title":"T"`} {
		if r, err := article.ParseRecord([]byte(in)); err == nil {
			t.Errorf("ParseRecord(%s) = %+v, want an error", in, r.Article)
		}
	}
}

func TestRecordKeepsForeignFields(t *testing.T) {
	r, err := article.ParseRecord([]byte(`{"id":"a","title":"T","label":1,"tags":["x"]}`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	if out["label"] != 1.0 || out["title"] != "T" || out["id"] != "a" {
		t.Errorf("fields did not pass through: %s", b)
	}
}

func TestWordingIsTheLastIdentity(t *testing.T) {
	one, err1 := article.ParseRecord([]byte(`{"title":"A","text":"B"}`))
	two, err2 := article.ParseRecord([]byte(`{"title":"AB"}`))
	same, err3 := article.ParseRecord([]byte(`{"title":"A","body":"B"}`))
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if one.ID == two.ID || one.ID != same.ID || one.ID == "" {
		t.Errorf("IDs %q, %q, %q: the wording and its fields must decide", one.ID, two.ID, same.ID)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":1,"id":"x","title":"T","published":"2026-11-22T06:45:00Z"}`))
	f.Add([]byte(`{"schema":2,"id":"x"}`))
	f.Add([]byte(`{"id":"x","verdict":{"claims":[{"spans":[{"field":"title","start":-1}]}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := article.Decode(b)
		if err != nil {
			return
		}
		again, err := article.Encode(&a)
		if err != nil {
			t.Fatalf("decoded and not encoded again: %v", err)
		}
		if _, err := article.Decode(again); err != nil {
			t.Fatalf("own encoding not decoded: %v\n%s", err, again)
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(`{"id":"a","title":"T","summary":null,"body":"B","link":"http://bao.vn/a?x=1&utm_source=y"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := article.ParseRecord(line)
		if err != nil {
			return
		}
		if r.ID == "" {
			t.Fatalf("no ID: %q", line)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatalf("not written again: %v: %q", err, line)
		}
		again, err := article.ParseRecord(b)
		if err != nil || again.ID != r.ID || again.Title != r.Title || again.Text != r.Text {
			t.Fatalf("read back differently (%v):\n%q\n%s", err, line, b)
		}
	})
}
