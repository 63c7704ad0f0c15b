package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report writes what was found as a page of Markdown.
func (m *measurement) report() string {
	var b strings.Builder
	last := m.stages[len(m.stages)-1]
	fmt.Fprintf(&b, "# The archive beside bare bleve and SQLite FTS5\n\nWritten by `make bench-archive`; the package comment of bench/archive says what is measured and how. %s, %d processors (%s), %s.\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), processor(), runtime.Version())
	for _, st := range m.stages {
		fmt.Fprintf(&b, "\n## %d documents\n\n%s", st.documents, st.costs())
		fmt.Fprintf(&b, "\nOne user, warm, ms: p50 / p95 / p99\n\n%s", st.table(func(r *sideResult) map[string][]time.Duration { return r.one }, threeOf))
		fmt.Fprintf(&b, "\nThe same in milliseconds of the processor\n\n%s", st.table(func(r *sideResult) map[string][]time.Duration { return r.cost }, threeOf))
		fmt.Fprintf(&b, "\nSixteen users, all kinds mixed, sixteen questions a second, ms: p50 / p95 / p99\n\n%s", st.table(func(r *sideResult) map[string][]time.Duration { return r.many }, threeOf))
		fmt.Fprintf(&b, "\nCold, ms: median of %d first questions\n\n%s", coldStarts, st.table(func(r *sideResult) map[string][]time.Duration { return r.cold }, medianOf))
	}
	b.WriteString("\n## Query bombs\n\n| bomb | end | ms |\n|---|---|---|\n")
	for _, one := range last.bombs {
		fmt.Fprintf(&b, "| %s | %s | %.1f |\n", one.Name, one.End, float64(one.Took.Microseconds())/1000)
	}
	fmt.Fprintf(&b, "\n## Aims, at %d documents\n\n%s", last.documents, m.aims())
	return b.String()
}

func processor() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(raw)) {
		if name, rest, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(rest)
		}
	}
	return runtime.GOARCH
}

// costs tells what indexing and keeping the documents costs.
func (st *stage) costs() string {
	var b strings.Builder
	b.WriteString("| | indexed a second, clock | processor ms a document | of the archive's: median (range) | sealing s | bytes a document | indexing takes MB | asking takes MB | and of mapped files MB | opens ms |\n|---|---|---|---|---|---|---|---|---|---|\n")
	ours := st.sides[archiveSide]
	for _, name := range sideNames {
		r := st.sides[name]
		ratio := "–"
		if name != archiveSide {
			all := ratios(r.Turns, ours.Turns)
			ratio = fmt.Sprintf("%.2f (%.2f-%.2f)", at(all, 0.5), all[0], all[len(all)-1])
		}
		indexed := float64(len(r.Turns) * turnSize)
		fmt.Fprintf(&b, "| %s | %.0f | %.2f | %s | %.1f | %d | %d | %d | %d | %d |\n", name, indexed/sum(r.Clock).Seconds(), 1000*sum(r.Turns).Seconds()/indexed, ratio, r.Seal.Seconds(),
			r.bytes/int64(st.documents), r.Peak>>20, r.rss.Own>>20, r.rss.Files>>20, r.opened.Milliseconds())
	}
	return b.String()
}

func sum(times []time.Duration) (total time.Duration) {
	for _, t := range times {
		total += t
	}
	return total
}

// ratios of turns that were taken one after the other, in order.
func ratios(a, b []time.Duration) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i].Seconds() / b[i].Seconds()
	}
	slices.Sort(out)
	return out
}

// at returns a quantile of sorted values.
func at[T any](sorted []T, q float64) T {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return 0
	}
	return float64(at(slices.Sorted(slices.Values(times)), q).Microseconds()) / 1000
}

func threeOf(times []time.Duration) string {
	return fmt.Sprintf("%.1f / %.1f / %.1f", quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0.99))
}

func medianOf(times []time.Duration) string { return fmt.Sprintf("%.1f", quantile(times, 0.5)) }

func (st *stage) table(of func(*sideResult) map[string][]time.Duration, cell func([]time.Duration) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| question | %s |\n|---|%s\n", strings.Join(sideNames, " | "), strings.Repeat("---|", len(sideNames)))
	for _, k := range kinds {
		if len(of(st.sides[archiveSide])[k.name]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "| %s |", k.name)
		for _, name := range sideNames {
			if times := of(st.sides[name])[k.name]; len(times) > 0 {
				fmt.Fprintf(&b, " %s |", cell(times))
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// aims holds the last stage to what was set out for, by what one user costs the processor: the machine is shared, and the
// clock tells of its other work too. What is an aim for the clock is told by the clock.
func (m *measurement) aims() string {
	last := m.stages[len(m.stages)-1]
	one := func(name string, k kind, q float64) float64 { return quantile(last.sides[name].cost[k.name], q) }
	var b strings.Builder
	b.WriteString("| question | aim | found | |\n|---|---|---|---|\n")
	line := func(what, aim string, found string, ok bool) {
		verdict := "missed"
		if ok {
			verdict = "met"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", what, aim, found, verdict)
	}
	all := ratios(last.sides[bleveSide].Turns, last.sides[archiveSide].Turns)
	line("indexing", "≥ 0.8 of bare bleve", fmt.Sprintf("%.2f", at(all, 0.5)), at(all, 0.5) >= 0.8)
	for _, k := range kinds {
		if !k.everySide() {
			continue
		}
		ours, bleve, fts := one(archiveSide, k, 0.99), one(bleveSide, k, 0.99), one(ftsSide, k, 0.99)
		if k.best {
			line(k.name, "p99 better than both", fmt.Sprintf("%.2f of bare bleve, %.2f of FTS5", ours/bleve, ours/fts), ours < bleve && ours < fts)
		} else {
			line(k.name, "p99 ≤ 2 × FTS5, ≤ 0.1 × bare bleve", fmt.Sprintf("%.2f, %.2f", ours/fts, ours/bleve), ours <= 2*fts && ours*10 <= bleve)
		}
	}
	for _, k := range kinds {
		if !k.ordinary {
			continue
		}
		before, now := quantile(m.stages[0].sides[archiveSide].one[k.name], 0.95), quantile(last.sides[archiveSide].one[k.name], 0.95)
		line(k.name, "p95 ≤ 150 ms", fmt.Sprintf("%.1f ms (%.1f at %d documents)", now, before, m.stages[0].documents), now <= 150)
	}
	return b.String()
}
