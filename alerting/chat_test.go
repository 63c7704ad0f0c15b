package alerting

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
)

const room = "telegram://123456789:planted_token_planted_token_plantedt@telegram?chats=@desk"

// TestChatTellsSeveralStoriesInOneMessage, in its language, and without what a chat service reads as markup.
func TestChatTellsSeveralStoriesInOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type wrote struct{ address, title, text string }
		var said []wrote
		d, _ := mailDesk(t, func(c *Config) {
			c.Chats = []Chat{{Name: "desk-room", URL: settings.Secret(room), Language: "en"}}
			c.Route.Receivers, c.Route.Routes = []string{"desk-room"}, nil
		}, func(deps *Deps) {
			deps.Chat = func(_ context.Context, address, title, text string) error {
				said = append(said, wrote{address, title, text})
				return nil
			}
		})
		evil := rumour("fuel", tellingB, article.High)
		evil.Title = "@everyone <!channel> [an offer](https://evil.test) " + strings.Repeat("vỡ đập ", 60)
		d.handle(rumour("dam", tellingA, article.High), evil)
		d.during(time.Minute)
		if len(said) != 1 {
			t.Fatalf("said %+v, want one message of both stories", said)
		}
		v := said[0]
		if v.address != room || !strings.HasPrefix(v.title, "2 claims to check: ") {
			t.Errorf("address %q, title %q", v.address, v.title)
		}
		for _, want := range []string{"Why it rang: ", "nobody has answered it", "https://desk.haidang.test/stories/", "[High] Check this claim: ", "Article: Báo fuel"} {
			if !strings.Contains(v.text, want) {
				t.Errorf("the text does not say %q:\n%s", want, v.text)
			}
		}
		if said := v.title + v.text; strings.ContainsAny(said, "@<>") || strings.Contains(said, "](") {
			t.Errorf("the text holds what an outlet put there:\n%s", v.text)
		}
	})
}

func TestChatMessageIsBounded(t *testing.T) {
	told := make([]Notification, maxGroup)
	for i := range told {
		told[i] = Notification{Change: KindOpened, Story: Story{ID: "x", FirstTitle: strings.Repeat("đập ", 100), Pattern: true}}
	}
	text := chatroom{}.write(told)
	if len(text) > maxChat+200 || !strings.Contains(text, "tin nữa trên trang trực") {
		t.Errorf("%d bytes, want at most about %d and what is left out:\n%s", len(text), maxChat, text)
	}
}

// TestAMessageSaidTwiceIsKnownByItsReference, and another change of the same story is not taken for it.
func TestAMessageSaidTwiceIsKnownByItsReference(t *testing.T) {
	var titles []string
	c := chatroom{deliver: func(_ context.Context, _, title, _ string) error {
		titles = append(titles, title[strings.LastIndex(title, " ")+1:])
		return nil
	}}
	opened := []byte(`{"key":"3fa2c8d01b77aaaa/default/opened","change":"opened","story":{"id":"3fa2c8d01b77aaaa","first_title":"@all #1"}}`)
	reopened := []byte(`{"key":"3fa2c8d01b77aaaa/default/reopened:new_figure:4","change":"reopened","story":{"id":"3fa2c8d01b77aaaa"}}`)
	for _, body := range [][]byte{opened, opened, reopened} {
		if err := c.send(t.Context(), message{body: body}); err != nil {
			t.Fatal(err)
		}
	}
	for i, reference := range titles {
		if !regexp.MustCompile(`^#3fa2c8d0-[0-9a-f]{2}$`).MatchString(reference) || (i == 1) != (i > 0 && reference == titles[0]) {
			t.Errorf("message %d has reference %q of %q", i, reference, titles)
		}
	}
	both := c.write([]Notification{{Key: "a", Story: Story{ID: "3fa2c8d01b77aaaa"}}, {Key: "b", Story: Story{ID: "4"}}})
	if !strings.Contains(both, " #3fa2c8d0-") || !strings.Contains(both, " #4-") {
		t.Errorf("a message of two stories lacks a reference:\n%s", both)
	}
}

func TestNewAsksForWhatChatsNeed(t *testing.T) {
	d := newTestDesk(t, nil)
	cfg := DefaultConfig()
	cfg.Chats = []Chat{{Name: "room", URL: settings.Secret(room)}}
	if _, err := New(cfg, Deps{DB: d.db}); err == nil || !strings.Contains(err.Error(), "chats") {
		t.Errorf("New = %v, want that chats cannot be written into", err)
	}
	cfg.Chats[0].URL = "irc://planted"
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "alerting.chats[0].url") || strings.Contains(err.Error(), "planted") {
		t.Errorf("Validate = %v, want the place, without the secret", err)
	}
}

// TestColleaguesAreToldByName: who is mentioned, who takes over, who must decide; nobody by an act of their own.
func TestColleaguesAreToldByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := mailDesk(t, func(c *Config) {
			c.People = []Person{{ID: "lan", Name: "Lan Anh", Email: "lan@haidang.test"}, {ID: "minh", Name: "Minh", Email: "minh@haidang.test"}, {ID: "thu", Name: "Chị Thu", Email: "thu@haidang.test", Lead: true}, {ID: "khong", Name: "Không Thư"}}
			c.Roster.Quiet = Hours{From: "00:00", To: "23:59"}
		})
		d.handle(rumour("dam", tellingA, article.Info))
		ref := []Ref{{ID: d.only().ID}}
		for _, c := range []Command{
			{Action: Comment, Note: "@minh xem ảnh này; @lan, @khong và @ai-do biết rồi"},
			{Action: HandOver, To: "minh", Note: "Hết ca\r\nBcc: x@y.vn, còn chờ Sở @thu"},
			{Action: Escalate, To: "thu", Note: "Cần quyết định"},
			{Action: HandOver, To: "lan", Note: "Tự giữ"},
		} {
			c.Stories, c.Actor = ref, "lan"
			if results, err := d.Act(t.Context(), c); err != nil || results[0].Refusal != nil {
				t.Fatalf("%s: %+v, %v", c.Action, results, err)
			}
			d.during(3 * time.Second)
		}
		var got []string
		for _, m := range p.mails {
			subject, _, _ := strings.Cut(m.Subject, ": ")
			got = append(got, strings.TrimSuffix(m.To, "@haidang.test")+" "+subject)
			if !strings.Contains(m.Text, "\nLan Anh: ") {
				t.Errorf("the mail does not say who wrote what:\n%s", m.Text)
			}
		}
		want := "minh [Để biết] Bàn giao cho bạn, minh [Để biết] Có người nhắc đến bạn, thu [Để biết] Chuyển bạn quyết định, thu [Để biết] Có người nhắc đến bạn"
		slices.Sort(got)
		if strings.Join(got, ", ") != want {
			t.Errorf("mails:\n%s\nwant:\n%s", strings.Join(got, ", "), want)
		}
	})
}
