package alerting

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"haidang/internal/article"
	"haidang/internal/text"
)

// teller puts notifications into words for people, in one language.
type teller struct {
	language string // en; anything else is Vietnamese
	link     string // address of the desk; empty: no links
}

// read decodes the notifications of a message, in their order.
func (m message) read() ([]Notification, error) {
	var told []Notification
	for _, body := range append([][]byte{m.body}, m.more...) {
		var n Notification
		if err := json.Unmarshal(body, &n); err != nil {
			return nil, fmt.Errorf("read the notification: %w", err)
		}
		m.decided.tell(&n.Story)
		told = append(told, n)
	}
	return told, nil
}

// tellWords are what a message says: Vietnamese, English.
var tellWords = map[string][2]string{
	"opened":                 {"Cần kiểm chứng", "Check this claim"},
	"reopened":               {"Mở lại", "Reopened"},
	"repeated":               {"Vẫn chưa ai nhận", "Still nobody has taken it"},
	"returned":               {"Hết thời gian giữ lại", "No longer held back"},
	"called":                 {"Gọi người trực", "You are called"},
	"claim":                  {"Nội dung", "Claim"},
	"kind":                   {"Dạng tin", "Kind of claim"},
	"article":                {"Bài", "Article"},
	"why":                    {"Vì sao báo", "Why it rang"},
	"known":                  {"Đã biết", "What is known"},
	"unanswered":             {"chưa có phản hồi", "nobody has answered it"},
	"answered":               {"%s đã phản hồi", "%s has answered it"},
	"outlets":                {"%d báo tự đăng", "%d outlets in their own words"},
	"link":                   {"Mở hồ sơ", "Open the story"},
	"mentioned":              {"Có người nhắc đến bạn", "You are mentioned"},
	"handed_over":            {"Bàn giao cho bạn", "Handed over to you"},
	"escalated":              {"Chuyển bạn quyết định", "Escalated to you"},
	"more":                   {"và %d tin nữa trên trang trực", "and %d more on the desk"},
	"many":                   {"%d tin cần kiểm chứng", "%d claims to check"},
	"verdict.undetermined":   {"chưa có kết luận", "not determined yet"},
	"verdict.in_progress":    {"đang xác minh", "being checked"},
	"verdict.false":          {"sai sự thật", "false"},
	"verdict.misleading":     {"gây hiểu nhầm", "misleading"},
	"verdict.out_of_context": {"đúng nhưng sai bối cảnh", "true, but out of context"},
	"verdict.true":           {"đúng", "true"},
	"verdict.not_checkable":  {"không kiểm chứng được", "not checkable"},

	"footer": {
		"Mỗi cảnh báo có nghĩa “hãy kiểm chứng nội dung này”; đó không phải kết luận rằng tin sai, cũng không phải nhận định về người đăng.",
		"Each alert means “check this claim”; it is neither a finding that the claim is false nor a judgement on whoever published it.",
	},
	string(article.Critical): {"Khẩn cấp", "Critical"},
	string(article.High):     {"Cao", "High"},
	string(article.Normal):   {"Thường", "Normal"},
	string(article.Info):     {"Để biết", "For information"},
}

func (t teller) word(key string, args ...any) string {
	pair, ok := tellWords[key]
	if !ok {
		return oneLine(key, 60)
	}
	s := pair[0]
	if t.language == "en" {
		s = pair[1]
	}
	if len(args) > 0 {
		s = fmt.Sprintf(s, args...)
	}
	return s
}

// Longest pieces of foreign text in a message, in letters.
const (
	longTitle = 160
	longQuote = 240
	longNote  = 600
)

// subject is one notification, or several, in a line.
func (t teller) subject(told []Notification) string {
	first := &told[0]
	if len(told) > 1 {
		return oneLine(t.word("many", len(told))+": "+t.what(&first.Story), longTitle)
	}
	return oneLine(t.heading(first)+": "+t.what(&first.Story), longTitle)
}

// heading says how urgent a notification is and what happened.
func (t teller) heading(n *Notification) string {
	return "[" + t.word(string(n.Story.Severity)) + "] " + t.word(string(n.Change))
}

// what is a story in a line: the headline of a kind of rumour, the statement of a known one.
func (t teller) what(s *Story) string {
	if s.Pattern && s.FirstTitle != "" {
		return oneLine(s.FirstTitle, longTitle)
	}
	return oneLine(s.Statement(t.language), longTitle)
}

// line is one named fact of a notification.
type line struct{ name, text string }

// facts are what a notification says: what somebody noted, the article, why it rang and what is known.
func (t teller) facts(n *Notification) []line {
	s := &n.Story
	known := t.word("unanswered")
	if s.Answered() {
		known = t.word("answered", oneLine(s.AnswerOutlet, 60))
	}
	if s.DecidedBy != "" {
		known = t.word("verdict."+s.Verdict) + " (" + oneLine(s.DecidedBy, 60) + "); " + known
	}
	var lines []line
	if n.Note != "" {
		lines = append(lines, line{oneLine(n.By, 60), oneLine(n.Note, longNote)})
	}
	if s.Pattern {
		lines = append(lines, line{t.word("kind"), oneLine(s.Statement(t.language), longQuote)})
	}
	return append(lines,
		line{t.word("article"), oneLine(n.Article.Outlet, 60) + ": “" + oneLine(n.Article.Title, longTitle) + "”" + seenText(n.Article.FirstSeen)},
		line{t.word("why"), why(&n.Article)},
		line{t.word("known"), known + "; " + t.word("outlets", s.Outlets)})
}

// page is the address of a story, or nothing.
func (t teller) page(s *Story) string {
	if t.link == "" {
		return ""
	}
	return strings.TrimSuffix(t.link, "/") + "/stories/" + url.PathEscape(s.ID)
}

// why is the words that made it ring, from the first snippet that has marks.
func why(a *Alert) string {
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

func validateLanguage(at, language string) []error {
	if language != "" && language != "vi" && language != "en" {
		return []error{fmt.Errorf("%s.language: %q is not known; write vi or en", at, language)}
	}
	return nil
}
