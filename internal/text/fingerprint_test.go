package text

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestFingerprintOfAnEditedCopy(t *testing.T) {
	original := strings.Repeat("Công ty thủy điện cho biết mực nước hồ vẫn dưới mức báo động và người dân hạ du không phải sơ tán. ", 1) +
		"Đoàn kiểm tra của tỉnh đã đo mực nước ba lần trong đêm và ghi nhận mưa giảm dần từ nửa đêm về sáng."
	for _, tt := range []struct {
		name, copy  string
		least, most float64
	}{
		{"the same", original, 1, 1},
		{"without marks, in capitals", strings.ToUpper(withoutMarks(original)), 1, 1},
		{"one word changed", strings.Replace(original, "ba lần", "bốn lần", 1), 0.6, 0.95},
		{"credit line", original + " Theo TTXVN", 0.85, 1},
		{"another story", "Giá vàng sáng nay tăng nhẹ tại các thành phố lớn, giao dịch vẫn thưa thớt vì người mua còn chờ đợi.", 0, 0.05},
	} {
		got := Similarity(NewFingerprint(Analyze(original)), NewFingerprint(Analyze(tt.copy)))
		if got < tt.least || got > tt.most {
			t.Errorf("%s: similarity %.3f, want %.2f-%.2f", tt.name, got, tt.least, tt.most)
		}
	}
}

func TestFingerprintOfFewWords(t *testing.T) {
	if f := NewFingerprint(Analyze("...")); f != nil || f.String() != "" || f.Bands() != nil || Similarity(f, f) != 0 {
		t.Errorf("a text without words has the fingerprint %v", f)
	}
	vo, dap := NewFingerprint(Analyze("Vỡ")), NewFingerprint(Analyze("Vỡ đập"))
	if Similarity(vo, vo) != 1 || Similarity(vo, dap) > 0.05 {
		t.Errorf("Vỡ is like itself %.2f, like Vỡ đập %.2f", Similarity(vo, vo), Similarity(vo, dap))
	}
}

// TestFingerprintIsStable: fingerprints are kept for years; whoever changes them must change fingerprintVersion too.
func TestFingerprintIsStable(t *testing.T) {
	f := NewFingerprint(Analyze("Hồ thủy điện xả lũ, một nghìn hai trăm hộ dân sơ tán trong đêm"))
	golden(t, "testdata/fingerprint.txt", f.String()+"\n")
	parsed, err := ParseFingerprint(f.String())
	if err != nil || !slices.Equal(parsed, f) {
		t.Errorf("ParseFingerprint(%q) = %v, %v", f.String(), parsed, err)
	}
}

func TestParseFingerprintRefuses(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"0AAAA", "version"},
		{"1AAAA", "3 bytes, want 96"},
		{"1***", "illegal base64"},
	} {
		if f, err := ParseFingerprint(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseFingerprint(%q) = %v, %v; want an error about %q", tt.in, f, err, tt.want)
		}
	}
	if f, err := ParseFingerprint(""); f != nil || err != nil {
		t.Errorf(`ParseFingerprint("") = %v, %v`, f, err)
	}
}

// TestNearDuplicateStats measures recall and false candidates on real pairs of the same story and on unrelated articles.
func TestNearDuplicateStats(t *testing.T) {
	measures(t)
	pairs := readLines[pair](t, "near-duplicates/pairs.jsonl.gz", all)
	prints := map[string]Fingerprint{}
	for _, p := range pairs {
		prints[p.A], prints[p.B] = nil, nil
	}
	var unrelated []Fingerprint
	var short []item
	for _, set := range []string{"news/dantri-vnexpress-vtv-2016.jsonl.gz", "news/baomoi-2017.jsonl.gz", "news/tuoitre-2024-11.jsonl.gz"} {
		for i, a := range news(t, set, all) {
			f, paired := prints[a.ID]
			if paired || i%8 == 0 {
				f = NewFingerprint(Analyze(a.Body))
			}
			if paired {
				prints[a.ID] = f
			} else if i%8 == 0 && a.Summary != "" {
				unrelated = append(unrelated, f)
				short = append(short, a)
			}
		}
	}
	var b strings.Builder
	recallStats(&b, pairs, prints)
	fmt.Fprintf(&b, "whole articles, unlike or not known to be alike: %s\n", falseStats(unrelated))
	for i, a := range short {
		unrelated[i] = NewFingerprint(Analyze(a.Title + "\n" + a.Summary))
	}
	fmt.Fprintf(&b, "title and lead only: %s\n", falseStats(unrelated))
	golden(t, "testdata/near_duplicate_stats.txt", b.String())
}

func recallStats(b *strings.Builder, pairs []pair, prints map[string]Fingerprint) {
	type bin struct {
		n, found, over int
		err, bias      float64
	}
	bins := map[int]*bin{}
	missing := 0
	for _, p := range pairs {
		x, y := prints[p.A], prints[p.B]
		if x == nil || y == nil {
			missing++
			continue
		}
		k := min(int(p.Jaccard5*10), 9)
		if bins[k] == nil {
			bins[k] = new(bin)
		}
		bins[k].n++
		if shareBand(x, y) {
			bins[k].found++
		}
		s := Similarity(x, y)
		if s >= 0.5 {
			bins[k].over++
		}
		bins[k].err += (s - p.Jaccard5) * (s - p.Jaccard5)
		bins[k].bias += s - p.Jaccard5
	}
	fmt.Fprintf(b, "pairs whose articles are not here: %d\n", missing)
	for k := range 10 {
		if c := bins[k]; c != nil {
			n := float64(c.n)
			fmt.Fprintf(b, "pairs with Jaccard %.1f-%.1f: %d, share a key %.4f, similarity ≥ 0.5 %.4f, error %.3f (bias %+.3f)\n",
				float64(k)/10, float64(k+1)/10, c.n, float64(c.found)/n, float64(c.over)/n, math.Sqrt(c.err/n), c.bias/n)
		}
	}
}

func shareBand(x, y Fingerprint) bool {
	kx, ky := x.Bands(), y.Bands()
	for i := range kx {
		if kx[i] == ky[i] {
			return true
		}
	}
	return false
}

// falseStats files all fingerprints under their keys and counts the pairs that meet.
func falseStats(prints []Fingerprint) string {
	byKey := map[uint64][]int{}
	met := map[[2]int]bool{}
	for i, f := range prints {
		for _, k := range f.Bands() {
			for _, j := range byKey[k] {
				met[[2]int{j, i}] = true
			}
			byKey[k] = append(byKey[k], i)
		}
	}
	like := 0
	for p := range met {
		if Similarity(prints[p[0]], prints[p[1]]) >= 0.5 {
			like++
		}
	}
	n := float64(len(prints))
	return fmt.Sprintf("%d texts, %d of %.0f pairs share a key (%.2e), %d of them have similarity ≥ 0.5",
		len(prints), len(met), n*(n-1)/2, float64(len(met))/(n*(n-1)/2), like)
}

type pair struct {
	Jaccard5 float64
	A, B     string
}
