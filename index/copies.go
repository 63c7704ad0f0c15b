package index

import (
	"haidang/internal/text"
)

// folded moves copies of a text under the first hit that has it. Hits keep their order.
func folded(hits []Hit) []Hit {
	prints := make([]text.Fingerprint, len(hits))
	for i := range hits {
		if hits[i].Fingerprint != "" {
			prints[i], _ = text.ParseFingerprint(hits[i].Fingerprint) // one that cannot be read is like no other
		}
	}
	out := make([]Hit, 0, len(hits))
	var kept []int
	for i := range hits {
		first := -1
		for k, j := range kept {
			if prints[i] != nil && prints[j] != nil && text.Similarity(prints[i], prints[j]) >= copyAt {
				first = k
				break
			}
		}
		if first < 0 {
			out, kept = append(out, hits[i]), append(kept, i)
			continue
		}
		h := &hits[i]
		out[first].Copies = append(out[first].Copies, Copy{ID: h.ID, Outlet: h.Outlet, Title: h.Title, URL: h.URL, FirstSeen: h.FirstSeen})
	}
	return out
}
