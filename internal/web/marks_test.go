package web

import (
	"slices"
	"strings"
	"testing"

	"haidang/alerting"
	"haidang/internal/article"
)

// shown writes a passage with its marks in brackets.
func shown(p passage) string {
	var out strings.Builder
	for _, piece := range p.Pieces {
		if piece.Marked {
			out.WriteString("[" + piece.Text + "]")
		} else {
			out.WriteString(piece.Text)
		}
	}
	return out.String()
}

// cut makes a snippet from a text in which [brackets] hold the marked words and ! begins another clause.
func cut(s string) alerting.Snippet {
	var out alerting.Snippet
	for i, part := range strings.Split(s, "[") {
		word, rest, marked := strings.Cut(part, "]")
		if i == 0 || !marked {
			out.Text += part
			continue
		}
		word, other := strings.CutPrefix(word, "!")
		m := alerting.Mark{Start: len(out.Text), End: len(out.Text) + len(word), Clause: "burst"}
		if other {
			m.Clause = "signal:urgent"
		}
		out.Marks = append(out.Marks, m)
		out.Text += word + rest
	}
	return out
}

func TestPassagesAreTidy(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
		cut            alerting.Cut
	}{
		{"words of one clause that stand together are one mark", "[cắt điện] [toàn thành phố] nhé", "[cắt điện toàn thành phố] nhé", alerting.Cut{}},
		{"words of two clauses stay apart", "[cắt điện] [!gấp] nhé", "[cắt điện] [gấp] nhé", alerting.Cut{}},
		{"a word in between keeps them apart", "[vỡ] cái [đập]", "[vỡ] cái [đập]", alerting.Cut{}},
		{"the end of the paragraph before is dropped", "nốt câu.\n\nHôm nay [vỡ đập]", "Hôm nay [vỡ đập]", alerting.Cut{Before: true}},
		{"the beginning of the paragraph after is dropped", "Hôm nay [vỡ đập] rồi.\n\nSiêu thị gần", "Hôm nay [vỡ đập] rồi.", alerting.Cut{After: true}},
		{"a text that is not cut is whole", "Một.\n\n[vỡ đập]\n\nBa.", "Một.\n[vỡ đập]\nBa.", alerting.Cut{}},
		{"nothing but a mark", "[vỡ đập]", "[vỡ đập]", alerting.Cut{Before: true, After: true}},
		{"nothing", "", "", alerting.Cut{Before: true, After: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := cut(tt.in)
			s.Cut = tt.cut
			if got := shown(passageOf(s)); got != tt.want {
				t.Errorf("passage of %q = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestMarksThatLie: snippets come from a database that another version may have written.
func TestMarksThatLie(t *testing.T) {
	s := alerting.Snippet{Text: "vỡ đập", Marks: []alerting.Mark{{Start: 4, End: 2}, {Start: 0, End: 4, Clause: "a"}, {Start: 1, End: 99}, {Start: 2, End: 4}}}
	if got := shown(passageOf(s)); got != "[vỡ] đập" {
		t.Errorf("passage = %q", got)
	}
}

func TestScoreLinesNameTheirWords(t *testing.T) {
	passages := []passage{passageOf(cut("[vỡ đập] rồi, [Vỡ đập], [đê vỡ], [nứt], [toác], [sập], chia sẻ [!gấp]"))}
	passages[0].Pieces = append(passages[0].Pieces, piece{Text: "bác bỏ", Clause: "stance:denies", Marked: true})
	lines := scoreLines("vi", []article.Part{{Clause: "burst", Points: 45}, {Clause: "buried", Points: -15}}, passages)
	if len(lines) != 3 {
		t.Fatalf("lines = %+v", lines)
	}
	if want := []string{"vỡ đập", "đê vỡ", "nứt", "toác", "…"}; !slices.Equal(lines[0].Words, want) || lines[0].Signed() != "+45" || lines[0].Bar() != 45 {
		t.Errorf("first line = %+v, want the words %q", lines[0], want)
	}
	if lines[1].Signed() != "−15" || !lines[1].Minus() || lines[1].Bar() != 15 || lines[1].Words != nil {
		t.Errorf("second line = %+v", lines[1])
	}
	if lines[2].Counts || lines[2].Kind != markStance || !slices.Equal(lines[2].Words, []string{"bác bỏ"}) {
		t.Errorf("a stance without points = %+v", lines[2])
	}
}

func TestALeadThatBeginsTheTextIsShownOnce(t *testing.T) {
	title, lead := cutAs(article.Title, "Tin [vỡ đập]"), cutAs(article.Lead, "Đập vừa [vỡ].")
	text := cutAs(article.Text, "Đập [!vừa] [vỡ].\nDân chạy.")
	for _, tt := range []struct {
		name string
		in   []alerting.Snippet
		want []string
	}{
		{"same words", []alerting.Snippet{title, lead, text}, []string{"Đập [vừa] [vỡ].\nDân chạy."}},
		{"a lead of its own", []alerting.Snippet{title, cutAs(article.Lead, "Nghe nói [vỡ]"), text}, []string{"Nghe nói [vỡ]", "Đập [vừa] [vỡ].\nDân chạy."}},
		{"a mark in the lead only", []alerting.Snippet{title, cutAs(article.Lead, "[!Đập] vừa vỡ."), text}, []string{"[Đập] vừa vỡ.", "Đập [vừa] [vỡ].\nDân chạy."}},
		{"no marked text", []alerting.Snippet{title, lead}, []string{"Đập vừa [vỡ]."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range viewOf("vi", &alerting.Alert{Snippets: tt.in}).Passages {
				got = append(got, shown(p))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("passages = %q, want %q", got, tt.want)
			}
		})
	}
}

func cutAs(field article.Field, s string) alerting.Snippet {
	out := cut(s)
	out.Field = field
	return out
}
