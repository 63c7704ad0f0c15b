package app

import (
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
)

// A live article rings a saved search on its way through the pipeline, an imported one does not; a search that is saved
// while it runs is heeded.
func TestSavedSearchesAreHeldAgainstLiveArticles(t *testing.T) {
	opts := quietOptions(t)
	a := start(t, opts)
	s, err := AddSaved(t.Context(), opts, SavedSearch{Owner: "desk", Name: "Đập", Query: `"vỡ đập" NOT "diễn tập"`, Schedule: "live"})
	if err != nil {
		t.Fatal(err)
	}
	for i, origin := range []article.Origin{article.Backfill, article.Live} {
		doc := article.Article{
			ID: "saved-" + string(origin), Title: "Vỡ đập trong đêm", Text: strings.Repeat("Nước dâng. ", i+1), Outlet: "Báo Sóng", Origin: origin,
			FirstSeen: time.Now(), Published: time.Now(),
		}
		doc.Revise()
		if err := (publisher{a.bus}).PublishArticle(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "the ring of the live article", func() bool {
		rings, err := SavedRings(t.Context(), opts, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(rings) == 1 && rings[0].ArticleID == "saved-live" && rings[0].SearchID == s.ID
	})
	waitFor(t, "both articles in the archive", func() bool {
		p, err := PreviewSaved(t.Context(), opts, `"vỡ đập"`)
		return err == nil && p.Matches == 2
	})
}
