package digest

import (
	"fmt"
	"math"
	"strings"

	"haidang/internal/coverage"
)

// periodWords is what a mail says of its day, week or month.
type periodWords struct {
	Title, ChangedHeading        string
	Before                       string // the head of the column with the period before
	earlier                      string // "(1 từ hôm trước)"
	TrendHeading, CoverageHeader string
	bars                         string // what a bar is: "một ngày"
	besides                      string // what coverage is compared with: "cùng ngày tuần trước"
}

func periodVI(edition string) periodWords {
	switch edition {
	case Weekly:
		return periodWords{
			Title: "Bản tin tuần", ChangedHeading: "Thay đổi so với tuần trước", Before: "Tuần trước", earlier: "từ tuần trước",
			TrendHeading: "Xu hướng tám tuần", CoverageHeader: "Báo chí viết về", bars: "mỗi cột một tuần, đến sáng thứ hai ghi dưới cột", besides: "tuần trước đó",
		}
	case Monthly:
		return periodWords{
			Title: "Bản tin tháng", ChangedHeading: "Thay đổi so với tháng trước", Before: "Tháng trước", earlier: "từ tháng trước",
			TrendHeading: "Xu hướng sáu tháng", CoverageHeader: "Báo chí viết về", bars: "mỗi cột một tháng", besides: "kỳ trước đó",
		}
	}
	return periodWords{
		Title: "Bản tin sáng", ChangedHeading: "Thay đổi so với hôm qua", earlier: "từ hôm trước",
		TrendHeading: "Xu hướng hai tuần", CoverageHeader: "Báo chí viết về", bars: "mỗi cột 24 giờ, đến sáng ngày ghi dưới cột", besides: "cùng ngày tuần trước",
	}
}

func periodEN(edition string) periodWords {
	switch edition {
	case Weekly:
		return periodWords{
			Title: "Weekly digest", ChangedHeading: "Changed since last week", Before: "Week before", earlier: "from before",
			TrendHeading: "Eight weeks", CoverageHeader: "What the press wrote about", bars: "one bar is a week, up to the Monday morning below it", besides: "the week before",
		}
	case Monthly:
		return periodWords{
			Title: "Monthly digest", ChangedHeading: "Changed since last month", Before: "Month before", earlier: "from before",
			TrendHeading: "Six months", CoverageHeader: "What the press wrote about", bars: "one bar is a month", besides: "the period before",
		}
	}
	return periodWords{
		Title: "Morning digest", ChangedHeading: "Changed since yesterday", earlier: "from before",
		TrendHeading: "Two weeks", CoverageHeader: "What the press wrote about", bars: "one bar is 24 hours, up to the morning of the day below it", besides: "the same day last week",
	}
}

// trendVI says in words what the chart shows.
func trendVI(t trend) string {
	out := fmt.Sprintf("%s bài mang tin cần kiểm chứng", grouped(t.last(), "."))
	return out + comparedVI(t.last(), t.usual())
}

func trendEN(t trend) string {
	return plural(t.last(), "article carried claims to check", "articles carried claims to check") + comparedEN(t.last(), t.usual())
}

func comparedVI(n, usual int) string {
	switch {
	case n == usual:
		return "; như thường lệ"
	case usual == 0:
		return "; các kỳ trước thường không có"
	}
	return fmt.Sprintf("; thường lệ %s (%+d %%)", grouped(usual, "."), percent(n, usual))
}

func comparedEN(n, usual int) string {
	switch {
	case n == usual:
		return "; as usual"
	case usual == 0:
		return "; usually there are none"
	}
	return fmt.Sprintf("; usually %s (%+d%%)", grouped(usual, ","), percent(n, usual))
}

// enough is from how many articles on a change is told in percent: two more than one are no trend.
const enough = 20

// beside says a number of articles, and how it compares with the one before; without one before it stands alone.
func (w words) beside(n coverage.Count) string {
	out := w.articles(n.Now)
	if n.Before == 0 {
		return out
	}
	out += fmt.Sprintf("; %s %s", w.besides, w.number(n.Before))
	if change := percent(n.Now, n.Before); n.Before >= enough && change != 0 {
		out += " (" + fmt.Sprintf(w.change, change) + ")"
	}
	return out
}

// percent is by how much a number is over its usual value, rounded to whole percents.
func percent(n, usual int) int {
	return int(math.Round(100 * float64(n-usual) / float64(usual)))
}

// tallyVI says how a week's or a month's new stories were met.
func tallyVI(c *content) string {
	out := fmt.Sprintf("%s tin mới, kỳ trước %s. ", grouped(c.newOnes, "."), grouped(c.oldNew, "."))
	switch {
	case c.newOnes == 0:
		return strings.TrimSpace(out)
	case c.settled == 0:
		return out + "Chưa tin mới nào được phản hồi."
	}
	return out + fmt.Sprintf("%s đã được phản hồi, một nửa trong vòng %s.", grouped(c.settled, "."), spanVI(c.typical))
}

func tallyEN(c *content) string {
	out := plural(c.newOnes, "new story", "new stories") + ", " + grouped(c.oldNew, ",") + " in the period before. "
	switch {
	case c.newOnes == 0:
		return strings.TrimSpace(out)
	case c.settled == 0:
		return out + "None of the new ones has been answered."
	}
	return out + fmt.Sprintf("%s answered, half of them within %s.", grouped(c.settled, ","), spanEN(c.typical))
}
