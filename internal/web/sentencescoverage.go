package web

// coverageSentences are what the page of volumes says: Vietnamese, English.
var coverageSentences = map[string]pair{
	"nav.coverage":            {"Thống kê", "Coverage"},
	"coverage.title":          {"Thống kê tin bài", "Coverage"},
	"coverage.placeholder":    {"để trống: mọi tin bài", "empty: all articles"},
	"coverage.button":         {"Xem", "Show"},
	"coverage.days":           {"Khoảng thời gian", "Period"},
	"coverage.days.1":         {"Hôm nay", "Today"},
	"coverage.days.7":         {"7 ngày", "7 days"},
	"coverage.days.30":        {"30 ngày", "30 days"},
	"coverage.days.90":        {"90 ngày", "90 days"},
	"coverage.days.365":       {"1 năm", "1 year"},
	"coverage.own":            {"Chọn ngày", "Choose dates"},
	"coverage.more":           {"Chọn ngày, so sánh", "Dates, comparison"},
	"coverage.beside":         {"So với các câu tìm khác", "Compare with other searches"},
	"coverage.beside.example": {"hạn hán; \"cháy rừng\"", "drought; \"forest fire\""},
	"coverage.voices":         {"Tỷ trọng giữa các câu tìm", "Share of voice"},
	"coverage.from":           {"Từ ngày", "From"},
	"coverage.to":             {"Đến hết ngày", "Up to the end of"},
	"coverage.period":         {"%s, so với %s", "%s, compared with %s"},
	"coverage.of":             {"Thống kê", "Coverage"},
	"coverage.read":           {"Xem các bài", "Read the articles"},
	"coverage.articles":       {"Bài (không tính bản sao)", "Articles (without copies)"},
	"coverage.all":            {"Bài (tính cả bản sao)", "Articles (copies too)"},
	"coverage.copies":         {"Bản sao", "Copies"},
	"coverage.outlets":        {"Báo", "Outlets"},
	"coverage.repeats":        {"Bài lặp lại tin đồn", "Articles that repeat a claim"},
	"coverage.new":            {"mới có", "new"},
	"coverage.same":           {"như cũ", "same"},
	"coverage.chart":          {"Số bài theo thời gian", "Articles over time"},
	"coverage.now":            {"Kỳ này", "This period"},
	"coverage.before":         {"Kỳ trước", "Before"},
	"coverage.most":           {"đỉnh biểu đồ: %s", "top of the chart: %s"},
	"coverage.bar":            {"%s: %s bài; kỳ trước %s", "%s: %s articles; before %s"},
	"coverage.when":           {"Thời gian", "Time"},
	"coverage.table":          {"Bảng số liệu", "As a table"},
	"coverage.spikes":         {"Tăng đột biến", "Spikes"},
	"coverage.no_spikes":      {"Không có: mọi giờ đều gần với cùng giờ, cùng thứ của tám tuần trước.", "None: every hour was near the same hour and weekday of the eight weeks before."},
	"coverage.unjudged":       {"Chưa nói được: kho chưa đủ bốn tuần trước đó để biết mức thường lệ.", "Cannot be told: the archive knows fewer than four of the weeks before."},
	"coverage.rose":           {"Tăng tỷ trọng", "Takes more of the coverage"},
	"coverage.fell":           {"Giảm tỷ trọng", "Takes less of the coverage"},
	"coverage.tone":           {"Tin đồn: ai lặp lại, ai bác bỏ", "Claims: repeated, doubted, answered"},
	"coverage.number":         {"Bài", "Articles"},
	"coverage.share":          {"Tỷ trọng", "Share"},
	"coverage.change":         {"So kỳ trước", "Change"},
	"coverage.course":         {"Diễn biến", "Course"},
	"tone.repeats":            {"Lặp lại", "Repeated"},
	"tone.doubts":             {"Nghi vấn, chưa rõ", "Doubted or unclear"},
	"tone.answers":            {"Bác bỏ, xử lý", "Answered"},
}

// sentence finds what a key says.
func sentence(key string) (pair, bool) {
	if words, ok := sentences[key]; ok {
		return words, true
	}
	words, ok := coverageSentences[key]
	return words, ok
}
