package web

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"haidang/internal/coverage"
	"haidang/internal/query"
)

// fakeCoverage answers with a report that was made by hand.
type fakeCoverage struct{}

func (fakeCoverage) Report(_ context.Context, r coverage.Request) (coverage.Report, error) {
	if _, err := (query.Options{Browse: true}).Parse(r.Query); r.Query != "" && err != nil {
		return coverage.Report{}, err
	}
	var voices []coverage.Voice
	for _, q := range r.Beside {
		voices = append(voices, coverage.Voice{Query: q, Share: .5, Bars: []int{1, 2}})
	}
	from := coverage.Midnight(now).AddDate(0, 0, -1)
	name := coverage.Words{VI: "Thiên tai " + hostile, EN: "Disasters"}
	return coverage.Report{
		Clock: coverage.Published, From: from, To: now, Before: from.AddDate(0, 0, -2), Articles: coverage.Count{Now: 1500, Before: 1000}, Copies: coverage.Count{Now: 7},
		Unit: "day", Bars: []coverage.Bar{{From: from, Count: coverage.Count{Now: 500, Before: 400}}, {From: from.AddDate(0, 0, 1), Count: coverage.Count{Now: 1000, Before: 600}}},
		Tone:   []coverage.Tone{{Name: "repeats", Count: coverage.Count{Now: 3, Before: 6}, Bars: []int{1, 2}}, {Name: "doubts", Bars: []int{0, 0}}, {Name: "answers", Count: coverage.Count{Now: 4}, Bars: []int{4, 0}}},
		By:     []coverage.Breakdown{{Dimension: coverage.Topic, Values: []coverage.Value{{ID: "disaster", Name: name, Count: coverage.Count{Now: 90, Before: 9}, Share: .06, ShareBefore: .009, Bars: []int{30, 60}}, {ID: "sport", Count: coverage.Count{Now: 10}, Bars: []int{5, 5}}}, More: 2}},
		Rose:   []coverage.Move{{Dimension: coverage.Topic, ID: "disaster", Name: name, Count: coverage.Count{Now: 90, Before: 9}, Share: .06, ShareBefore: .009, Score: 7}},
		Spikes: []coverage.Spike{{Dimension: coverage.Topic, ID: "disaster", From: from.Add(8 * time.Hour), To: from.Add(9 * time.Hour), Articles: 40, Said: coverage.Words{VI: "Thiên tai: 40 bài", EN: "Disasters: 40 articles"}}},
		Judged: true, Voices: voices,
	}, nil
}

func TestCoveragePage(t *testing.T) {
	srv, _ := newSite(t)
	for lang, wants := range map[string][]string{
		"vi": {"1.500", "▲ 50%", "Thiên tai: 40 bài", "6,0%", "Thống kê tin bài", "9 → 90", "20/11/2026"},
		"en": {"1,500", "Disasters: 40 articles", "6.0%", "0.9% → 6.0%", "▼ 50%", "2 more"},
	} {
		res, body := get(t, srv, "/coverage?q=l%C5%A9&days=7&beside=m%C6%B0a%3B+n%E1%BA%AFng", lang)
		if res.StatusCode != 200 || strings.Contains(body, "⟨") || strings.Contains(body, "<script>alert") {
			t.Fatalf("%s: %d\n%s", lang, res.StatusCode, body)
		}
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page does not say %q", lang, want)
			}
		}
		for _, address := range []string{
			"/coverage?beside=m%C6%B0a%3B&#43;n%E1%BA%AFng&amp;days=7&amp;q=l%C5%A9&#43;topic%3Adisaster", // narrower, over the same days
			"/search?q=%28l%C5%A9%29&#43;topic%3Adisaster&#43;published%3A2026-11-21&amp;sort=published",  // the articles of the spike
			"/api/coverage?beside=m%C6%B0a%3B&#43;n%E1%BA%AFng&amp;days=7&amp;q=l%C5%A9",
			"/search?q=n%E1%BA%AFng&#43;published%3A2026-11-21..2026-11-22&amp;sort=published", // those of a voice
			`value="mưa; nắng"`,
		} {
			if !strings.Contains(body, address) {
				t.Errorf("%s: no link to %s", lang, address)
			}
		}
	}
}

func TestCoverageMistakes(t *testing.T) {
	srv, _ := newSite(t)
	if res, body := get(t, srv, "/coverage?q=%28l%C5%A9", "en"); res.StatusCode != 400 || !strings.Contains(body, `id="wrong"`) {
		t.Errorf("a bracket that is never closed: %d\n%s", res.StatusCode, body)
	}
	for path, want := range map[string]string{
		"/api/coverage?q=%28l%C5%A9":     "",
		"/api/coverage?days=0":           "days=",
		"/api/coverage?from=gestern":     "from=",
		"/api/coverage?top=many":         "top=",
		"/api/coverage?to=2026-11-22T00": "to=",
	} {
		res, body := get(t, srv, path, "en")
		var answer struct {
			Error string `json:"error"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || res.StatusCode != 400 || !strings.Contains(answer.Error, want) || answer.Error == "" {
			t.Errorf("%s: %d %s (%v)", path, res.StatusCode, body, err)
		}
	}
}

func TestCoverageRequest(t *testing.T) {
	for _, tt := range []struct {
		params   string
		from, to string
	}{
		{"days=1", "2026-11-22T00:00:00+07:00", ""},
		{"days=7", "2026-11-16T00:00:00+07:00", ""},
		{"from=2026-11-01&to=2026-11-10", "2026-11-01T00:00:00+07:00", "2026-11-11T00:00:00+07:00"},
		{"days=2&to=2026-11-10", "2026-11-09T00:00:00+07:00", "2026-11-11T00:00:00+07:00"},
	} {
		r, err := coverageRequest(parameters(t, tt.params), now)
		to := ""
		if !r.To.IsZero() {
			to = r.To.Format(time.RFC3339)
		}
		if err != nil || r.From.Format(time.RFC3339) != tt.from || to != tt.to {
			t.Errorf("%s: from %s to %s (%v), want %s to %s", tt.params, r.From.Format(time.RFC3339), to, err, tt.from, tt.to)
		}
	}
}

func parameters(t *testing.T, s string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCoverageForASpreadsheet(t *testing.T) {
	srv, _ := newSite(t)
	res, body := get(t, srv, "/coverage.csv?beside=%3D1%2B1", "vi")
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || !strings.Contains(res.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	for _, want := range []string{"\ufeffpart,id,name,", "day,,,2026-11-21 00:00:00,500,400,,", "voice,,'=1+1,", "topic,sport,"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in:\n%s", want, body)
		}
	}
	if res, _ := get(t, srv, "/coverage.csv?q=%28x", "vi"); res.StatusCode != 400 {
		t.Errorf("a mistake got %d", res.StatusCode)
	}
}
