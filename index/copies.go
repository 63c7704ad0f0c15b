package index

import (
	"haidang/internal/article"
	"haidang/internal/text"
)

// folded moves copies of a text under the first hit that has it. Hits keep their order. Fingerprints say what is worth a
// look, the texts decide.
func folded(hits []Hit) []Hit {
	out := make([]Hit, 0, len(hits))
	var prints []text.Fingerprint // of out
	for i := range hits {
		h := &hits[i]
		mine, _ := text.ParseFingerprint(h.Fingerprint) // one that cannot be read is like no other
		first := -1
		for k := range out {
			if text.Similarity(prints[k], mine) >= text.MayBeCopy && article.SameText(&out[k].Article, &h.Article) {
				first = k
				break
			}
		}
		if first < 0 {
			out, prints = append(out, *h), append(prints, mine)
			continue
		}
		out[first].Copies = append(out[first].Copies, Copy{ID: h.ID, Outlet: h.Outlet, Title: h.Title, URL: h.URL, FirstSeen: h.FirstSeen})
	}
	return out
}
