package alerting

import "fmt"

// The codes of refusals that are not in the table of the life of a story.
const (
	refuseUnknown  = "unknown"   // no such action or state
	refuseGone     = "gone"      // no such story
	refuseConflict = "conflict"  // somebody else was faster
	refuseActor    = "actor"     // nobody said who acts
	refuseNote     = "note"      // it must be said why
	refuseTo       = "to"        // to whom?
	refuseOutcome  = "outcome"   // closing needs one
	refuseNoise    = "noise"     // a noisy outcome needs a reason, another one has none
	refuseUntil    = "until"     // not a time to come, or too far away
	refuseInto     = "into"      // no story to merge into
	refuseArticles = "articles"  // no articles of the story to take
	refuseTooLong  = "too_long"  // of a note
	refuseTooMany  = "too_many"  // stories at once
	refuseAnswered = "no_change" // nothing would change

	refuseBlind       = "blind"        // a silence about everything
	refuseSilenceEnd  = "silence_end"  // not a time that a silence may last
	refuseSilenced    = "silenced"     // somebody has asked for the same
	refuseSilenceOver = "silence_over" // no such silence holds any more
)

// Refusal is why an action was not done. Nothing of the story was changed.
type Refusal struct {
	Code    string `json:"code"`
	StoryID string `json:"story_id"`
	Action  Action `json:"action"`
	State   State  `json:"state"`
	By      string `json:"by,omitempty"` // who has the story, or changed it
}

// Error implements error in English.
func (r *Refusal) Error() string {
	said := fmt.Sprintf("%s refused: %s", r.Action, r.Sentence("en"))
	if r.StoryID == "" {
		return said
	}
	return "story " + r.StoryID + ": " + said
}

// Sentence says why, and what to do instead, in one language: English for "en", Vietnamese otherwise.
func (r *Refusal) Sentence(language string) string {
	pair, ok := refusalSentences[r.Code]
	if !ok {
		pair = refusalSentences[refuseUnknown]
	}
	sentence := pair[0]
	if language == "en" {
		sentence = pair[1]
	}
	if r.By != "" {
		sentence += " (" + r.By + ")"
	}
	return sentence
}

// refusalSentences are the reasons in Vietnamese and English.
var refusalSentences = map[string][2]string{
	"taken":        {"Đã có người nhận: hãy nhờ họ bàn giao", "somebody has taken it: ask for a hand-over"},
	"in_review":    {"Đang được kiểm tra", "it is being checked already"},
	"escalated":    {"Đã chuyển lên cấp trên: người phụ trách cần xử lý, không thể hoãn", "it is with a lead already and cannot wait: review it, answer it or close it"},
	"responded":    {"Đã có phản hồi: hãy đóng lại hoặc mở kiểm tra", "it was responded to: close it or review it again"},
	"closed":       {"Đã đóng: hãy mở lại trước", "it is closed: reopen it first"},
	"merged":       {"Đã gộp vào câu chuyện khác: hãy làm ở đó hoặc tách ra", "it is merged into another story: act there, or unmerge it"},
	"suppressed":   {"Đang bị giữ lại: hãy đánh thức trước", "it is held back: wake it first"},
	"snoozed":      {"Đang hoãn", "it is snoozed"},
	"open":         {"Vẫn đang mở", "it is open"},
	"awake":        {"Không hoãn cũng không bị giữ lại", "it is neither snoozed nor held back"},
	"single":       {"Chưa gộp vào đâu", "it is not merged into any story"},
	"no_timer":     {"Không có hẹn giờ nào đang chạy", "no timer of this kind runs"},
	refuseUnknown:  {"Không có thao tác này", "there is no such action"},
	refuseGone:     {"Không có câu chuyện này", "there is no such story"},
	refuseConflict: {"Người khác vừa thay đổi: hãy xem lại rồi làm tiếp", "somebody else has just changed it: look again, then act"},
	refuseActor:    {"Chưa rõ ai thực hiện", "nobody said who acts"},
	refuseNote:     {"Cần ghi chú: vì sao, còn lại việc gì", "a note is needed: why, and what is left to do"},
	refuseTo:       {"Cần chọn người nhận có trong danh sách", "name a person of the list who takes it"},
	refuseOutcome:  {"Cần chọn kết luận", "an outcome is needed"},
	refuseNoise:    {"Báo nhầm cần lý do; kết luận khác thì không", "an outcome of noise needs a reason, and no other one has any"},
	refuseUntil:    {"Cần một thời điểm trong 7 ngày tới", "a time within the next 7 days is needed"},
	refuseInto:     {"Cần chọn một câu chuyện khác còn mở, chưa gộp", "name another story that is not merged itself"},
	refuseArticles: {"Cần chọn một số bài của câu chuyện, không phải tất cả", "choose some articles of the story, not all of them"},
	refuseTooLong:  {"Ghi chú quá dài: tối đa 4.000 ký tự", "the note is too long: at most 4,000 characters"},
	refuseTooMany:  {"Quá nhiều cùng lúc: tối đa 500", "too many at once: at most 500"},
	refuseAnswered: {"Không có gì thay đổi", "nothing would change"},

	refuseBlind:       {"Hãy chọn tin đồn, báo, nơi, lĩnh vực hoặc mức độ: ngừng báo mọi tin là bịt mắt", "say what it is about: a silence about everything is no silence but blindness"},
	refuseSilenceEnd:  {"Tạm ngừng báo phải kết thúc sau khi bắt đầu và kéo dài nhiều nhất 7 ngày", "a silence ends after it begins, and lasts 7 days at most"},
	refuseSilenced:    {"Đã có người yêu cầu tạm ngừng báo như vậy", "somebody has asked for this silence already"},
	refuseSilenceOver: {"Việc tạm ngừng báo này không còn hiệu lực", "no such silence holds any more"},
}
