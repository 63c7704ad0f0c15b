package alerting

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haidang/internal/article"
)

// TestWhatPeopleDecidedIsShownAndTold: in the lists, on the story's own page, on the topic, and in a message that was
// written before and sent after.
func TestWhatPeopleDecidedIsShownAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		decided := map[string]Decision{}
		var trouble error
		topic := &published{}
		d, p := mailDesk(t, nil, func(deps *Deps) {
			deps.Publisher = topic
			deps.Decisions = func(context.Context) (map[string]Decision, error) { return decided, trouble }
		})
		d.handle(rumour("dam", tellingA, article.High)) // waits for its group
		decided["dam"] = Decision{Verdict: "false", By: "Tổ trực\r\nBcc: x@y.vn"}
		d.handle(rumour("fuel", tellingB, article.Critical))
		for _, s := range d.stories() {
			if got := d.detail(s.ID); (s.Verdict == "false") != (s.ClaimID == "dam") || got.Verdict != s.Verdict {
				t.Errorf("%s is %q in the list and %q on its page; want dam false, and fuel not", s.ClaimID, s.Verdict, got.Verdict)
			}
		}
		d.during(time.Minute)
		var told strings.Builder
		for _, m := range p.mails {
			if strings.Contains(m.Subject, "dam") {
				told.WriteString(m.Text)
			}
		}
		if !strings.Contains(told.String(), "Đã biết: sai sự thật (Tổ trực Bcc: x@y.vn); chưa có phản hồi") {
			t.Errorf("the mail does not say what is known by now:\n%s", told.String())
		}
		decided["bank"] = Decision{Verdict: "misleading", By: "Tổ trực"}
		d.handle(rumour("bank", tellingC, article.Critical))
		d.during(time.Minute)
		if last := topic.values[len(topic.values)-1]; !strings.Contains(last, `"verdict":"misleading","decided_by":"Tổ trực"`) {
			t.Errorf("the topic is told %s", last)
		}
		trouble = errors.New("the database is away")
		if _, err := d.Stories(t.Context(), Filter{}); !errors.Is(err, trouble) {
			t.Errorf("Stories = %v, want the trouble said", err)
		}
	})
}
