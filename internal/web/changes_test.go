package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"haidang/crawler"
	"haidang/internal/article"
)

func TestWordDiffShowsWordsThatCameAndWent(t *testing.T) {
	write := func(words []changedWords) string {
		var out strings.Builder
		for _, w := range words {
			switch {
			case w.Added:
				out.WriteString("{+" + w.Text + "+}")
			case w.Removed:
				out.WriteString("[-" + w.Text + "-]")
			default:
				out.WriteString(w.Text)
			}
		}
		return out.String()
	}
	for _, tt := range [][3]string{
		{"Đập đã vỡ trong đêm", "Đập không vỡ trong đêm", "Đập [-đã-]{+không+} vỡ trong đêm"},
		{"Năm người chết", "Năm người chết, theo công an", "Năm người [-chết-]{+chết, theo công an+}"},
		{"", "Mới", "{+Mới+}"},
		{"Cũ", "", "[-Cũ-]"},
		{"a  b\nc", "a  b\nc", "a  b\nc"},
	} {
		if got := write(wordDiff(tt[0], tt[1])); got != tt[2] {
			t.Errorf("wordDiff(%q, %q) = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
	// More different words than there are runes before the surrogates, and nothing in common: bounded, and nothing is lost.
	var a, b strings.Builder
	for i := range 60_000 {
		a.WriteString("a" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/7%50) + " ")
		b.WriteString("b" + string(rune('a'+i%26)) + strings.Repeat("z", i%900) + " ")
	}
	begun := time.Now()
	var old, now int
	for _, w := range wordDiff(a.String(), b.String()) {
		if !w.Added {
			old += len(w.Text)
		}
		if !w.Removed {
			now += len(w.Text)
		}
	}
	if old < a.Len()/2 || now < b.Len()/2 || time.Since(begun) > 20*time.Second {
		t.Errorf("%d and %d bytes shown of %d and %d, after %s", old, now, a.Len(), b.Len(), time.Since(begun))
	}
	for _, n := range []int{1, surrogates - 1, surrogates, surrogates + 5000} {
		if got := decode(encode(n)); got != n {
			t.Errorf("decode(encode(%d)) = %d", n, got)
		}
	}
}

// edited is an archive with one article that was changed twice.
type edited struct{ fakeArchive }

func (edited) Get(_ context.Context, id string) (article.Article, error) {
	return article.Article{ID: id, Outlet: "Báo Thử", URL: "https://bao.vn/a", Title: "Đập không vỡ " + hostile, Text: "Đập an toàn."}, nil
}

func (edited) History(context.Context, string) ([]article.Article, error) {
	return []article.Article{{Title: "Đập đã vỡ", Text: "Đập an toàn."}, {Title: "Đập sắp vỡ", Text: "Đập an toàn."}}, nil
}

func TestChangesPage(t *testing.T) {
	o := newOffice(t, func(_ *Config, d *Deps) { d.Archive = edited{} })
	w := o.ask(http.MethodGet, "/articles/a1/changes", "", nil)
	page := w.Body.String()
	for _, want := range []string{"Wording 3 beside the one before", "Wording 2 beside", "<del>đã</del>", "<ins>sắp</ins>", "&lt;script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if w.Code != http.StatusOK || strings.Contains(page, "<script>alert") || strings.Contains(page, "<h3>Text</h3>") {
		t.Errorf("status %d, or markup of an outlet, or a field that did not change", w.Code)
	}
	o = newOffice(t, nil)
	if w := o.ask(http.MethodGet, "/articles/none/changes", "", nil); w.Code != http.StatusNotFound {
		t.Errorf("an article that is not there = %d, want 404", w.Code)
	}
}

// safe is evidence of one page.
type safe struct{}

func (safe) Evidence(context.Context, string) ([]crawler.Evidence, error) {
	return []crawler.Evidence{{SHA256: "ab12", FetchedAt: now, Bytes: 2048}}, nil
}

func (safe) EvidencePage(_ context.Context, _, sum string) ([]byte, error) {
	if sum != "ab12" {
		return nil, crawler.ErrNoEvidence
	}
	return []byte(hostile), nil
}

// TestEvidenceIsSavedAndNeverShown: it is markup of an outlet, on our own site.
func TestEvidenceIsSavedAndNeverShown(t *testing.T) {
	o := newOffice(t, func(_ *Config, d *Deps) { d.Archive, d.Evidence = edited{}, safe{} })
	if page := o.ask(http.MethodGet, "/articles/a1/changes", "", nil).Body.String(); !strings.Contains(page, `href="/articles/a1/evidence/ab12"`) || !strings.Contains(page, "2,048 B") {
		t.Errorf("the page does not lead to the evidence:\n%s", page)
	}
	w := o.ask(http.MethodGet, "/articles/a1/evidence/ab12", "", nil)
	h := w.Header()
	if w.Code != http.StatusOK || w.Body.String() != hostile || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") ||
		h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("evidence = %d %v", w.Code, h)
	}
	if w := o.ask(http.MethodGet, "/articles/a1/evidence/00", "", nil); w.Code != http.StatusNotFound {
		t.Errorf("evidence that is not there = %d", w.Code)
	}
}
