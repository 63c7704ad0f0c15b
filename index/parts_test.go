package index

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"haidang/internal/article"
)

func TestBloomNeverSaysNoWrongly(t *testing.T) {
	b := newBloom(1000)
	wrong := 0
	for i := range 1000 {
		b.add(fmt.Sprintf("%x", i*i))
	}
	for i := range 1000 {
		if id := fmt.Sprintf("%x", i*i); !b.mayHold(id) {
			t.Fatalf("mayHold(%q) = false for an ID that was added", id)
		}
		if b.mayHold(fmt.Sprintf("no %d", i)) {
			wrong++
		}
	}
	if wrong > 40 {
		t.Errorf("%d of 1000 unknown IDs may be held, want about 10", wrong)
	}
}

func TestResultJSON(t *testing.T) {
	a := made(1, "Bản tin", "Nước sông dâng.")
	want := Result{
		Total: 7, AtLeast: true, Took: 1500 * time.Microsecond, Partial: []string{"x"}, SearchedBack: start, Next: "n",
		Hits: []Hit{{Article: a, Score: 1.5, Highlights: []Highlight{{article.Text, 0, 6}}, Snippet: Snippet{article.Text, 0, 19}}},
	}
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	var got Result
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	hit := fields["hits"].([]any)[0].(map[string]any)
	if fields["total"] != 7.0 || fields["took_ms"] != 1.5 || hit["title"] != "Bản tin" || hit["score"] != 1.5 {
		t.Errorf("JSON is %s", raw)
	}
	empty, err := json.Marshal(Result{})
	if string(empty) != `{"total":0,"took_ms":0,"hits":[]}` || err != nil {
		t.Errorf("empty result is %s, %v", empty, err)
	}
}

func FuzzAround(f *testing.F) {
	f.Add("Nước sông dâng cao ở hạ lưu.", 3, 9)
	f.Add("", 0, 0)
	f.Fuzz(func(t *testing.T, s string, start, end int) {
		if start < 0 || end < start || end > len(s) || !utf8.ValidString(s) || !utf8.ValidString(s[start:end]) {
			return
		}
		got := around(s, article.Text, start, end)
		if got.Start < 0 || got.Start > start || got.End < end || got.End > len(s) {
			t.Fatalf("around(%q, %d, %d) = %+v", s, start, end, got)
		}
		if piece := s[got.Start:got.End]; !utf8.ValidString(piece) || len(piece) > 2*snippetBytes+end-start {
			t.Fatalf("around(%q, %d, %d) = %q", s, start, end, piece)
		}
	})
}

func FuzzParseCursor(f *testing.F) {
	f.Add(cursor{Sort: BySeen, After: &place{Key: 1.25, ID: "a"}, Verified: 3}.String())
	f.Add("e30")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCursor(s, BySeen)
		if err != nil || c == nil {
			return
		}
		again, err := parseCursor(c.String(), BySeen)
		if err != nil || again.String() != c.String() {
			t.Fatalf("parseCursor(%q) = %+v, printed and read again %+v, %v", s, c, again, err)
		}
	})
}
