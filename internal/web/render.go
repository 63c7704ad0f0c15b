package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

// page is what every template gets.
type page struct {
	L       language
	Title   string
	Section string // the entry of the navigation
	Path    string // for coming back after choosing a language
	Version string
	Visitor visitor
	Solo    bool // there is no sign-in
	Reports bool // there are pages that look back: rules, response, digests
	Body    any
}

func (s *Server) functions() template.FuncMap {
	return template.FuncMap{
		"asset":   s.assets.address,
		"clock":   clock,
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"known":   func(t time.Time) bool { return !t.IsZero() },
		"weblink": weblink,
		"more":    more,
		"int":     func(n int64) int { return int(n) },
		"slice":   func(values ...string) []string { return values },
	}
}

// more says how many were left out of a list; nothing when none were.
func more(l language, n int) string {
	if n == 0 {
		return ""
	}
	return l.T("story.more", l.Int(n))
}

// weblink lets only web addresses become links; html/template escapes the rest.
func weblink(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return address
}

// show renders a page whole before the first byte is sent, so that a failure is an honest status.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name string, p page) error {
	p.L, p.Path, p.Version, p.Solo = s.language(r), "/", s.deps.Version, s.solo()
	p.Reports = s.deps.Feedback != nil && s.deps.Response != nil && s.deps.Digests != nil
	var err error
	if p.Visitor, err = s.visitor(r); err != nil {
		s.log.Error("visitor not known", "err", err) // the page is shown as to a stranger
	}
	if r.Method == http.MethodGet {
		p.Path = r.URL.RequestURI()
	}
	t, ok := s.pages[name]
	if !ok {
		return fmt.Errorf("render %s: there is no such page", name)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the visitor may have gone
	return nil
}

func (s *Server) errorPage(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	err := s.show(w, r, status, "error", page{Title: s.language(r).T("error.title"), Body: sentence})
	if err != nil {
		writeText(w, status, sentence+"\n")
	}
}

func (s *Server) writeJSON(w http.ResponseWriter, status int, v any) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		s.log.Error("encode answer", "err", err)
		status = http.StatusInternalServerError
		out.Reset()
		out.WriteString(`{"error":"internal error"}` + "\n")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the visitor may have gone
}
