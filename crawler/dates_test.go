package crawler

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	vn := vietnamZone()
	for _, tt := range []struct {
		raw  string
		zone *time.Location
		want string // RFC 3339 in UTC, "" for none
	}{
		{"Sat, 22 Aug 2026 18:13:39 +07:00", nil, "2026-08-22T11:13:39Z"},
		{"Sat, 22 Aug 2026 22:24:00 +07", nil, "2026-08-22T15:24:00Z"},
		{"Sat, 22 Aug 2026 23:01:00 +0700", nil, "2026-08-22T16:01:00Z"},
		{"Fri, 21 Aug 2026 23:58:52 GMT", vn, "2026-08-21T23:58:52Z"},
		{"Sun, 23 Aug 26 00:27:00 +0700", nil, "2026-08-22T17:27:00Z"},
		{"8/22/2026 1:07:00 PM", vn, "2026-08-22T06:07:00Z"},
		{"8/9/2026 7:05:00\u202fPM", vn, "2026-08-09T12:05:00Z"},
		{"8/23/2026 12:03:00\u202fAM", vn, "2026-08-22T17:03:00Z"},
		{"8/9/2026 12:19:00 PM", vn, "2026-08-09T05:19:00Z"},
		{"Mon, 16 Nov 2026 07:00:00 GMT+7", nil, "2026-11-16T00:00:00Z"},
		{"Mon, 16 Nov 2026 07:00:00 GMT+0700", nil, "2026-11-16T00:00:00Z"},
		{"Mon, 16 Nov 2026 07:00:00 UTC+07:00", nil, "2026-11-16T00:00:00Z"},
		{"Thứ hai, 16/11/2026 07:00 GMT+7", nil, "2026-11-16T00:00:00Z"},
		{"Thứ Hai, ngày 16 tháng 11 năm 2026 lúc 07:30", vn, "2026-11-16T00:30:00Z"},
		{"Thứ năm, 5/11/2026, 07:00 (GMT+7)", nil, "2026-11-05T00:00:00Z"},
		{"Thứ ba, 16/11/2026 - 7h05", vn, "2026-11-16T00:05:00Z"},
		{"Chủ nhật, 22/11/2026 | 3:15 CH", vn, "2026-11-22T08:15:00Z"},
		{"CN, 22/11/2026", vn, "2026-11-21T17:00:00Z"},
		{"16 Tháng Mười Một 2026", vn, "2026-11-15T17:00:00Z"},
		{"16 tháng năm, 2026 09:00 sáng", vn, "2026-05-16T02:00:00Z"},
		{"07:15 16/11/2026", vn, "2026-11-16T00:15:00Z"},
		{"07:15, 16.11.2026", vn, "2026-11-16T00:15:00Z"},
		{"16-11-2026 07:15:09", vn, "2026-11-16T00:15:09Z"},
		{"16/11/2026 07:15:09 +07:00", nil, "2026-11-16T00:15:09Z"},
		{"2026-11-16T07:15:09+07:00", nil, "2026-11-16T00:15:09Z"},
		{"2026-11-16T07:15:09.123456+0700", nil, "2026-11-16T00:15:09Z"},
		{"2026-11-16T07:15:09Z", vn, "2026-11-16T07:15:09Z"},
		{"2026-11-16T07:15:09", vn, "2026-11-16T00:15:09Z"},
		{"2026-11-16 07:15:09 -0500", nil, "2026-11-16T12:15:09Z"},
		{"2026-11-16T07:15-05:00", nil, "2026-11-16T12:15:00Z"},
		{"2026/11/16 07:15", vn, "2026-11-16T00:15:00Z"},
		{"2026-11-16", nil, "2026-11-16T00:00:00Z"},
		{"2026-11", nil, "2026-11-01T00:00:00Z"},
		{"2026", nil, "2026-01-01T00:00:00Z"},
		{"20261116", nil, "2026-11-16T00:00:00Z"},
		{"20261116071509", vn, "2026-11-16T00:15:09Z"},
		{"1794787200", vn, "2026-11-16T00:00:00Z"},
		{"1794787200123", nil, "2026-11-16T00:00:00Z"},
		{"Mon, 16 Nov 26 07:00:00 EST", nil, "2026-11-16T12:00:00Z"},
		{"Mon Nov 16 07:00:00 PST 2026", nil, "2026-11-16T15:00:00Z"},
		{"Mon Nov 16 07:00:00 2026", nil, "2026-11-16T07:00:00Z"},
		{"November 16, 2026 7:00 p.m.", nil, "2026-11-16T19:00:00Z"},
		{"16th November 2026", nil, "2026-11-16T00:00:00Z"},
		{"Monday, 16 Nov 2026 24:00:00 GMT", nil, "2026-11-17T00:00:00Z"},
		{"31/02/2026", nil, ""},
		{"yesterday", nil, ""},
		{"", nil, ""},
		{"99/99/2026", nil, ""},
		{"-5", nil, ""},
		{strings.Repeat("1", 5000), nil, ""},
	} {
		got, ok := parseDate(tt.raw, dateHints{zone: tt.zone})
		if s := got.UTC().Truncate(time.Second).Format(time.RFC3339); ok != (tt.want != "") || ok && s != tt.want {
			t.Errorf("parseDate(%q) = %s, %v, want %q", tt.raw, s, ok, tt.want)
		}
	}
}

// A day and month that could be either are read so that the date is not in the future.
func TestParseDateResolvesAmbiguityByNow(t *testing.T) {
	now := time.Date(2026, 9, 10, 0, 0, 0, 0, time.UTC)
	got, _ := parseDate("9/8/2026 10:00", dateHints{now: now})
	if want := time.Date(2026, 8, 9, 10, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("9/8/2026 = %v, want %v", got, want)
	}
	got, _ = parseDate("9/10/2026 10:00", dateHints{now: now.Add(12 * time.Hour)})
	if want := time.Date(2026, 9, 10, 10, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("9/10/2026 = %v, want %v: the ninth of October is still to come", got, want)
	}
}

// Every pattern of the shared table: the example must lie within two days before it was seen, in the outlet's zone.
func TestDateFormatsOfLiveFeeds(t *testing.T) {
	f, err := os.Open("../../shared/data/feeds/date-formats.tsv")
	if err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	rows := 0
	for lines.Scan() {
		col := strings.Split(lines.Text(), "\t")
		if len(col) < 5 || col[0] == "count" {
			continue
		}
		rows++
		seen, err := time.Parse(time.RFC3339, col[4])
		if err != nil {
			t.Fatal(err)
		}
		raw := col[2]
		if strings.Contains(col[1], "<U+202F>") {
			raw = strings.Replace(raw, " PM", "\u202fPM", 1)
			raw = strings.Replace(raw, " AM", "\u202fAM", 1)
		}
		got, ok := parseDate(raw, dateHints{zone: vietnamZone(), now: seen})
		if !ok || got.After(seen) || got.Before(seen.Add(-48*time.Hour)) {
			t.Errorf("%q, seen at %v, was read as %v, %v", raw, seen, got, ok)
		}
	}
	if rows != 21 {
		t.Errorf("%d patterns, want 21", rows)
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("Thứ hai, 16/11/2026 07:00 GMT+7")
	f.Add("Sun, 23 Aug 26 00:27:00 +0700")
	f.Fuzz(func(t *testing.T, raw string) {
		if got, ok := parseDate(raw, dateHints{}); ok && got.IsZero() {
			t.Errorf("parseDate(%q) is ok and zero", raw)
		}
	})
}
