package digest

import (
	"fmt"
	"strconv"
	"time"

	"haidang/alerting"
	"haidang/alerting/feedback"
	"haidang/internal/article"
	"haidang/internal/text"
)

// words is everything that a mail says in one language.
type words struct {
	periodWords
	Lang, Brand                                        string
	window, preview, late                              string
	NotReviewed, reviewed, NoteHeading                 string
	rewritten                                          func(n int) string // sentences of the mail
	behind, dry, unknown                               string
	TopHeading, claimLabel, articleLabel, Kind         string
	FirstArticle                                       string
	Verdict, Spread, FirstSeen, Response, Owner        string
	nobody                                             string
	OpenStory                                          string
	answered, fresh, spreading, waiting, more          string
	watching                                           string
	FieldsHeading, Field, FieldNew, FieldOpen, FieldIn string
	SourcesHeading                                     string
	allWell, failing, never, lastArticle               string
	Footer                                             string
	unnamed                                            string
	days                                               [7]string
	severities, verdicts, fields, stances, states      map[string]string
	trendText                                          func(trend) string
	MeasuredHeading, RulesHeading, NoRules             string
	steps                                              [5]string // alert, acknowledged, responded, denied, unanswered
	usually, hours, right                              string
	exact                                              func(time.Duration) string
	change, share                                      string // of numbers before; of a name in the whole
	advice, noises                                     map[string]string
	spike, partly, outletShares, languageShares        string
	tone, rose, fell                                   string
	toneOf, languages                                  map[string]string // by the tone's name, with the number and the one before; by code
	tally                                              func(*content) string
	articles                                           func(n int) string
	AllArticles, NoCoverage, test                      string
	lead                                               func(c *content) string
	span                                               func(time.Duration) string
	spreadText                                         func(s *alerting.Story) string
	answeredBy                                         func(who, after string) string
	unansweredFor                                      func(span string) string
	sentence                                           func(Sentence) string
	number                                             func(int) string
	added                                              func(n int) string
	moment, date                                       func(time.Time) string // of a time in Vietnam
}

func wordsFor(list List) words {
	if list.Language == "en" {
		w := english()
		w.periodWords = periodEN(list.edition())
		return w
	}
	w := vietnamese()
	w.periodWords = periodVI(list.edition())
	return w
}

func vietnamese() words {
	return words{
		Lang: "vi", Brand: "Hải Đăng",
		window: "Từ %s đến %s, giờ Việt Nam", preview: "Bản xem trước: số liệu tính đến %s, kỳ tin chưa kết thúc.",
		late:        "Gửi muộn: bản tin này lẽ ra được gửi lúc %s.",
		NotReviewed: "Bản tự động, chưa qua người duyệt",
		reviewed:    "%s đã duyệt lúc %s", NoteHeading: "Lời người duyệt",
		rewritten:  func(n int) string { return "đã sửa " + grouped(n, ".") + " câu" },
		behind:     "Số liệu có thể chưa đủ: hệ thống xử lý trễ %s, còn %s bài đang chờ.",
		dry:        "Số liệu có thể chưa đủ: không nhận được bài mới nào từ %s.",
		unknown:    "Không rõ tình trạng các nguồn tin; số liệu có thể chưa đủ.",
		TopHeading: "Cần quyết định", claimLabel: "Nội dung cần kiểm chứng", articleLabel: "Bài cần kiểm chứng", Kind: "Dạng tin", FirstArticle: "Bài đầu tiên",
		Verdict: "Kết luận", Spread: "Lan truyền", FirstSeen: "Thấy lần đầu", Response: "Phản hồi", Owner: "Phụ trách",
		nobody: "chưa ai nhận", OpenStory: "Mở hồ sơ tin",
		answered: "Vừa được phản hồi", fresh: "Tin mới khác", watching: "Đang theo dõi",
		spreading: "Tiếp tục lan rộng", waiting: "Vẫn chưa được phản hồi",
		more: "và %s tin khác", FieldsHeading: "Theo lĩnh vực", Field: "Lĩnh vực", FieldNew: "Tin mới", FieldOpen: "Chưa phản hồi", FieldIn: "Bài thêm",
		SourcesHeading: "Tình trạng nguồn tin", allWell: "Cả %s nguồn đều đang được đọc.", failing: "%s trên %s nguồn không đọc được hoặc im lặng bất thường.",
		never: "chưa có bài nào", lastArticle: "Bài mới nhất nhận lúc %s.",
		Footer:  "Mỗi cảnh báo có nghĩa “hãy kiểm chứng nội dung này”; đó không phải kết luận rằng tin sai, cũng không phải nhận định về người đăng.",
		unnamed: "nguồn không rõ tên",
		days:    [7]string{"Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"},
		severities: map[string]string{
			string(article.Critical): "Khẩn cấp", string(article.High): "Cao", string(article.Normal): "Thường", string(article.Info): "Để biết",
		},
		verdicts: map[string]string{
			"undetermined": "Chưa có kết luận", "in_progress": "Đang xác minh", "false": "Sai sự thật", "misleading": "Gây hiểu nhầm",
			"out_of_context": "Đúng nhưng sai bối cảnh", "true": "Đúng", "not_checkable": "Không kiểm chứng được", "": "Chưa có kết luận",
		},
		fields: map[string]string{
			"policy-law": "Chính sách, pháp luật", "economy-finance": "Kinh tế, tài chính", "health": "Y tế",
			"disaster-epidemic": "Thiên tai, dịch bệnh", "security-order": "An ninh, trật tự", "impersonation": "Tài khoản giả mạo",
			"scam-links": "Đường link lừa đảo", "other": "Lĩnh vực khác",
		},
		stances: map[string]string{
			string(article.Denies): "bác bỏ", string(article.ReportsDebunk): "đăng kết quả kiểm chứng", string(article.ReportsPenalty): "đưa tin xử phạt",
		},
		states: map[string]string{
			string(alerting.StateAcknowledged): "đã tiếp nhận", string(alerting.StateInReview): "đang xác minh", string(alerting.StateEscalated): "đã báo cáo cấp trên",
			string(alerting.StateResponded): "đã phản hồi", string(alerting.StateSnoozed): "tạm hoãn", string(alerting.StateNew): "mới",
		},
		MeasuredHeading: "Bàn trực phản ứng nhanh đến đâu", RulesHeading: "Quy tắc cần sửa hoặc bỏ", NoRules: "Không có quy tắc nào cần sửa.",
		steps:   [5]string{"Từ lúc thấy đến lúc báo chuông", "đến lúc tiếp nhận", "đến lúc phản hồi", "Từ lúc tin xuất hiện đến bài bác bỏ đầu tiên", "Thời gian chưa được phản hồi, cộng lại"},
		usually: "một nửa trong %s, chín phần mười trong %s (%s vụ)", hours: "%s giờ", right: "%s trên %s lần báo đúng",
		exact:  exactly([4]string{"%d giây", "%d phút", "%d giờ %02d phút", "%d ngày %d giờ"}),
		advice: map[string]string{string(feedback.Retire): "nên bỏ", string(feedback.Mend): "cần sửa"},
		noises: map[string]string{
			string(alerting.RuleTooBroad): "phần lớn vì quy tắc quá rộng", string(alerting.WrongStance): "phần lớn vì hiểu sai lập trường", string(alerting.OldNews): "phần lớn vì tin cũ",
			string(alerting.ExtractionError): "phần lớn vì lỗi bóc tách", string(alerting.SpamSource): "phần lớn vì nguồn rác", string(alerting.NameClash): "phần lớn vì trùng tên",
		},
		change: "%+d\u00a0%%", share: "%s %.0f\u00a0%%",
		spike: "Bất thường", partly: "Chưa đếm hết", outletShares: "Tỷ trọng theo báo", languageShares: "Theo ngôn ngữ",
		tone: "Bài nói về các tin đồn", rose: "Được viết nhiều hơn", fell: "Được viết ít hơn",
		toneOf:    map[string]string{"repeats": "%s bài nhắc lại như thật (trước đó %s)", "doubts": "%s bài nghi vấn (trước đó %s)", "answers": "%s bài bác bỏ (trước đó %s)"},
		languages: map[string]string{"vi": "tiếng Việt", "en": "tiếng Anh"},
		trendText: trendVI, tally: tallyVI, AllArticles: "Tất cả các chủ đề", test: "[Gửi thử]",
		NoCoverage: "Không có số liệu về lượng tin bài: kho lưu trữ không nằm trong tiến trình này.",
		articles:   func(n int) string { return grouped(n, ".") + " bài" },
		lead:       leadVI, span: spanVI,
		spreadText: func(s *alerting.Story) string {
			out := fmt.Sprintf("%d báo tự đăng", s.Outlets)
			if s.Copies > 0 {
				out += fmt.Sprintf(", không tính %d bản sao", s.Copies)
			}
			return out + languagesNote(s.Languages, " (tiếng Việt và tiếng Anh)")
		},
		answeredBy:    func(who, after string) string { return who + ", sau " + after },
		unansweredFor: func(span string) string { return "Chưa được phản hồi " + span },
		sentence:      func(s Sentence) string { return s.VI },
		number:        func(n int) string { return grouped(n, ".") },
		added:         func(n int) string { return "thêm " + grouped(n, ".") + " bài" },
		moment:        func(t time.Time) string { return t.Format("15:04 ngày 02.01") },
		date:          func(t time.Time) string { return t.Format("02.01.2006") },
	}
}

func english() words {
	return words{
		Lang: "en", Brand: "Hải Đăng",
		window: "From %s to %s, Vietnam time", preview: "Preview: numbers as of %s, the period has not ended.",
		late:        "Sent late: this mail was due at %s.",
		NotReviewed: "Automatic edition, not reviewed",
		reviewed:    "Reviewed by %s at %s", NoteHeading: "A word from the reviewer",
		rewritten:  func(n int) string { return plural(n, "sentence rewritten", "sentences rewritten") },
		behind:     "Numbers may be incomplete: processing is %s behind, %s articles are waiting.",
		dry:        "Numbers may be incomplete: no new article has come in since %s.",
		unknown:    "The state of the sources is not known; numbers may be incomplete.",
		TopHeading: "Needs a decision", claimLabel: "Claim to check", articleLabel: "Article to check", Kind: "Kind of claim", FirstArticle: "First article",
		Verdict: "Verdict", Spread: "Spread", FirstSeen: "First seen", Response: "Response", Owner: "Owner",
		nobody: "nobody yet", OpenStory: "Open the story",
		answered: "Now answered", fresh: "Other new stories", watching: "Being watched",
		spreading: "Still spreading", waiting: "Still unanswered",
		more: "and %s more", FieldsHeading: "By field", Field: "Field", FieldNew: "New", FieldOpen: "Unanswered", FieldIn: "Articles",
		SourcesHeading: "State of the sources", allWell: "All %s sources are being read.", failing: "%s of %s sources cannot be read or are unusually quiet.",
		never: "no article yet", lastArticle: "Newest article came in at %s.",
		Footer:  "Each alert means “check this claim”; it is neither a finding that the claim is false nor a judgement on whoever published it.",
		unnamed: "unnamed outlet",
		days:    [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		severities: map[string]string{
			string(article.Critical): "Critical", string(article.High): "High", string(article.Normal): "Normal", string(article.Info): "For information",
		},
		verdicts: map[string]string{
			"undetermined": "Undetermined", "in_progress": "Being checked", "false": "False", "misleading": "Misleading",
			"out_of_context": "True but out of context", "true": "True", "not_checkable": "Cannot be checked", "": "Undetermined",
		},
		fields: map[string]string{
			"policy-law": "Policy and law", "economy-finance": "Economy and finance", "health": "Health",
			"disaster-epidemic": "Disaster and epidemic", "security-order": "Security and order", "impersonation": "Impersonation",
			"scam-links": "Scam links", "other": "Other fields",
		},
		stances: map[string]string{
			string(article.Denies): "denied it", string(article.ReportsDebunk): "published a fact-check", string(article.ReportsPenalty): "reported a penalty",
		},
		states: map[string]string{
			string(alerting.StateAcknowledged): "acknowledged", string(alerting.StateInReview): "in review", string(alerting.StateEscalated): "escalated",
			string(alerting.StateResponded): "responded", string(alerting.StateSnoozed): "snoozed", string(alerting.StateNew): "new",
		},
		MeasuredHeading: "How fast the desk responded", RulesHeading: "Rules to mend or retire", NoRules: "No rule needs mending.",
		steps:   [5]string{"From first sight to the alert", "to acknowledgement", "to response", "From a claim's appearance to its first denial", "Time unanswered, all together"},
		usually: "half within %s, nine of ten within %s (%s stories)", hours: "%s hours", right: "%s of %s right",
		exact:  exactly([4]string{"%d s", "%d min", "%d h %02d min", "%d d %d h"}),
		advice: map[string]string{string(feedback.Retire): "retire", string(feedback.Mend): "mend"},
		noises: map[string]string{
			string(alerting.RuleTooBroad): "mostly too broad", string(alerting.WrongStance): "mostly the stance was read wrongly", string(alerting.OldNews): "mostly old news",
			string(alerting.ExtractionError): "mostly errors of extraction", string(alerting.SpamSource): "mostly spam", string(alerting.NameClash): "mostly a clash of names",
		},
		change: "%+d%%", share: "%s %.0f%%",
		spike: "Out of the ordinary", partly: "Not all counted", outletShares: "Share of voice", languageShares: "By language",
		tone: "Articles on the claims", rose: "More room than before", fell: "Less room than before",
		toneOf:    map[string]string{"repeats": "%s repeat them (before: %s)", "doubts": "%s doubt them (before: %s)", "answers": "%s answer them (before: %s)"},
		languages: map[string]string{"vi": "Vietnamese", "en": "English"},
		trendText: trendEN, tally: tallyEN, AllArticles: "All topics", test: "[Test]",
		NoCoverage: "The amount of coverage is not known: the archive is not in this process.",
		articles:   func(n int) string { return plural(n, "article", "articles") },
		lead:       leadEN, span: spanEN,
		spreadText: func(s *alerting.Story) string {
			out := plural(s.Outlets, "outlet in its own words", "outlets in their own words")
			if s.Copies > 0 {
				out += ", not counting " + plural(s.Copies, "copy", "copies")
			}
			return out + languagesNote(s.Languages, " (Vietnamese and English)")
		},
		answeredBy:    func(who, after string) string { return who + ", after " + after },
		unansweredFor: func(span string) string { return "Unanswered for " + span },
		sentence:      func(s Sentence) string { return s.EN },
		number:        func(n int) string { return grouped(n, ",") },
		added:         func(n int) string { return plural(n, "more article", "more articles") },
		moment:        func(t time.Time) string { return t.Format("15:04 on 2 Jan") },
		date:          func(t time.Time) string { return t.Format("2 January 2006") },
	}
}

// languagesNote adds a note where a story has crossed from one language into the other.
func languagesNote(languages []string, note string) string {
	if len(languages) > 1 {
		return note
	}
	return ""
}

func leadVI(c *content) string {
	if c.newOnes+c.open == 0 {
		return "Không có gì đáng kể"
	}
	out := "Không có tin mới"
	if c.newOnes > 0 {
		out = grouped(c.newOnes, ".") + " tin cần kiểm chứng"
	}
	switch c.open {
	case 0:
		return out + "; tất cả đã được phản hồi"
	case 1:
		out += "; 1 chưa được phản hồi " + spanVI(c.longest)
	default:
		out += fmt.Sprintf("; %s chưa được phản hồi, lâu nhất %s", grouped(c.open, "."), spanVI(c.longest))
	}
	if c.openOld > 0 && c.newOnes > 0 {
		out += fmt.Sprintf(" (%s %s)", grouped(c.openOld, "."), periodVI(c.list.edition()).earlier)
	}
	return out
}

func leadEN(c *content) string {
	if c.newOnes+c.open == 0 {
		return "Nothing significant"
	}
	out := "No new claims"
	if c.newOnes > 0 {
		out = plural(c.newOnes, "claim needs checking", "claims need checking")
	}
	switch c.open {
	case 0:
		return out + "; all have been answered"
	case 1:
		out += "; 1 unanswered for " + spanEN(c.longest)
	default:
		out += fmt.Sprintf("; %s unanswered, the longest for %s", grouped(c.open, ","), spanEN(c.longest))
	}
	if c.openOld > 0 && c.newOnes > 0 {
		out += fmt.Sprintf(" (%s %s)", grouped(c.openOld, ","), periodEN(c.list.edition()).earlier)
	}
	return out
}

// spanParts cuts a length of time to the one unit that people would use: minutes, then hours, then days.
func spanParts(d time.Duration) (n int, unit string) {
	switch {
	case d < time.Hour:
		return max(1, int(d.Minutes())), "minute"
	case d < 48*time.Hour:
		return int(d.Hours()), "hour"
	}
	return int(d.Hours()) / 24, "day"
}

func spanVI(d time.Duration) string {
	n, unit := spanParts(d)
	return strconv.Itoa(n) + " " + map[string]string{"minute": "phút", "hour": "giờ", "day": "ngày"}[unit]
}

func spanEN(d time.Duration) string {
	n, unit := spanParts(d)
	return plural(n, unit, unit+"s")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n, ",") + " " + many
}

// grouped writes a number with a mark between its thousands.
func grouped(n int, mark string) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// label returns the words for a code, or the code itself where it has none.
func label(words map[string]string, code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return clean(code, 60)
}

// clean makes a text from anywhere fit for one line of a mail.
func clean(s string, most int) string { return text.Plain(s, most) }
