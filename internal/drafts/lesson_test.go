package drafts

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/internal/article"
	"haidang/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// library is an archive of one article, or of none.
type library struct{ a *article.Article }

func (l library) Get(_ context.Context, id string) (article.Article, error) {
	if l.a == nil || l.a.ID != id {
		return article.Article{}, errors.New("no such article")
	}
	return *l.a, nil
}

func TestAStoryClosedAsNoiseTeachesItsRule(t *testing.T) {
	d, rules := shipped(t)
	db := storetest.Open(t, t.TempDir())
	desk, err := alerting.New(alerting.DefaultConfig(), alerting.Deps{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	a := ringing(t, rules, "scam-prize")
	a.Outlet, a.Language, a.FirstSeen, a.Published, a.Origin = "Báo Thử", "vi", time.Now(), time.Now(), article.Live
	a.Revise()
	verdict := rules.Classify(a)
	a.Verdict = &verdict
	if err := desk.Handle(t.Context(), []article.Article{*a}); err != nil {
		t.Fatal(err)
	}
	stories, err := desk.Stories(t.Context(), alerting.Filter{ClaimID: "scam-prize"})
	if err != nil || len(stories) != 1 {
		t.Fatalf("%d stories, %v", len(stories), err)
	}
	lesson := Lesson{StoryID: stories[0].ID, By: "lan"}
	if _, err := d.Teach(t.Context(), desk, library{a}, lesson); !errors.Is(err, ErrNotNoise) {
		t.Errorf("an open story teaches: %v", err)
	}
	_, err = desk.Act(t.Context(), alerting.Command{
		Action: alerting.Close, Actor: "lan", Outcome: alerting.DebunkNotClaim, Noise: alerting.WrongStance, Stories: []alerting.Ref{{ID: stories[0].ID}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Teach(t.Context(), desk, library{a}, Lesson{StoryID: stories[0].ID, ArticleID: "other", By: "lan"}); !errors.Is(err, ErrNoArticle) {
		t.Errorf("an article of another story: %v", err)
	}
	for _, archive := range []Archive{library{a}, library{}} { // with the whole article, and from what the desk keeps
		d.dir = t.TempDir() + "/draft"
		got, err := d.Teach(t.Context(), desk, archive, lesson)
		if err != nil || !got.Rings {
			t.Fatalf("Teach = %+v, %v; want an example that rings", got, err)
		}
		if file := readFile(t, got.File); !strings.Contains(file, "lan: debunk_not_claim, wrong_stance; story "+stories[0].ID) {
			t.Error("the example does not say who asked for it, and why")
		}
	}
	trail, err := desk.Audit(t.Context(), stories[0].ID, 0, 100)
	if err != nil || len(trail) == 0 || trail[len(trail)-1].Action != alerting.Comment || !strings.Contains(trail[len(trail)-1].Note, "scam-links.yaml:") {
		t.Errorf("the trail ends with %+v, %v; want a comment that names the place", trail, err)
	}
}
