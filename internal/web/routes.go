package web

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler is the whole site; without an archive it is only metrics and health.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	if s.deps.Archive != nil {
		s.addPages(mux)
	}
	mux.Handle("GET /readyz", s.page("GET /readyz", s.readyz))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "ok\n") })
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.deps.Gatherer, promhttp.HandlerOpts{}))
	mux.Handle("GET /static/{name}", s.page("GET /static/", s.static))
	mux.Handle("/", s.page("other", func(http.ResponseWriter, *http.Request) error { return errNotFound }))
	return s.guard(http.NewCrossOriginProtection().Handler(mux))
}

func (s *Server) addPages(mux *http.ServeMux) {
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":                             s.desk,
		"POST /act":                            s.actOnMany,
		livePattern:                            s.live,
		"GET /stories/{id}":                    s.story,
		"GET /alerts.atom":                     s.alertFeed,
		"GET /outbox":                          s.outbox,
		"POST /outbox":                         s.settle,
		"GET /mentions":                        s.mentionsPage,
		"POST /mentions":                       s.readMentions,
		"GET /silences":                        s.silencesPage,
		"POST /silences":                       s.addSilence,
		"POST /silences/{id}/end":              s.endSilence,
		"POST /stories/{id}/act":               s.actOnStory,
		"POST /stories/{id}/move":              s.moveArticles,
		"GET /articles/{id}/changes":           s.changes,
		"GET /articles/{id}/evidence/{sha256}": s.evidence,
		"GET /search":                          s.search,
		"GET /search.csv":                      s.export,
		"GET /search.jsonl":                    s.export,
		"GET /search.rss":                      s.export,
		"GET /search.atom":                     s.export,
		"GET /saved":                           s.savedPage,
		"POST /saved":                          s.addSaved,
		"GET /saved/{id}":                      s.savedIssues,
		"GET /saved/{id}/feed":                 s.savedFeed,
		"GET /saved/{id}/edit":                 s.editSaved,
		"POST /saved/{id}":                     s.changeSaved,
		"POST /saved/{id}/remove":              s.removeSaved,
		"GET /api/saved":                       s.apiSaved,
		"GET /api/saved/rings":                 s.apiRings,
		"GET /coverage":                        s.coverage,
		"GET /coverage.csv":                    s.coverageTable,
		"GET /api/coverage":                    s.apiCoverage,
		"GET /sources":                         s.sources,
		"POST /stories/{id}/counter-example":   s.teach,
		"GET /rules":                           s.rulesPage,
		"GET /rules/{id}":                      s.rulePage,
		"GET /api/rules":                       s.apiRules,
		"GET /response":                        s.responsePage,
		"GET /response.csv":                    s.responseCSV,
		"GET /api/response":                    s.apiResponse,
		"GET /digests":                         s.digestsPage,
		"GET /digests/{date}/{list}":           s.digestPage,
		"GET /digests/{date}/{list}/mail":      s.digestMail,
		"POST /digests/{date}/{list}/review":   s.reviewDigest,
		"GET /api/search":                      s.apiSearch,
		"GET /api/instance":                    s.apiInstance,
		"GET /api/status":                      s.apiStatus,
	} {
		mux.Handle(pattern, s.page(pattern, s.signedIn(handle)))
	}
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"POST /language": s.chooseLanguage,
		"GET /sign-in":   s.signInPage,
		"POST /sign-in":  s.signIn,
		"POST /sign-out": s.signOut,
	} {
		mux.Handle(pattern, s.page(pattern, handle))
	}
}

// The kinds of failure that a visitor is told of; every other is "something went wrong" and a line in the log.
var (
	errNotFound = errors.New("not found")
	errBusy     = errors.New("busy")
)

// badRequest is a mistake of the visitor's, with a sentence in the visitor's language.
type badRequest struct{ sentence string }

func (b badRequest) Error() string { return b.sentence }

// page counts and times a handler and turns its error into an answer: a page for people, JSON for the API.
func (s *Server) page(pattern string, handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		err := handle(w, r)
		s.metrics.observe(pattern, err, time.Since(start))
		if err == nil || r.Context().Err() != nil {
			return
		}
		if errors.Is(err, errSignIn) && !strings.HasPrefix(r.URL.Path, "/api/") && r.Method == http.MethodGet {
			http.Redirect(w, r, "/sign-in?"+url.Values{"back": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
			return
		}
		status, sentence := s.explain(r, err)
		if strings.HasPrefix(r.URL.Path, "/api/") {
			s.writeJSON(w, status, map[string]string{"error": sentence})
			return
		}
		s.errorPage(w, r, status, sentence)
	})
}

// explain maps an error to a status and a sentence, in this one place. What is our fault is logged under a number that
// the visitor sees too.
func (s *Server) explain(r *http.Request, err error) (int, string) {
	l := s.language(r)
	var bad badRequest
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest, bad.sentence
	case errors.Is(err, errSignIn):
		return http.StatusUnauthorized, l.T("sign.needed")
	case errors.Is(err, errNotFound):
		return http.StatusNotFound, l.T("error.not_found")
	case errors.Is(err, errBusy):
		return http.StatusServiceUnavailable, l.T("error.busy")
	}
	id := rand.Text()[:8]
	s.log.Error("request failed", "id", id, "path", r.URL.Path, "err", err)
	return http.StatusInternalServerError, l.T("error.internal", id)
}

// guard sets the headers that every answer carries and refuses names that are not this machine's.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if !loopbackName(r.Host) && !s.ownName(r.Host) {
			s.log.Warn("request for a foreign name refused", "host", slog.StringValue(r.Host))
			writeText(w, http.StatusMisdirectedRequest, "this server answers to localhost and the names of web.hosts only\n")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownName reports whether a name is one of those that the configuration gives to the pages.
func (s *Server) ownName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return slices.Contains(s.cfg.Hosts, strings.ToLower(host))
}

func loopbackName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

// readyz tells the truth, and what is missing.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Ready != nil {
		if err := s.deps.Ready(r.Context()); err != nil {
			writeText(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
			return nil
		}
	}
	writeText(w, http.StatusOK, "ready\n")
	return nil
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the visitor may have gone
}
