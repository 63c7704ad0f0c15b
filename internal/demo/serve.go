package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// thinkTime is how long an outlet takes over each answer. Without it requests could not overlap even if a crawler sent
// them at once, and the proof of politeness would prove nothing.
const thinkTime = 2 * time.Millisecond

// answer is a complete response, made before the first byte is sent.
type answer struct {
	status   int
	kind     string // content type
	body     []byte
	modified time.Time
}

// handler serves one outlet. A request counts as answered just before its bytes are sent: a client that has read its
// answer and asks again at once does not overlap.
func (s *Site) handler(o *outlet) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := s.log.begin(Request{
			Outlet: o.id, Method: r.Method, Path: r.URL.RequestURI(), UserAgent: r.UserAgent(), Arrived: s.now(),
		})
		held := &heldResponse{ResponseWriter: w, status: http.StatusOK}
		s.answer(o, r).write(held, r)
		select {
		case <-time.After(thinkTime):
		case <-r.Context().Done():
		}
		s.log.end(n, held.status)
		held.release()
	})
}

// write lets net/http handle ranges, HEAD and the conditions of the request.
func (a answer) write(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", a.kind)
	if a.status != http.StatusOK {
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // into memory
		return
	}
	sum := sha256.Sum256(a.body)
	w.Header().Set("Etag", `"`+hex.EncodeToString(sum[:8])+`"`)
	w.Header().Set("Cache-Control", "max-age=0")
	http.ServeContent(w, r, "", a.modified, bytes.NewReader(a.body))
}

// heldResponse keeps an answer in memory until it is released.
type heldResponse struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *heldResponse) WriteHeader(status int)      { h.status = status }
func (h *heldResponse) Write(p []byte) (int, error) { return h.body.Write(p) }

func (h *heldResponse) release() {
	h.ResponseWriter.WriteHeader(h.status)
	// A client that has gone away is no concern of a demonstration.
	_, _ = h.ResponseWriter.Write(h.body.Bytes())
}

// answer decides what a request gets.
func (s *Site) answer(o *outlet, r *http.Request) answer {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return plain(http.StatusMethodNotAllowed, "method not allowed\n")
	}
	switch path := r.URL.Path; path {
	case "/robots.txt":
		return plain(http.StatusOK, o.robots)
	case o.feedPath:
		if r.Method == http.MethodGet {
			o.edition.poll(s.now())
		}
		body, err := o.feed(o)
		return o.made(o.feedType, body, err)
	case "/", o.sectionPath:
		body, err := o.sectionPage(path)
		return o.made(htmlType, body, err)
	default:
		p := o.byPath[path]
		if p == nil {
			return plain(http.StatusNotFound, "not found\n")
		}
		body, err := o.articlePage(p)
		a := o.made(htmlType, body, err)
		_, a.modified = o.current(p)
		return a
	}
}

const htmlType = "text/html; charset=utf-8"

// made wraps a rendered body; what fails to render is an honest 500.
func (o *outlet) made(kind string, body []byte, err error) answer {
	if err != nil {
		return plain(http.StatusInternalServerError, err.Error()+"\n")
	}
	a := answer{status: http.StatusOK, kind: kind, body: body}
	if len(o.pages) > 0 {
		a.modified = o.pages[0].published
	}
	if at, edited := o.edition.edited(); edited {
		a.modified = at
	}
	return a
}

func plain(status int, text string) answer {
	return answer{status: status, kind: "text/plain; charset=utf-8", body: []byte(text)}
}
