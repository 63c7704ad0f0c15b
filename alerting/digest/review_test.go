package digest

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haidang/alerting"
)

// draftOf stores the draft of the morning's mail, at the cut-off.
func (w *world) draftOf(list string) (List, Draft) {
	w.t.Helper()
	l, err := w.List(list)
	if err != nil {
		w.t.Fatal(err)
	}
	w.now = morning.Add(-10 * time.Minute)
	if err := w.prepare(w.t.Context(), sunday, l); err != nil {
		w.t.Fatal(err)
	}
	d, err := w.Draft(w.t.Context(), sunday, l)
	if err != nil {
		w.t.Fatal(err)
	}
	return l, d
}

func TestLeadReviewsTheDraft(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	w := newWorld(t, through(m))
	w.day()
	l, d := w.draftOf("ban-chi-dao")
	if len(d.Top) != 3 || d.State != "pending" || d.By != "" {
		t.Fatalf("the draft has %d stories at its top, state %s, reviewed by %q; want 3, pending, nobody", len(d.Top), d.State, d.By)
	}
	if reason, err := w.Digest.send(t.Context(), sunday, l, false); reason != ReasonNothing || err != nil {
		t.Fatalf("the draft was sent before its time: %s, %v", reason, err)
	}
	left := d.Top[1]
	review := Review{By: "Trần Thị Đèn\r\nBcc: x@y.vn", Note: "Đã gọi Sở Nông nghiệp.\r\n\r\nHồ vẫn an toàn. <b>\x07", LeftOut: []string{left.ID}}
	if err := w.Review(t.Context(), sunday, l, d.Version, review); err != nil {
		t.Fatal(err)
	}
	if err := w.Review(t.Context(), sunday, l, d.Version, Review{By: "Người khác"}); !errors.Is(err, ErrReviewed) {
		t.Errorf("a second review of the same draft = %v, want ErrReviewed", err)
	}
	again, err := w.Draft(t.Context(), sunday, l)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, s := range again.Top {
		shown[s.ID] = s.LeftOut
	}
	if out, ok := shown[left.ID]; !ok || !out {
		t.Errorf("the story that was left out is not offered any more: %v", again.Top)
	}
	w.now = morning
	w.mustSend("ban-chi-dao", ReasonSent)
	p := parseMail(t, m.got()[0].raw)
	wants(t, "the mail", unix(p.text), "Trần Thị Đèn Bcc: x@y.vn đã duyệt lúc 06:35 ngày 22.11", "Đã gọi Sở Nông nghiệp.\nHồ vẫn an toàn. <b>\n")
	wants(t, "the HTML", p.html, "Hồ vẫn an toàn. &lt;b&gt;")
	lacks(t, "the mail", p.text, "chưa qua người duyệt")
	top, rest, _ := strings.Cut(unix(p.text), "== Thay đổi")
	if strings.Contains(top, left.Statement) || !strings.Contains(rest, left.Statement) {
		t.Errorf("the story that was left out of the top is not told below:\n%s", p.text)
	}
	if err := w.Review(t.Context(), sunday, l, again.Version, Review{By: "Muộn"}); !errors.Is(err, ErrAlreadySent) {
		t.Errorf("a review after it was sent = %v, want ErrAlreadySent", err)
	}
}

func TestReviewRefusesWhatCannotBe(t *testing.T) {
	w := newWorld(t)
	l, err := w.List("")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Review(t.Context(), sunday, l, 0, Review{By: "A"}); !errors.Is(err, ErrNoDraft) {
		t.Errorf("review without a draft = %v, want ErrNoDraft", err)
	}
	for name, r := range map[string]Review{"nobody": {}, "long note": {By: "A", Note: strings.Repeat("a", maxNote+1)}, "many stories": {By: "A", LeftOut: make([]string, maxLeftOut+1)}} {
		if err := w.Review(t.Context(), sunday, l, 0, r); err == nil || errors.Is(err, ErrNoDraft) {
			t.Errorf("%s: Review = %v, want a refusal", name, err)
		}
	}
}

// TestDraftWaitsForItsTime: the schedule builds the mail at the cut-off and sends it at its time; one that was slept
// through says that it is late, and keeps its review.
func TestDraftWaitsForItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		w.runFor(23*time.Hour + 32*time.Minute) // from 07:00 to 06:32
		list := w.cfg.Lists[0]
		if d, err := w.Draft(t.Context(), "2000-01-02", list); !errors.Is(err, ErrNoDraft) {
			t.Errorf("two minutes after the cut-off: %+v, %v; want the draft left to a process with an archive", d, err)
		}
		w.runFor(4 * time.Minute)
		d, err := w.Draft(t.Context(), "2000-01-02", list)
		if err != nil || len(o.sent) != 0 {
			t.Fatalf("Draft = %v, sent %q; want a draft and nothing sent", err, o.sent)
		}
		if err := w.Review(t.Context(), "2000-01-02", list, d.Version, Review{By: "An", Note: "Xem kỹ."}); err != nil {
			t.Fatal(err)
		}
		<-time.After(3 * time.Hour)
		w.runFor(time.Minute)
		got, err := w.Draft(t.Context(), "2000-01-02", list)
		if err != nil || len(o.sent) != 1 || got.By != "An" || !strings.Contains(got.Text, "Sent late") || !strings.Contains(got.Text, "Xem kỹ.") {
			t.Errorf("sent %q, reviewed by %q (%v):\n%s", o.sent, got.By, err, got.Text)
		}
		past, err := w.Archive(t.Context(), "", 10)
		if err != nil || len(past) != 1 || past[0].State != "sent" || past[0].ReviewedBy != "An" || past[0].SentAt.IsZero() {
			t.Errorf("Archive = %+v, %v; want the mail that was sent", past, err)
		}
	})
}

func TestSendTestGoesToOneAddressAndIsNotNoted(t *testing.T) {
	m := startServer(t, TLSNone, nil)
	w := newWorld(t, through(m))
	w.day()
	l, _ := w.List("")
	if err := w.SendTest(t.Context(), sunday, l, "probe@haidang.test"); err != nil {
		t.Fatal(err)
	}
	if got := addresses(m.got()); got != "probe" {
		t.Errorf("mailed %q, want the probe alone", got)
	}
	if p := parseMail(t, m.got()[0].raw); !strings.HasPrefix(p.subject, "[Gửi thử] ") {
		t.Errorf("subject %q has no mark of a test", p.subject)
	}
	w.mustSend("ban-chi-dao", ReasonSent)
	if got := addresses(m.got()); got != "lead member probe" {
		t.Errorf("after the test the list got %q", got)
	}
	if err := w.SendTest(t.Context(), sunday, l, "a@b.vn\r\nBcc: c@d.vn"); err == nil {
		t.Error("an address with a line break was taken")
	}
}

func TestStoriesInHandAreSaidToBeWatched(t *testing.T) {
	w := newWorld(t)
	w.tell(telling{claim: "fuel", outlet: "A", title: "Giá xăng", ago: 50 * time.Hour, text: long("xăng"), field: "economy-finance"},
		telling{claim: "fuel", outlet: "B", title: "Bác tin giá xăng", ago: 49 * time.Hour, text: long("bác"), field: "economy-finance", stance: "denies"})
	stories, err := w.desk.Stories(t.Context(), alerting.Filter{})
	if err != nil || len(stories) != 1 {
		t.Fatalf("%d stories, %v", len(stories), err)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE stories SET state = 'in_review', owner = 'lan'`); err != nil {
		t.Fatal(err)
	}
	wants(t, "the text", w.build("ban-chi-dao").Text, "Đang theo dõi\n", "· đang xác minh, lan")
}

func TestALeadRewritesSentences(t *testing.T) {
	for _, list := range []string{"ban-chi-dao", "partners"} {
		t.Run(list, func(t *testing.T) {
			m := startServer(t, TLSNone, nil)
			w := newWorld(t, through(m))
			w.day()
			l, d := w.draftOf(list)
			var verdict, lead Rewrite
			for _, s := range d.Sentences {
				switch {
				case s.Place == "lead":
					lead = s
				case verdict.Place == "" && strings.HasPrefix(s.Place, "top/") && strings.HasSuffix(s.Place, "/verdict"):
					verdict = s
				}
				if s.Becomes != "" || s.Was == "" || !strings.Contains(unix(d.Text), s.Was) || s.About == "" {
					t.Errorf("%+v is no sentence of the mail", s)
				}
			}
			lead.Becomes, verdict.Becomes = "Sáng nay hai tin.\r\nBcc: x@y.vn", "Bộ đang kiểm tra <b>"
			note := Rewrite{Place: "sources", Was: "another mail's", Becomes: "x"}
			if err := w.Review(t.Context(), sunday, l, d.Version, Review{By: "An", Rewrites: []Rewrite{lead, note}}); !errors.Is(err, ErrStale) {
				t.Errorf("a sentence that is not in the mail = %v, want ErrStale", err)
			}
			unchanged := d.Sentences[len(d.Sentences)-1]
			unchanged.Becomes = unchanged.Was
			if err := w.Review(t.Context(), sunday, l, d.Version, Review{By: "An", Rewrites: []Rewrite{lead, verdict, unchanged}}); err != nil {
				t.Fatal(err)
			}
			again, err := w.Draft(t.Context(), sunday, l)
			if err != nil || again.Sentences[0].Was != lead.Was || again.Sentences[0].Becomes != "Sáng nay hai tin. Bcc: x@y.vn" {
				t.Errorf("the draft does not keep the sentence as it was: %+v, %v", again.Sentences[0], err)
			}
			w.now = morning
			w.mustSend(list, ReasonSent)
			p := parseMail(t, m.got()[0].raw)
			mark := map[string]string{"ban-chi-dao": "An đã duyệt lúc 06:35 ngày 22.11; đã sửa 2 câu", "partners": "Reviewed by An at 06:35 on 22 Nov; 2 sentences rewritten"}[list]
			wants(t, "the mail", unix(p.text), mark, "Sáng nay hai tin. Bcc: x@y.vn.\n", ": Bộ đang kiểm tra <b>\n")
			wants(t, "the HTML", p.html, "Bộ đang kiểm tra &lt;b&gt;")
			wants(t, "the subject", p.subject, "Sáng nay hai tin. Bcc: x@y.vn")
			lacks(t, "the mail", unix(p.text), lead.Was)
			trail, err := w.Reviews(t.Context(), sunday, l)
			if err != nil || len(trail) != 1 || trail[0].By != "An" || len(trail[0].Rewrites) != 2 || trail[0].Rewrites[1].Was != verdict.Was || trail[0].Rewrites[1].Becomes != verdict.Becomes {
				t.Errorf("Reviews = %+v, %v; want one, with both sentences as they were", trail, err)
			}
		})
	}
}

// A headline is what an outlet wrote: nobody writes it anew.
func TestHeadlinesAndWarningsAreNotRewritten(t *testing.T) {
	w := newWorld(t)
	w.day()
	w.health.LastArticle = morning.Add(-9 * time.Hour)
	_, d := w.draftOf("ban-chi-dao")
	var said []string
	for _, s := range d.Sentences {
		said = append(said, s.Was)
	}
	all := strings.Join(said, "\n")
	wants(t, "the mail", d.Text, "không nhận được bài mới nào", "chưa qua người duyệt")
	lacks(t, "the sentences", all, "không nhận được bài mới nào", "chưa qua người duyệt")
	stories, err := w.desk.Stories(t.Context(), alerting.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		if s.Pattern && strings.Contains(all, s.FirstTitle) {
			t.Errorf("the headline %q can be rewritten", s.FirstTitle)
		}
	}
}

func TestTooLongSentencesAreRefused(t *testing.T) {
	w := newWorld(t)
	w.day()
	l, d := w.draftOf("partners")
	long := d.Sentences[0]
	long.Becomes = strings.Repeat("ă", maxRewrite+1)
	if err := w.Review(t.Context(), sunday, l, d.Version, Review{By: "An", Rewrites: []Rewrite{long}}); !errors.Is(err, ErrLongRewrite) {
		t.Errorf("Review = %v, want ErrLongRewrite", err)
	}
}
