package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"haidang/alerting"
	"haidang/internal/users"
)

const sessionCookie = "haidang-session"

// Users is who can sign in.
type Users interface {
	SignIn(ctx context.Context, id, password string) (token string, err error)
	Whose(ctx context.Context, token string) (id string, err error)
	SignOut(ctx context.Context, token string) error
}

// soloActor acts on a desk that names no people: it is one person's, on this machine.
const soloActor = "desk"

// visitor is who looks at a page.
type visitor struct {
	ID   string // as in the audit trail; empty: nobody we know
	Name string // as shown
	Lead bool
}

// Known reports whether the visitor may act.
func (v visitor) Known() bool { return v.ID != "" }

// solo reports whether the desk names no people, and so needs no sign-in.
func (s *Server) solo() bool { return len(s.deps.People) == 0 }

// visitor finds out who asks. On a desk without people everybody at this machine is the desk.
func (s *Server) visitor(r *http.Request) (visitor, error) {
	if s.solo() {
		return visitor{ID: soloActor, Name: s.language(r).T("sign.solo"), Lead: true}, nil
	}
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return visitor{}, nil // no cookie: nobody
	}
	id, err := s.deps.Users.Whose(r.Context(), c.Value)
	if errors.Is(err, users.ErrNoSession) {
		return visitor{}, nil
	}
	if err != nil {
		return visitor{}, err
	}
	p, ok := s.person(id)
	if !ok { // taken from the configuration since
		return visitor{}, nil
	}
	return visitor{ID: p.ID, Name: p.Name, Lead: p.Lead}, nil
}

func (s *Server) person(id string) (alerting.Person, bool) {
	i := slices.IndexFunc(s.deps.People, func(p alerting.Person) bool { return p.ID == id })
	if i < 0 {
		return alerting.Person{}, false
	}
	return s.deps.People[i], true
}

// personName is how an actor of the audit trail is shown.
func (s *Server) personName(l language, id string) string {
	if p, ok := s.person(id); ok {
		return p.Name
	}
	switch id {
	case soloActor:
		return l.T("sign.solo")
	case "haidang":
		return l.T("sign.system")
	}
	return id
}

// errSignIn says that a page is for those who are signed in.
var errSignIn = errors.New("sign-in needed")

// signBody is the page to sign in.
type signBody struct {
	Back, ID, Said string
}

func (s *Server) signInPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSignIn(w, r, http.StatusOK, signBody{Back: backTo(r.URL.Query().Get("back"))})
}

func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request, status int, body signBody) error {
	if s.solo() {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	return s.show(w, r, status, "signin", page{Title: s.language(r).T("sign.in"), Body: body})
}

// backTo lets a redirect never leave this site.
func backTo(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	l, body := s.language(r), signBody{Back: backTo(r.PostFormValue("back")), ID: strings.ToLower(strings.TrimSpace(r.PostFormValue("id")))}
	if s.solo() {
		return errNotFound
	}
	if _, ok := s.person(body.ID); !ok { // who was taken from the list cannot come in; it takes the same time
		body.ID = ""
	}
	token, err := s.deps.Users.SignIn(r.Context(), body.ID, r.PostFormValue("password"))
	var wait *users.WaitError
	switch {
	case errors.As(err, &wait):
		body.Said = l.T("sign.wait", clock(wait.Until))
		return s.showSignIn(w, r, http.StatusTooManyRequests, body)
	case errors.Is(err, users.ErrWrong):
		s.log.Warn("sign-in refused", "id", body.ID)
		body.Said = l.T("sign.wrong")
		return s.showSignIn(w, r, http.StatusUnauthorized, body)
	case err != nil:
		return err
	}
	http.SetCookie(w, s.cookie(token, 7*24*time.Hour))
	http.Redirect(w, r, body.Back, http.StatusSeeOther)
	return nil
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(sessionCookie); err == nil && !s.solo() {
		if err := s.deps.Users.SignOut(r.Context(), c.Value); err != nil {
			return err
		}
	}
	http.SetCookie(w, s.cookie("", -time.Second))
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// cookie holds a session. Behind a TLS proxy it is sent over TLS only.
func (s *Server) cookie(token string, age time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", MaxAge: int(age.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: len(s.cfg.Hosts) > 0,
	}
}

// signedIn lets nobody read who is not signed in, where the pages are served to other machines.
func (s *Server) signedIn(handle func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	if len(s.cfg.Hosts) == 0 {
		return handle
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.visitor(r)
		switch {
		case err != nil:
			return err
		case !v.Known():
			return errSignIn
		}
		return handle(w, r)
	}
}
