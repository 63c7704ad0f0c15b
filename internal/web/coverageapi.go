package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"haidang/internal/coverage"
	"haidang/internal/export"
)

// longestDays is the longest period that days= asks for.
const longestDays = 3660

// coverageRequest reads the parameters of the page and of the API, which are the same. A day as from or to is a whole one, in
// Việt Nam.
func coverageRequest(q url.Values, now time.Time) (coverage.Request, error) {
	r := coverage.Request{Query: q.Get("q"), Clock: coverage.Clock(q.Get("clock")), Copies: q.Get("copies") == "all"}
	for _, d := range q["by"] {
		r.By = append(r.By, coverage.Dimension(d))
	}
	for _, v := range q["beside"] { // the page has one field for all of them
		for one := range strings.SplitSeq(v, ";") {
			if one = strings.TrimSpace(one); one != "" {
				r.Beside = append(r.Beside, one)
			}
		}
	}
	for _, p := range []struct {
		name  string
		to    *time.Time
		whole bool
	}{{"from", &r.From, false}, {"to", &r.To, true}, {"before", &r.Before, false}} {
		v := q.Get(p.name)
		if v == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			if t, err = time.ParseInLocation(time.DateOnly, v, coverage.Zone); err == nil && p.whole {
				t = t.AddDate(0, 0, 1)
			}
		}
		if err != nil {
			return r, badRequest{fmt.Sprintf("%s=%q: a day such as 2026-11-22, or a time such as 2026-11-22T00:00:00+07:00", p.name, v)}
		}
		*p.to = t
	}
	if v := q.Get("days"); v != "" && r.From.IsZero() {
		days, err := strconv.Atoi(v)
		if err != nil || days < 1 || days > longestDays {
			return r, badRequest{fmt.Sprintf("days=%q: a number from 1 to %d", v, longestDays)}
		}
		end := r.To
		if end.IsZero() {
			end = now
		}
		r.From = coverage.FirstDay(end, days)
	}
	if v := q.Get("top"); v != "" {
		top, err := strconv.Atoi(v)
		if err != nil {
			return r, badRequest{fmt.Sprintf("top=%q: a number from 1 to %d", v, coverage.MaxTop)}
		}
		r.Top = top
	}
	return r, nil
}

// report asks for a report; a mistake of the visitor's becomes a badRequest.
func (s *Server) report(r *http.Request, params url.Values) (coverage.Report, error) {
	if s.deps.Coverage == nil {
		return coverage.Report{}, errNotFound
	}
	req, err := coverageRequest(params, s.deps.Now())
	if err != nil {
		return coverage.Report{}, err
	}
	select {
	case s.reports <- struct{}{}:
		defer func() { <-s.reports }()
	case <-r.Context().Done():
		return coverage.Report{}, r.Context().Err()
	}
	out, err := s.deps.Coverage.Report(r.Context(), req)
	if errors.Is(err, coverage.ErrRequest) {
		return out, badRequest{err.Error()}
	}
	return out, err
}

// coverageTable answers with the numbers of the page for a spreadsheet.
func (s *Server) coverageTable(w http.ResponseWriter, r *http.Request) error {
	out, err := s.report(r, r.URL.Query())
	if sentence, ok := queryMistake(err); ok {
		return badRequest{sentence}
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", export.CSV.Type())
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="haidang-coverage-%s.csv"`, s.deps.Now().In(zone).Format("20060102-1504")))
	if err := export.WriteTable(w, coverage.Columns, out.Rows(string(s.language(r)))); err != nil {
		s.log.Debug("export ended", "err", err) // the visitor has gone
	}
	return nil
}

// apiCoverage answers as `haidang coverage --json` prints.
func (s *Server) apiCoverage(w http.ResponseWriter, r *http.Request) error {
	out, err := s.report(r, r.URL.Query())
	if sentence, ok := queryMistake(err); ok {
		return badRequest{sentence}
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, out)
	return nil
}
