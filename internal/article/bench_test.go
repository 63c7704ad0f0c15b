package article

import (
	"strings"
	"testing"

	"haidang/internal/text"
)

// BenchmarkRevise is what an article costs to be told from its copies: credit lines, and the fingerprint beside them.
func BenchmarkRevise(b *testing.B) {
	body := "HÀ NỘI (Reuters) - " + strings.Repeat(creditBody+"\n", 10) + "\nVũ Lam (Theo AFP, AP)"
	b.Run("credits", func(b *testing.B) {
		for b.Loop() {
			Credited(body)
		}
	})
	b.Run("fingerprint", func(b *testing.B) {
		for b.Loop() {
			text.NewFingerprint(text.Analyze(body))
		}
	})
}
