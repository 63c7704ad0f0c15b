package web

import (
	"strings"
	"testing"
	"time"

	"haidang/alerting"
)

func TestSpreadIsDrawnAndSaid(t *testing.T) {
	at := func(hours, minutes int) time.Time {
		return now.Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
	}
	carries := func(seen time.Time, country, copyOf string) alerting.Alert {
		return alerting.Alert{Role: alerting.RoleCarries, FirstSeen: seen, Country: country, CopyOf: copyOf}
	}
	s := alerting.Story{Languages: []string{"en", "vi"}}
	sp := spreadOf("en", &s, []alerting.Alert{
		carries(at(0, 10), "VN", ""), carries(at(2, 0), "VN", ""), carries(at(2, 30), "US", "a"), carries(at(2, 59), "ZZ9", "a"),
		{Role: alerting.RoleAnswers, FirstSeen: at(9, 0), Country: "FR"},
	})
	if sp.Countries != "Vietnam, United States, ZZ9" || sp.Languages != "English, Vietnamese" {
		t.Errorf("countries %q, languages %q", sp.Countries, sp.Languages)
	}
	if len(sp.Bars) != 3 || sp.Bars[1].Own+sp.Bars[1].Copies != 0 || sp.Bars[2].Own != 16 || sp.Bars[2].Copies != 32 || sp.Bars[2].CopyY != 0 || sp.Bars[2].Y != 32 {
		t.Errorf("bars %+v", sp.Bars)
	}
	if !strings.HasPrefix(sp.Says, "Most: 3 articles, from ") || !strings.Contains(sp.Bars[2].Says, "1 in their own words, 2 copies") {
		t.Errorf("says %q, the last bar %q", sp.Says, sp.Bars[2].Says)
	}
	if few := spreadOf("vi", &s, []alerting.Alert{carries(now, "VN", "")}); len(few.Bars) != 0 || few.Countries != "Việt Nam" {
		t.Errorf("few articles: %+v", few)
	}
	long := spreadOf("vi", &s, []alerting.Alert{carries(now, "", ""), carries(now.Add(30*24*time.Hour), "", ""), carries(now, "", "")})
	if len(long.Bars) > mostBars || long.Bars[0].Own != curveHeight {
		t.Errorf("%d bars of a month", len(long.Bars))
	}
}
