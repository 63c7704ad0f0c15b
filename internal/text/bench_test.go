package text

import (
	"strings"
	"testing"
)

// BenchmarkAnalyze reads real news with one Doc again and again: MB/s, and allocations for a document of about 2.5 kB.
func BenchmarkAnalyze(b *testing.B) {
	var texts []string
	for _, a := range news(b, "news/baomoi-2017.jsonl.gz", 2000) {
		texts = append(texts, a.full())
	}
	bench := func(name string, f func(d *Doc)) {
		b.Run(name, func(b *testing.B) {
			var d Doc
			for _, s := range texts {
				d.Reset(s)
			}
			b.SetBytes(int64(len(strings.Join(texts, "")) / len(texts)))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				d.Reset(texts[i%len(texts)])
				f(&d)
				i++
			}
		})
	}
	bench("tokens", func(*Doc) {})
	bench("numbers", func(d *Doc) { Numbers(d) })
	bench("evasions", func(d *Doc) { d.Evasions() })
	bench("fingerprint", func(d *Doc) { NewFingerprint(d) })
}
