package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// page is what every template gets.
type page struct {
	L       language
	Title   string
	Section string // the entry of the navigation
	Path    string // for coming back after choosing a language
	Version string
	Body    any
}

// zone is the desk's: readers and outlets are in Việt Nam.
var zone = time.FixedZone("ICT", 7*60*60)

func functions() template.FuncMap {
	return template.FuncMap{
		"clock":   func(t time.Time) string { return t.In(zone).Format("15:04 02/01/2006") },
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"known":   func(t time.Time) bool { return !t.IsZero() },
		"weblink": weblink,
		"args":    func(values ...any) []any { return values },
		"join":    strings.Join,
	}
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
	p.L, p.Path, p.Version = s.language(r), r.URL.RequestURI(), s.deps.Version
	var out bytes.Buffer
	if err := s.pages[name].Execute(&out, p); err != nil {
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
