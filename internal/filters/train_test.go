package filters

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"haidang/classifier/telling"
	"haidang/internal/article"
)

// TestTrainTellingLeavesExamsAndAnsweredArticlesOut: nothing is learnt from an exam, nor from news that names its source.
func TestTrainTellingLeavesExamsAndAnsweredArticlesOut(t *testing.T) {
	rules := shippedRules(t)
	var gold strings.Builder
	for i := range 6 {
		fmt.Fprintf(&gold, "-- carries vi other --\nChuyện động trời thứ %d\nBà con chuyền tay nhau kẻo muộn. Không ai dám hé răng.\n", i)
		fmt.Fprintf(&gold, "-- ordinary vi other --\nPhiên chợ thứ %d\nRau được mùa, giá giữ nguyên. Khách tới đông từ sớm.\n", i)
	}
	set := fstest.MapFS{
		"a.txtar":    {Data: []byte(gold.String())},
		"exam.txtar": {Data: []byte(strings.Repeat("-- carries vi other --\nĐộc nhất\nVũ trụ huyền bí kêu gọi. Vũ trụ huyền bí trả lời.\n", 5))},
	}
	ordinary := func(_ context.Context, each func(*article.Article) error) error {
		for i := range 6 {
			for _, a := range []article.Article{
				{Title: fmt.Sprintf("Đường làng thứ %d", i), Text: "Con đường rợp bóng tre. Trẻ nhỏ thả diều buổi chiều."},
				{Title: fmt.Sprintf("Hội nghị thứ %d", i), Text: "Công an tỉnh cho biết vụ cháy thiêu rụi xưởng gỗ. Không ai bị thương."},
			} {
				if err := each(&a); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var out, notes bytes.Buffer
	if err := TrainTelling(t.Context(), rules, set, ordinary, Streams{Out: &out, Err: &notes}); err != nil {
		t.Fatal(err)
	}
	if want := "12 texts of the gold set, 6 of them rumours, and 6 ordinary"; !strings.Contains(notes.String(), want) {
		t.Errorf("it says %q, want %q", notes.String(), want)
	}
	if _, err := telling.Parse(out.Bytes()); err != nil {
		t.Errorf("what it wrote cannot be read: %v", err)
	}
	for word, want := range map[string]bool{"răng": true, "diều": true, "trụ": false, "xưởng": false} {
		if got := strings.Contains(out.String(), word); got != want {
			t.Errorf("the model knows %q: %t, want %t", word, got, want)
		}
	}
}
