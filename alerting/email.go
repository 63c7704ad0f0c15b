package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"haidang/internal/article"
	"haidang/internal/text"
)

// Email is a receiver that takes mail.
type Email struct {
	Name     string   `yaml:"name"`
	To       []string `yaml:"to"`
	Language string   `yaml:"language"` // vi or en; empty: vi
}

// Mail is one message that is ready to be sent.
type Mail struct {
	ID       string // of the message, the same on every repeat
	To       []string
	Subject  string
	Text     string
	HTML     string
	Language string
}

const kindEmail = "email"

// mailbox sends mail. Messages of one group go out as one mail.
type mailbox struct {
	Email
	link    string
	deliver func(context.Context, Mail) error
}

func (m mailbox) kind() string { return kindEmail }

func (m mailbox) send(ctx context.Context, msg message) error {
	var told []Notification
	for _, body := range append([][]byte{msg.body}, msg.more...) {
		var n Notification
		if err := json.Unmarshal(body, &n); err != nil {
			return fmt.Errorf("mail to %q: %w", m.Name, err)
		}
		told = append(told, n)
	}
	return m.deliver(ctx, m.write(msg.id, told))
}

// mailWords are what a mail says: Vietnamese, English.
var mailWords = map[string][2]string{
	"opened":     {"Cần kiểm chứng", "Check this claim"},
	"reopened":   {"Mở lại", "Reopened"},
	"repeated":   {"Vẫn chưa ai nhận", "Still nobody has taken it"},
	"returned":   {"Hết thời gian giữ lại", "No longer held back"},
	"called":     {"Gọi người trực", "You are called"},
	"claim":      {"Nội dung", "Claim"},
	"kind":       {"Dạng tin", "Kind of claim"},
	"article":    {"Bài", "Article"},
	"why":        {"Vì sao báo", "Why it rang"},
	"known":      {"Đã biết", "What is known"},
	"unanswered": {"chưa có phản hồi", "nobody has answered it"},
	"answered":   {"%s đã phản hồi", "%s has answered it"},
	"outlets":    {"%d báo tự đăng", "%d outlets in their own words"},
	"link":       {"Mở hồ sơ", "Open the story"},
	"many":       {"%d tin cần kiểm chứng", "%d claims to check"},
	"footer": {
		"Mỗi cảnh báo có nghĩa “hãy kiểm chứng nội dung này”; đó không phải kết luận rằng tin sai, cũng không phải nhận định về người đăng.",
		"Each alert means “check this claim”; it is neither a finding that the claim is false nor a judgement on whoever published it.",
	},
	string(article.Critical): {"Khẩn cấp", "Critical"},
	string(article.High):     {"Cao", "High"},
	string(article.Normal):   {"Thường", "Normal"},
	string(article.Info):     {"Để biết", "For information"},
}

func (m mailbox) word(key string, args ...any) string {
	pair, ok := mailWords[key]
	if !ok {
		return oneLine(key, 60)
	}
	s := pair[0]
	if m.Language == "en" {
		s = pair[1]
	}
	if len(args) > 0 {
		s = fmt.Sprintf(s, args...)
	}
	return s
}

// Longest pieces of foreign text in a mail, in letters.
const (
	mailTitle = 160
	mailQuote = 240
)

// write puts one notification, or several, into words.
func (m mailbox) write(id string, told []Notification) Mail {
	out := Mail{ID: id, To: m.To, Language: m.Language}
	first := &told[0]
	out.Subject = "[" + m.word(string(first.Story.Severity)) + "] " + m.word(string(first.Change)) + ": " + m.what(&first.Story)
	if len(told) > 1 {
		out.Subject = m.word("many", len(told)) + ": " + m.what(&first.Story)
	}
	out.Subject = oneLine(out.Subject, mailTitle)
	var text, page strings.Builder
	page.WriteString(mailHead)
	for i := range told {
		m.one(&text, &page, &told[i])
	}
	text.WriteString("--\n" + m.word("footer") + "\n")
	page.WriteString(`<p style="color:#5b6b75;font-size:14px">` + html.EscapeString(m.word("footer")) + "</p></div></body></html>")
	out.Text, out.HTML = text.String(), page.String()
	return out
}

const mailHead = `<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></head>` +
	`<body style="margin:0;padding:16px"><div style="max-width:600px;margin:0 auto;font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif">`

// what is a story in a line: the headline of a kind of rumour, the statement of a known one.
func (m mailbox) what(s *Story) string {
	if s.Pattern && s.FirstTitle != "" {
		return oneLine(s.FirstTitle, mailTitle)
	}
	return oneLine(s.Statement(m.Language), mailTitle)
}

// line is one named fact of a notification.
type line struct{ name, text string }

func (m mailbox) one(text, page *strings.Builder, n *Notification) {
	s := &n.Story
	known := m.word("unanswered")
	if s.Answered() {
		known = m.word("answered", oneLine(s.AnswerOutlet, 60))
	}
	lines := []line{}
	if s.Pattern {
		lines = append(lines, line{m.word("kind"), oneLine(s.Statement(m.Language), mailQuote)})
	}
	lines = append(lines,
		line{m.word("article"), oneLine(n.Article.Outlet, 60) + ": “" + oneLine(n.Article.Title, mailTitle) + "”" + seenText(n.Article.FirstSeen)},
		line{m.word("why"), m.why(&n.Article)},
		line{m.word("known"), known + "; " + m.word("outlets", s.Outlets)})
	heading := "[" + m.word(string(s.Severity)) + "] " + m.word(string(n.Change))
	fmt.Fprintf(text, "%s\n%s\n\n", heading, m.what(s))
	fmt.Fprintf(page, `<p style="margin:0 0 2px;color:#b3261e;font-weight:700">%s</p><h1 style="margin:0 0 10px;font-size:20px;line-height:1.4">%s</h1>`,
		html.EscapeString(heading), html.EscapeString(m.what(s)))
	for _, l := range lines {
		fmt.Fprintf(text, "%s: %s\n", l.name, l.text)
		fmt.Fprintf(page, `<p style="margin:0 0 6px"><b>%s:</b> <bdi>%s</bdi></p>`, html.EscapeString(l.name), html.EscapeString(l.text))
	}
	if m.link != "" {
		address := strings.TrimSuffix(m.link, "/") + "/stories/" + url.PathEscape(s.ID)
		fmt.Fprintf(text, "%s: %s\n", m.word("link"), address)
		fmt.Fprintf(page, `<p style="margin:8px 0 22px"><a href="%s">%s</a></p>`, html.EscapeString(address), html.EscapeString(m.word("link")))
	}
	text.WriteString("\n")
}

// why is the words that made it ring, from the first snippet that has marks.
func (m mailbox) why(a *Alert) string {
	var words []string
	for _, s := range a.Snippets {
		for _, mark := range s.Marks {
			if mark.Start >= 0 && mark.End <= len(s.Text) && mark.Start < mark.End && len(words) < 6 {
				words = append(words, "“"+oneLine(s.Text[mark.Start:mark.End], 60)+"”")
			}
		}
	}
	return strings.Join(append(words, fmt.Sprintf("%d/100", a.Score)), ", ")
}

// seenText is when an article was seen, in Vietnam.
func seenText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return ", " + at.In(time.FixedZone("ICT", 7*3600)).Format("15:04 02/01/2006")
}

// oneLine makes a text from anywhere fit for a line of a mail or of its header.
func oneLine(s string, most int) string { return text.Plain(s, most) }

func (e Email) validate(at string) (errs []error) {
	if len(e.To) == 0 {
		errs = append(errs, fmt.Errorf("%s.to: nobody", at))
	}
	for i, to := range e.To {
		if _, err := mail.ParseAddress(to); err != nil || strings.ContainsAny(to, "\r\n\x00") {
			errs = append(errs, fmt.Errorf("%s.to[%d]: %q is not a mail address", at, i, to))
		}
	}
	if e.Language != "" && e.Language != "vi" && e.Language != "en" {
		errs = append(errs, fmt.Errorf("%s.language: %q is not known; write vi or en", at, e.Language))
	}
	return errs
}

// errNoMail says that there is nothing to send mail with.
var errNoMail = errors.New("alerting: emails are configured and there is no mail server: set digest.smtp.host")
