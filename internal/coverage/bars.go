package coverage

import "time"

// hourly is how long a period is at most that is drawn hour by hour.
const hourly = 3 * day

// mostBars is what fits beside each other on a page.
const mostBars = 93

// barring puts cells into bars.
type barring struct {
	unit string
	cell time.Duration
	from []time.Time
	of   []int // the bar of each cell
}

// newBars draws a period in hours, days, weeks that begin on Monday, or months: the smallest that is not too many.
func newBars(from, to time.Time, cell time.Duration) barring {
	unit := "hour"
	if cell == day {
		days := int(to.Sub(from) / day)
		switch {
		case days <= mostBars:
			unit = "day"
		case days <= 7*mostBars:
			unit = "week"
		default:
			unit = "month"
		}
	}
	b := barring{unit: unit, cell: cell}
	for at := from; at.Before(to); at = at.Add(cell) {
		begins := at
		switch local := at.In(Zone); unit {
		case "week":
			begins = Midnight(local.AddDate(0, 0, -(int(local.Weekday())+6)%7))
		case "month":
			begins = time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, Zone)
		}
		if len(b.from) == 0 || begins.After(b.from[len(b.from)-1]) {
			b.from = append(b.from, begins)
		}
		b.of = append(b.of, len(b.from)-1)
	}
	return b
}

// add adds cells up. Cells after the last bar are left out.
func (b barring) add(cells []int) []int {
	out := make([]int, len(b.from))
	for i, n := range cells[:min(len(cells), len(b.of))] {
		out[b.of[i]] += n
	}
	return out
}
