package saved

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// post is a mail server of paper.
type post struct {
	mails []Mail
	fail  error
}

func (p *post) send(_ context.Context, m Mail) error {
	if p.fail != nil {
		return p.fail
	}
	p.mails = append(p.mails, m)
	return nil
}

// newDesk is a room with a mail server and a clock that can be moved.
func newDesk(t *testing.T) (*room, *post, *time.Time) {
	t.Helper()
	r, p, at := newRoom(t), &post{}, now
	r.Saved = New(Deps{
		DB: r.db, Mail: p.send, Link: "https://desk.example", Now: func() time.Time { return at },
		Reader: func(owner string) (Reader, bool) { return Reader{owner + "@example.vn", "vi"}, owner == "lan" },
	})
	return r, p, &at
}

func (r *room) tellAll() {
	r.t.Helper()
	if err := r.Tell(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func TestOwnersAreToldOnce(t *testing.T) {
	r, p, at := newDesk(t)
	r.add("lan", "Đập", "đập", Live, "")
	r.add("an", "Không thư", "đập", Live, "")
	r.tellAll()
	r.handle(r.live(0, "Báo Sóng", "Vỡ đập <b>trong</b> đêm\r\nBcc: x@y"))
	r.tellAll()
	r.tellAll()
	if len(p.mails) != 1 || p.mails[0].To != "lan@example.vn" || p.mails[0].Subject != "Đập: Vỡ đập <b>trong</b> đêm Bcc: x@y" {
		t.Fatalf("mails %+v", p.mails)
	}
	if m := p.mails[0]; !strings.Contains(m.Text, "Báo Sóng, 15:00 22/11/2026") || !strings.Contains(m.HTML, "&lt;b&gt;") || strings.Contains(m.HTML, "<b>") || !strings.Contains(m.Text, "https://desk.example/saved/") {
		t.Errorf("the mail: %s\n%s", m.Text, m.HTML)
	}
	// What comes within ten minutes waits and goes out together.
	r.handle(r.live(1, "A", "Vỡ đập 2"))
	*at = at.Add(5 * time.Minute)
	r.tellAll()
	r.handle(r.live(2, "A", "Vỡ đập 3"))
	*at = at.Add(5 * time.Minute)
	r.tellAll()
	if len(p.mails) != 2 || p.mails[1].Subject != "Đập: 2 bài mới" || p.mails[0].ID == p.mails[1].ID {
		t.Errorf("mails %+v", p.mails)
	}
}

func TestListsAreMailedWhenTheirTimeIsOver(t *testing.T) {
	r, p, at := newDesk(t) // 15:00 on a Sunday in Việt Nam
	r.add("lan", "Ngày", "đập", Daily, "")
	r.add("lan", "Tuần", "đập", Weekly, "")
	r.handle(r.live(0, "A", "Vỡ đập"), r.live(1, "B", "Vỡ đập"))
	r.tellAll()
	if len(p.mails) != 0 {
		t.Errorf("told before the day was over: %+v", p.mails)
	}
	*at = time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC) // six in the morning
	r.tellAll()
	r.tellAll()
	if len(p.mails) != 2 || p.mails[0].Subject != "Ngày: ngày 22/11/2026, 2 bài" || p.mails[1].Subject != "Tuần: tuần từ 16/11/2026, 2 bài" {
		t.Errorf("mails %+v", p.mails)
	}
}

// A mail that cannot be sent is tried again after a while, under the same ID, and holds up no other search.
func TestMailsThatFailAreTriedAgain(t *testing.T) {
	r, p, at := newDesk(t)
	r.add("lan", "Đập", "đập", Live, "")
	r.handle(r.live(0, "A", "Vỡ đập"))
	p.fail = errors.New("mail server is away")
	if err := r.Tell(t.Context()); !errors.Is(err, p.fail) {
		t.Errorf("Tell: %v", err)
	}
	p.fail = nil
	r.tellAll() // too early
	if len(p.mails) != 0 {
		t.Errorf("mails %+v", p.mails)
	}
	*at = at.Add(tellAgain)
	r.tellAll()
	if len(p.mails) != 1 {
		t.Errorf("mails %+v", p.mails)
	}
}

// Two processes tell once; what a crash left claimed is told when the claim has run out, under the ID that it had.
func TestOneProcessTells(t *testing.T) {
	r, p, at := newDesk(t)
	s := r.add("lan", "Đập", "đập", Live, "")
	r.handle(r.live(0, "A", "Vỡ đập"))
	if _, free, err := r.claim(t.Context(), s); err != nil || !free {
		t.Fatalf("claim: %t, %v", free, err)
	}
	r.tellAll()
	if len(p.mails) != 0 {
		t.Errorf("told what another process has: %+v", p.mails)
	}
	*at = at.Add(tellBusy)
	r.tellAll()
	if len(p.mails) != 1 || p.mails[0].ID != "saved-"+s.ID+"-1" {
		t.Errorf("mails %+v", p.mails)
	}
}
