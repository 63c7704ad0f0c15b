package crawler

import (
	"strconv"
	"strings"
)

// Words says the reason to a person, in Vietnamese or, for language "en", in English.
func (r Reason) Words(language string) string {
	w, ok := reasonWords[r]
	if !ok {
		return string(r)
	}
	if language == "en" {
		return w.en
	}
	return w.vi
}

// Words says why a source is not well, in Vietnamese or, for language "en", in English; "" when it is.
func (h SourceHealth) Words(language string) string {
	switch h.State {
	case StateFailing:
		return h.Reason.Words(language)
	case StateQuiet:
		w := quietWords
		if h.Expected > 0 {
			w = quietCounted
		}
		text := w.vi
		if language == "en" {
			text = w.en
		}
		return strings.ReplaceAll(text, "%d", strconv.Itoa(h.Expected))
	}
	return ""
}

var (
	quietWords   = words{"vẫn trả lời nhưng không có tin mới", "answers, but shows nothing new"}
	quietCounted = words{"vẫn trả lời nhưng không có tin mới; giờ này mọi tuần thường có khoảng %d tin", "answers, but shows nothing new; these hours usually bring about %d items"}
)

type words struct{ vi, en string }

var reasonWords = map[Reason]words{
	ReasonNone:         {"bình thường", "all is well"},
	ReasonNotFeed:      {"địa chỉ không trả về nguồn tin RSS, Atom hay JSON", "the address does not answer with a feed"},
	ReasonTooDeep:      {"tài liệu lồng quá sâu, đã từ chối đọc", "the document is nested too deeply and was not read"},
	ReasonTooLarge:     {"nội dung lớn hơn giới hạn", "the content is larger than the limit"},
	ReasonEmpty:        {"trang trống", "the page is empty"},
	ReasonNotHTML:      {"không phải trang web", "not a web page"},
	ReasonListing:      {"trang danh mục, không phải bài viết", "a list of articles, no article"},
	ReasonNoArticle:    {"không tìm thấy bài viết trên trang", "no article was found on the page"},
	ReasonErrorPage:    {"trang báo lỗi", "an error page"},
	ReasonScriptOnly:   {"trang chỉ hiện nội dung bằng kịch bản hoặc đòi xác minh", "the page shows its content by scripts only, or asks for a check"},
	ReasonRobots:       {"robots.txt không cho phép", "robots.txt forbids it"},
	ReasonRobotsDown:   {"không hỏi được robots.txt nên chưa tải", "robots.txt could not be asked, so nothing was fetched"},
	ReasonForbidden:    {"địa chỉ không công khai hoặc không phải http, https", "not a public address, or not http or https"},
	ReasonRedirects:    {"chuyển hướng quá nhiều lần", "too many redirects"},
	ReasonGone:         {"trang không còn", "the page is gone"},
	ReasonRefused:      {"máy chủ từ chối", "the server refuses"},
	ReasonThrottled:    {"máy chủ yêu cầu chờ", "the server asks us to wait"},
	ReasonServerError:  {"máy chủ gặp lỗi", "the server has an error"},
	ReasonUnreachable:  {"không kết nối được", "no connection"},
	ReasonTimeout:      {"máy chủ trả lời quá chậm", "the server is too slow"},
	ReasonHostDown:     {"máy chủ vừa không trả lời nên tạm ngừng hỏi", "the host did not answer a short while ago and is left alone"},
	ReasonTrap:         {"địa chỉ lặp vô tận (lịch, phiên truy cập, truy vấn)", "an address of an endless calendar, session or query"},
	ReasonInvalidURL:   {"địa chỉ không hợp lệ", "the address is not valid"},
	ReasonRepeat:       {"đã xử lý trước đó", "done before"},
	ReasonOutside:      {"đăng ngoài khoảng thời gian cần lấy", "published outside the dates that were asked for"},
	ReasonFeedOnly:     {"chỉ có phần nguồn tin cung cấp", "only what the feed gave"},
	ReasonPostponed:    {"tạm thời chưa đọc được, sẽ thử lại", "could not be read for now, will be tried again"},
	ReasonBrokerFailed: {"hàng đợi tin nhắn chưa nhận", "the message broker did not accept it"},
	ReasonStateFailed:  {"cơ sở dữ liệu gặp lỗi", "the database has an error"},
}
