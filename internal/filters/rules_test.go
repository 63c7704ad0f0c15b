package filters

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haidang/classifier"
	"haidang/internal/article"
)

// shippedRules are the rules of the repository.
func shippedRules(t *testing.T) *classifier.Classifier {
	t.Helper()
	c, err := LoadRules(classifier.DefaultConfig(), os.DirFS("../../configs"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const rumours = `{"id":"a1","outlet":"Tin Nhanh","first_seen":"2026-11-20T23:00:00Z","title":"Vỡ đập thủy điện ở Thanh Hóa, nước đang tràn về hạ du","text":"Theo thông tin lan truyền trên các nhóm Zalo, đập thủy điện ở thượng nguồn vừa vỡ lúc 2 giờ sáng, ngay trên bản Mường Thử. Bà con hãy chia sẻ gấp."}
{"id":"a2","outlet":"Báo Bến Cảng","first_seen":"2026-11-21T01:00:00Z","title":"Không có chuyện vỡ đập thủy điện ở Thanh Hóa","text":"Công an tỉnh khẳng định thông tin vỡ đập lan truyền trên mạng xã hội là tin giả, gây hoang mang dư luận."}
{"id":"a3","outlet":"Báo Bến Cảng","first_seen":"2026-11-21T02:00:00Z","title":"Khai trương \u001b[31mđường hoa","text":"Đường hoa xuân mở cửa đón khách từ sáng nay."}
`

func rulesStreams() (Streams, *strings.Builder, *strings.Builder) {
	var out, errs strings.Builder
	return Streams{strings.NewReader(rumours), &out, &errs}, &out, &errs
}

func TestWhyShowsTheAdditionAndWhatIsMissing(t *testing.T) {
	c := shippedRules(t)
	std, out, _ := rulesStreams()
	if err := Why(c, nil, "-", false, QueryOptions{Lang: "en"}, std); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"rings  disaster-dam-burst (vi, " + c.Version(), "✓ burst +45", "burst +45, signal:", "needs 60", "→ rings: check this claim", "→ silent: the article denies it", "stance: denies"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("why lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("an escape of a title reached the terminal")
	}
	std, out, _ = rulesStreams()
	if err := Why(c, []string{"health-miracle-cure"}, "-", true, QueryOptions{Lang: "vi"}, std); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "✗ cure +45 bắt buộc, không thấy"); n != 3 || !strings.Contains(out.String(), "→ không nhận ra: thiếu cure") {
		t.Errorf("what was missed is told %d times, want for each of 3 articles:\n%s", n, out)
	}
	if err := Why(c, []string{"no-such"}, "-", false, QueryOptions{}, std); err == nil || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("a claim that does not exist = %v", err)
	}
}

func TestPreviewCountsDaysSourcesAndOverlap(t *testing.T) {
	c := shippedRules(t)
	std, out, _ := rulesStreams()
	if err := PreviewRules(t.Context(), c, []string{"disaster-dam-burst"}, LineArticles(nil, std), QueryOptions{JSON: true}, std); err != nil {
		t.Fatal(err)
	}
	var p Preview
	if err := json.Unmarshal([]byte(out.String()), &p); err != nil {
		t.Fatal(err)
	}
	if p.Articles != 3 || p.Found != 2 || p.Rings != 1 || p.PerDay["2026-11-21"] != 1 || p.PerField["Tin Nhanh"] != 1 || p.Silent["answered"] != 1 || len(p.Samples) != 1 || p.Noisy {
		t.Errorf("preview = %+v, want one ring of three articles, on the day of Hà Nội", p)
	}
	noisy := func(_ context.Context, each func(*article.Article) error) error {
		for range 60 {
			a := article.Article{Title: "Vỡ đập thủy điện ở Thanh Hóa", Text: "Theo thông tin lan truyền trên các nhóm Zalo, đập vừa vỡ. Bà con hãy chia sẻ gấp."}
			if err := each(&a); err != nil {
				return err
			}
		}
		return nil
	}
	std, out, _ = rulesStreams()
	if err := PreviewRules(t.Context(), c, nil, noisy, QueryOptions{Lang: "en"}, std); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "60 ring") || !strings.Contains(out.String(), "Noisy:") || strings.Count(out.String(), "Vỡ đập") != samples {
		t.Errorf("preview of noise:\n%s", out)
	}
}

func TestDiffNamesWhatStartsAndStopsRinging(t *testing.T) {
	c := shippedRules(t)
	folder := t.TempDir()
	if err := os.CopyFS(folder, mustSub(t)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "claims", "disaster-epidemic.yaml")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(raw), "    severity: critical\n", "    severity: critical\n    exclude:\n      vi: '\"Mường Thử\"'\n", 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := LoadRules(classifier.DefaultConfig(), os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	std, out, _ := rulesStreams()
	if err := DiffRules(t.Context(), c, other, LineArticles(nil, std), QueryOptions{Lang: "en"}, std); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "− Tin Nhanh: Vỡ đập thủy điện ở Thanh Hóa") || !strings.Contains(out.String(), "3 articles: 0 more ring, 1 fewer") {
		t.Errorf("diff:\n%s", out)
	}
}

func mustSub(t *testing.T) fs.FS {
	t.Helper()
	if _, err := os.Stat("../../configs/claims"); err != nil {
		t.Fatal(err)
	}
	return rulesOnly{os.DirFS("../../configs")}
}

// rulesOnly leaves out what is no rule.
type rulesOnly struct{ fs.FS }

func (r rulesOnly) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(r.FS, name)
	if name != "." {
		return entries, err
	}
	var out []fs.DirEntry
	for _, e := range entries {
		if e.Name() == "claims" || strings.HasSuffix(e.Name(), ".yaml") && e.Name() != "sources.yaml" {
			out = append(out, e)
		}
	}
	return out, err
}

func TestListShowAndTestOfRules(t *testing.T) {
	c := shippedRules(t)
	std, out, _ := rulesStreams()
	for _, do := range []func() error{
		func() error { return ListRules(c, QueryOptions{Lang: "en"}, std) },
		func() error { return ShowRule(c, "disaster-dam-burst", QueryOptions{Lang: "en"}, std) },
		func() error { return TestRules(c, nil, QueryOptions{Lang: "en"}, std) },
		func() error { return TestRules(c, []string{"disaster-dam-burst"}, QueryOptions{JSON: true}, std) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"claims, rule set " + c.Version(), "burst +45, required", `"vỡ đập" OR`, "0 wrong", `"kind":"no_match"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	if err := ShowRule(c, "x", QueryOptions{}, std); err == nil {
		t.Error("a claim that does not exist is shown")
	}
	stop := errors.New("stop")
	if err := LineArticles(nil, Streams{In: strings.NewReader(rumours)})(t.Context(), func(*article.Article) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the reader of articles = %v", err)
	}
}
