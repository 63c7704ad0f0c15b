package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// language is what a visitor reads: "vi" or "en".
type language string

const languageCookie = "haidang-language"

// language is the visitor's choice, or the configured one.
func (s *Server) language(r *http.Request) language {
	if c, err := r.Cookie(languageCookie); err == nil && (c.Value == "vi" || c.Value == "en") {
		return language(c.Value)
	}
	return language(s.cfg.Language)
}

// chooseLanguage remembers the choice and goes back to the page it was made on.
func (s *Server) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	chosen, back := r.PostFormValue("language"), r.PostFormValue("back")
	if chosen != "vi" && chosen != "en" {
		return badRequest{fmt.Sprintf("language %q: vi or en", chosen)}
	}
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n") {
		back = "/" // a redirect never leaves this site
	}
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: chosen, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// T returns a sentence in the language. A key that does not exist shows itself, which a test forbids.
func (l language) T(key string, args ...any) string {
	words, ok := sentence(key)
	if !ok {
		return "⟨" + key + "⟩"
	}
	if len(args) == 0 {
		return words.in(l)
	}
	return fmt.Sprintf(words.in(l), args...)
}

// N returns the sentence for a number: English knows one and many, Vietnamese does not.
func (l language) N(key string, n int) string {
	if l == "en" && n == 1 {
		if _, ok := sentence(key + ".one"); ok {
			return strings.Replace(l.T(key+".one"), "%d", strconv.Itoa(n), 1)
		}
	}
	return l.T(key, n)
}
