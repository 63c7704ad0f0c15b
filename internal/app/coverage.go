package app

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strconv"
	"time"

	"haidang/classifier"
	"haidang/configs"
	"haidang/internal/coverage"
	"haidang/internal/export"
	"haidang/internal/filters"
)

// newCoverage counts a source, with the names that the present rules give.
func newCoverage(source coverage.Source, rules func() *classifier.Classifier, now func() time.Time) *coverage.Coverage {
	return coverage.New(source, coverage.Deps{Now: now, Name: func(d coverage.Dimension, id, language string) string {
		switch d {
		case coverage.Topic:
			return rules().TopicName(id, language)
		case coverage.Place:
			return rules().PlaceName(id, language)
		case coverage.Claim:
			return rules().ClaimName(id, language)
		}
		return ""
	}})
}

// CoverageRequest and its like are the package's own, for callers that may not reach below this package.
type (
	CoverageRequest   = coverage.Request
	CoverageReport    = coverage.Report
	CoverageCount     = coverage.Count
	CoverageClock     = coverage.Clock
	CoverageDimension = coverage.Dimension
)

// CoverageFirstDay is the beginning of the first of so many days, as coverage counts them.
func CoverageFirstDay(end time.Time, days int) time.Time { return coverage.FirstDay(end, days) }

// Coverage reports what was written about: the process that runs on this data folder is asked, or else the archive is opened.
func Coverage(ctx context.Context, cfg configs.Config, dataDir string, r coverage.Request) (out coverage.Report, err error) {
	if running, ok := FindRunning(ctx, dataDir); ok {
		return out, ask(ctx, running.Web, "/api/coverage", coverageParams(r), &out)
	}
	archive, err := openArchive(cfg, dataDir)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	rules, err := filters.LoadRules(cfg.Classifier, cfg.RulesFS())
	if err != nil {
		return out, err
	}
	return newCoverage(archive, func() *classifier.Classifier { return rules }, nil).Report(ctx, r)
}

// CoverageTable writes the numbers of a report for a spreadsheet.
func CoverageTable(r coverage.Report, language string, w io.Writer) error {
	return export.WriteTable(w, coverage.Columns, r.Rows(language))
}

func coverageParams(r coverage.Request) url.Values {
	params := url.Values{"q": {r.Query}, "clock": {string(r.Clock)}}
	for name, t := range map[string]time.Time{"from": r.From, "to": r.To, "before": r.Before} {
		if !t.IsZero() {
			params.Set(name, t.Format(time.RFC3339))
		}
	}
	for _, d := range r.By {
		params.Add("by", string(d))
	}
	for _, q := range r.Beside {
		params.Add("beside", q)
	}
	if r.Top > 0 {
		params.Set("top", strconv.Itoa(r.Top))
	}
	if r.Copies {
		params.Set("copies", "all")
	}
	return params
}
