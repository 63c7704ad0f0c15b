package coverage

import (
	"fmt"
	"time"
)

// Words are the same in both languages of the desk.
type Words struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// In returns the words in a language, "vi" or "en".
func (w Words) In(language string) string {
	if language == "en" {
		return w.EN
	}
	return w.VI
}

// name is what a value is called: an outlet as it writes itself, others by Deps.Name.
func (c *Coverage) name(d Dimension, id string, outlets map[string]string) Words {
	if d == Outlet {
		return Words{outlets[id], outlets[id]}
	}
	return Words{c.deps.Name(d, id, "vi"), c.deps.Name(d, id, "en")}
}

// say explains a spike: how much, when, what is usual, and how that is known.
func (s Spike) say(name Words) Words {
	switch {
	case s.ID == "":
		name = Words{"Tất cả tin bài", "All articles"}
	case name.VI == "" || name.EN == "":
		name = Words{s.ID, s.ID}
	}
	usual := Words{fmt.Sprintf("thường chỉ có %d bài", s.Usual), fmt.Sprintf("usually bring %d", s.Usual)}
	if s.Usual == 0 {
		usual = Words{"thường gần như không có bài nào", "usually bring hardly any"}
	}
	return Words{
		VI: fmt.Sprintf("%s: %d bài của %d báo %s; cùng giờ, cùng thứ %s (trung vị của %d tuần trước). Các bản sao không tính.", name.VI, s.Articles, s.Outlets, s.when("vi"), usual.VI, s.Weeks),
		EN: fmt.Sprintf("%s: %d articles of %d outlets %s; the same hours of the same weekday %s (median of %d weeks before). Copies are left out.", name.EN, s.Articles, s.Outlets, s.when("en"), usual.EN, s.Weeks),
	}
}

// when says a stretch of time: one hour, some hours of a day, or days.
func (s Spike) when(language string) string {
	from, to := s.From.In(Zone), s.To.In(Zone)
	clock, date := "15:04", "02/01/2006"
	last := to.Add(-time.Second)
	vi, en := "từ %s đến %s ngày %s", "from %s to %s on %s"
	switch {
	case to.Sub(from) > day || to.Sub(from) == day && from.Hour() == 0:
		if last.Format(date) == from.Format(date) {
			return in(language, "trong ngày %s", "on %s", last.Format(date))
		}
		return in(language, "từ ngày %s đến ngày %s", "from %s to %s", from.Format(date), last.Format(date))
	case last.Format(date) == from.Format(date):
		return in(language, vi, en, from.Format(clock), to.Format(clock), last.Format(date))
	}
	return in(language, "từ %s đến %s", "from %s to %s", from.Format(clock+" "+date), to.Format(clock+" "+date))
}

func in(language, vi, en string, args ...any) string {
	if language == "en" {
		return fmt.Sprintf(en, args...)
	}
	return fmt.Sprintf(vi, args...)
}
