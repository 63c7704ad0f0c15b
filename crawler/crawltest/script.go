package crawltest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Host is one outlet. Its file begins with lines of a key and a value, then the script, then files as txtar has them:
//
//	title Báo Bãi Bồi
//	every 3h                an article each three hours; "every 3h 40m" begins after forty minutes
//	window 20               items that its feed shows
//	validators etag         or: modified, none, lying (an ETag that never changes)
//	forbid 5                each fifth article lies below /cam/, which robots.txt should forbid
//	sitemap 7               a news sitemap; each seventh article is in no feed
//	at 30h edit 4           the fourth article gets another headline and text
//	at 24h down 12h         for so long: down, hang, slow, status, broken, lying, away, gone, parked, burst
//	-- robots.txt --
//	…
type Host struct {
	Name, Title, Address, URL string

	net        *Internet
	every      time.Duration
	offset     time.Duration
	window     int
	validators string
	forbid     int
	sitemap    int
	script     []step
	files      map[string]string
}

// step is a line of the script: an edit, or a state that lasts.
type step struct {
	at, lasts time.Duration
	verb, arg string
}

func parseHost(name, text string) (*Host, error) {
	h := &Host{Name: name, Title: name, window: 20, validators: "etag", files: map[string]string{}}
	file := ""
	for i, line := range strings.Split(text, "\n") {
		if rest, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(line, " --") {
			file = "/" + strings.TrimSuffix(rest, " --")
			h.files[file] = ""
			continue
		}
		if file != "" {
			h.files[file] += line + "\n"
			continue
		}
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 0 {
			if err := h.setting(fields); err != nil {
				return nil, fmt.Errorf("line %d: %q: %w", i+1, line, err)
			}
		}
	}
	return h, nil
}

func (h *Host) setting(f []string) error {
	var err error
	switch {
	case f[0] == "title":
		h.Title = strings.Join(f[1:], " ")
	case f[0] == "every" && len(f) > 1:
		h.every, err = time.ParseDuration(f[1])
		if err == nil && len(f) > 2 {
			h.offset, err = time.ParseDuration(f[2])
		}
	case f[0] == "window" && len(f) == 2:
		h.window, err = strconv.Atoi(f[1])
	case f[0] == "validators" && len(f) == 2:
		h.validators = f[1]
	case f[0] == "forbid" && len(f) == 2:
		h.forbid, err = strconv.Atoi(f[1])
	case f[0] == "sitemap" && len(f) == 2:
		h.sitemap, err = strconv.Atoi(f[1])
	case f[0] == "at" && len(f) >= 4:
		return h.at(f)
	default:
		return fmt.Errorf("not known")
	}
	return err
}

func (h *Host) at(f []string) error {
	s := step{verb: f[2]}
	var err error
	if s.at, err = time.ParseDuration(f[1]); err != nil {
		return err
	}
	if s.verb == "edit" {
		s.arg = f[3]
	} else if s.lasts, err = time.ParseDuration(f[3]); err != nil {
		return err
	} else if len(f) > 4 {
		s.arg = strings.Join(f[4:], " ")
	}
	h.script = append(h.script, s)
	return nil
}

// doing is the step of this verb that lasts now, or nil.
func (h *Host) doing(verb string) *step { return h.was(verb, h.net.now()) }

func (h *Host) was(verb string, at time.Time) *step {
	for i, s := range h.script {
		begin := h.net.start.Add(s.at)
		if s.verb == verb && !at.Before(begin) && at.Before(begin.Add(s.lasts)) {
			return &h.script[i]
		}
	}
	return nil
}

// Reachable reports whether the feed could be read at a moment.
func (h *Host) Reachable(at time.Time) bool {
	for _, verb := range []string{"down", "hang", "status", "broken", "gone", "parked"} {
		if h.was(verb, at) != nil {
			return false
		}
	}
	return true
}

// Article is one article as a host has published it.
type Article struct {
	N         int
	Path      string
	Title     string
	Opening   string
	Published time.Time
	Edited    time.Time // zero: as it was first
	Forbidden bool      // robots.txt keeps its page from being asked for
	Unfed     bool      // only the sitemap has it
}

// Articles are all that were published until a moment, the oldest first, as they stand then.
func (h *Host) Articles(until time.Time) []Article {
	var out []Article
	if h.every <= 0 {
		return out
	}
	add := func(at time.Time) {
		n := len(out) + 1
		a := Article{N: n, Published: at, Path: fmt.Sprintf("/tin/%s-%d.html", slug(n), n), Title: headline(h.Title, n), Opening: opening(n)}
		if h.forbid > 0 && n%h.forbid == 0 {
			a.Path, a.Forbidden = fmt.Sprintf("/cam/%d.html", n), true
		}
		a.Unfed = h.sitemap > 0 && n%h.sitemap == 0
		for _, s := range h.script {
			if when := h.net.start.Add(s.at); s.verb == "edit" && s.arg == strconv.Itoa(n) && !when.After(until) {
				a.Title, a.Opening, a.Edited = "Đính chính: "+a.Title, "Bài đã được sửa. "+a.Opening, when
			}
		}
		out = append(out, a)
	}
	for at := h.net.start.Add(h.offset - 3*h.every); !at.After(until); at = at.Add(h.every) {
		add(at)
		for _, s := range h.script { // a burst is many articles at once
			if begin := h.net.start.Add(s.at); s.verb == "burst" && !begin.Before(at) && begin.Before(at.Add(h.every)) && !begin.After(until) {
				count, _ := strconv.Atoi(s.arg)
				for range count {
					add(begin)
				}
			}
		}
	}
	return out
}

var subjects = [...]string{"Kênh chính", "Trạm bơm", "Bến phà", "Tuyến đê", "Chợ nổi", "Cầu treo", "Rừng đước", "Lớp học"}

func slug(n int) string {
	return [...]string{"kenh-chinh", "tram-bom", "ben-pha", "tuyen-de", "cho-noi", "cau-treo", "rung-duoc", "lop-hoc"}[n%len(subjects)]
}

func headline(title string, n int) string {
	return fmt.Sprintf("%s số %d vừa hoàn thành, theo %s", subjects[n%len(subjects)], n, title)
}

func opening(n int) string {
	return fmt.Sprintf("Công trình số %d của huyện được bàn giao sau %d ngày làm việc.", n, 20+n%50)
}
