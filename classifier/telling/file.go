package telling

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// header begins the file of a model.
const header = `# How rumours are told: what each word, or pair of words, adds to the log-odds that an article passes on a rumour and is
# no ordinary news. § is a name, # a figure. Learnt, never edited by hand: haidang rules train says from what.
# level: from these log-odds on an article gets so many points. Fields: language, zone, weight, words; or language, level,
# log-odds, points.
`

// WriteTo writes the model as text, the same model always as the same bytes.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	b.WriteString(header)
	for lang := range names {
		for _, l := range m.levels[lang] {
			fmt.Fprintf(&b, "%s\tlevel\t%.2f\t%d\n", names[lang], l.logOdds, l.points)
		}
		fmt.Fprintf(&b, "%s\tbias\t%.2f\n", names[lang], m.bias[lang])
		for zone, words := range m.words[lang] {
			for _, first := range slices.Sorted(maps.Keys(words)) {
				e := words[first]
				if e.weight != 0 {
					fmt.Fprintf(&b, "%s\t%s\t%.2f\t%s\n", names[lang], zoneNames[zone], e.weight, first)
				}
				for _, second := range slices.Sorted(maps.Keys(e.next)) {
					fmt.Fprintf(&b, "%s\t%s\t%.2f\t%s %s\n", names[lang], zoneNames[zone], e.next[second], first, second)
				}
			}
		}
	}
	return b.WriteTo(w)
}

// Parse reads a model. Its errors name the line, and all that is wrong is told at once.
func Parse(data []byte) (*Model, error) {
	m := &Model{}
	for lang := range m.words {
		m.words[lang] = [2]map[string]*entry{{}, {}}
	}
	var errs []error
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if err := m.readLine(strings.Split(line, "\t")); err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", n, err))
		}
	}
	errs = append(errs, lines.Err())
	for _, levels := range m.levels {
		slices.SortFunc(levels, func(a, b level) int { return cmp.Compare(a.logOdds, b.logOdds) })
	}
	m.index()
	return m, errors.Join(errs...)
}

func (m *Model) readLine(f []string) error {
	if len(f) < 3 {
		return errors.New("it needs a language, a zone, a weight and words, parted by tabs")
	}
	weight, err := strconv.ParseFloat(f[2], 64)
	if err != nil {
		return fmt.Errorf("weight: %q is not a number", f[2])
	}
	lang, zone := slices.Index(names[:], f[0]), slices.Index(zoneNames[:], f[1])
	switch {
	case lang < 0:
		return fmt.Errorf("language: %q; write one of %v", f[0], names)
	case f[1] == "bias":
		m.bias[lang] = weight
	case f[1] == "level" && len(f) == 4:
		points, err := strconv.Atoi(f[3])
		if err != nil {
			return fmt.Errorf("level: %q is no whole number of points", f[3])
		}
		m.levels[lang] = append(m.levels[lang], level{weight, points})
	case zone < 0 || len(f) != 4:
		return fmt.Errorf("zone: %q; write one of %v, then a weight and words", f[1], zoneNames)
	default:
		m.set(Language(lang), Zone(zone), f[3], weight)
	}
	return nil
}

// set gives a word or a pair its weight.
func (m *Model) set(lang Language, zone Zone, words string, weight float64) {
	first, second, pair := strings.Cut(words, " ")
	e := m.words[lang][zone][first]
	if e == nil {
		e = &entry{}
		m.words[lang][zone][first] = e
	}
	if !pair {
		e.weight = weight
		return
	}
	if e.next == nil {
		e.next = map[string]float64{}
	}
	e.next[second] = weight
}
