package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"haidang/index"
	"haidang/internal/article"
)

func hit(title string) *index.Hit {
	a := article.Article{
		ID: "a1", URL: "https://bao.example/tin?a=1&b=2", CanonicalURL: "https://bao.example/tin?a=1&b=2", Outlet: "Báo Bến Cảng", OutletCountry: "VN", Language: "vi",
		Title: title, Lead: "Sáng nay.", Text: "Vỡ đập <b>ở</b> thượng nguồn,\nnước \"dâng\".", Published: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC),
		FirstSeen: time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC),
		Verdict:   &article.Verdict{Topics: []string{"disaster"}, Places: []string{"ha-noi"}, Claims: []article.ClaimMatch{{ID: "dam", Stance: article.Denies}}},
	}
	return &index.Hit{Article: a, Snippet: index.Snippet{Field: article.Text, End: len(a.Text)}}
}

func written(t *testing.T, f Format, hits ...*index.Hit) string {
	t.Helper()
	var out bytes.Buffer
	w, err := New(f, &out, About{Query: `"vỡ đập" <x>`, Link: "http://127.0.0.1/search?q=a&b", Self: "http://127.0.0.1/search.atom", Now: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		if err := w.Write(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNoCellIsAFormula(t *testing.T) {
	for _, title := range []string{
		`=HYPERLINK("http://x","y")`, "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1", " =1", "\u00a0=1", "\u200b=1", "＝1", "|x", "%0A=1", "\x00=1", "\u202e=1",
	} {
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(written(t, CSV, hit(title)), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range rows[1] {
			if first := strings.TrimLeft(cell, " \t\r\n\u00a0\u200b\x00\u202e\ufeff"); first != "" && strings.ContainsAny(first[:1], "=+-@|%") || strings.HasPrefix(first, "＝") {
				t.Errorf("title %q gives the cell %q", title, cell)
			}
		}
	}
}

func TestCSV(t *testing.T) {
	out := written(t, CSV, hit("Vỡ đập, \"nước\"\nlên"))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 || !strings.HasPrefix(out, "\ufeffid,outlet,") {
		t.Fatalf("%d rows, %v:\n%s", len(rows), err, out)
	}
	row := map[string]string{}
	for i, name := range rows[0] {
		row[name] = rows[1][i]
	}
	for name, want := range map[string]string{
		"title": `Vỡ đập, "nước" lên`, "outlet": "Báo Bến Cảng", "published": "2026-11-22 08:00:00", "first_seen": "2026-11-22 09:30:00",
		"claims": "dam (denies)", "topics": "disaster", "snippet": `Vỡ đập <b>ở</b> thượng nguồn, nước "dâng".`,
		"citation": "Báo Bến Cảng, “Vỡ đập, \"nước\" lên”, 22/11/2026, https://bao.example/tin?a=1&b=2 (Hải Đăng, 09:30 22/11/2026)",
	} {
		if row[name] != want {
			t.Errorf("%s = %q, want %q", name, row[name], want)
		}
	}
}

// Whoever has a JSON line can add up the hash of the evidence himself.
func TestEvidenceCanBeAddedUpAgain(t *testing.T) {
	var line map[string]any
	if err := json.Unmarshal([]byte(written(t, JSONL, hit("Vỡ đập"))), &line); err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for _, name := range []string{"canonical_url", "title", "lead", "text"} {
		h.Write([]byte(line[name].(string) + "\x00"))
	}
	if want := "sha256:" + hex.EncodeToString(h.Sum(nil)); line["evidence"] != want {
		t.Errorf("evidence %v, want %s", line["evidence"], want)
	}
	changed := hit("Vỡ đập").Article
	before := Evidence(&changed)
	changed.Text += " "
	if Evidence(&changed) == before {
		t.Error("another wording has the same evidence")
	}
}

// A strict reader reads our feeds as they are meant, and nothing of an outlet's comes alive in them.
func TestFeedsAreRead(t *testing.T) {
	bad := hit("<script>alert(1)</script> & \x01 tin")
	bad.ID, bad.URL = "a2", "javascript:alert(1)"
	for _, f := range []Format{RSS, Atom} {
		out := written(t, f, hit("Vỡ đập"), bad)
		feed, err := gofeed.NewParser().ParseString(out)
		if err != nil {
			t.Fatalf("%s: %v\n%s", f, err, out)
		}
		if feed.Title != `"vỡ đập" <x> · Hải Đăng` || len(feed.Items) != 2 || feed.Items[0].Title != "Vỡ đập" || feed.Items[0].Link != "https://bao.example/tin?a=1&b=2" || feed.Items[1].Link != "" {
			t.Errorf("%s: %+v", f, feed)
		}
		if !strings.Contains(feed.Items[0].Description, "sha256:") || strings.Contains(feed.Items[0].Description, "<b>") || strings.Contains(out, "<script") {
			t.Errorf("%s: %s", f, out)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := New("xls", nil, About{}); err == nil {
		t.Error("a format that does not exist was accepted")
	}
}
