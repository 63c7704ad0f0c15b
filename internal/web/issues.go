package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"haidang/internal/export"
	"haidang/internal/saved"
)

// issuesBody is the page of one saved search: what it has told.
type issuesBody struct {
	savedView
	Issues []issueView
}

// issueView is one issue.
type issueView struct {
	saved.Issue
	Title string // of a list; empty: one article
}

// issues reads a saved search that the visitor sees.
func (s *Server) issues(r *http.Request) (issuesBody, error) {
	if s.deps.Saved == nil {
		return issuesBody{}, errNotFound
	}
	v, err := s.visitor(r)
	if err != nil {
		return issuesBody{}, err
	}
	one, issues, err := s.deps.Saved.Issues(r.Context(), viewer(v), r.PathValue("id"))
	if errors.Is(err, saved.ErrNotFound) {
		return issuesBody{}, errNotFound
	}
	if err != nil {
		return issuesBody{}, err
	}
	l := s.language(r)
	b := issuesBody{savedView: savedView{one, l, s.personName(l, one.Owner), one.Owner == v.ID}}
	for _, i := range issues {
		view := issueView{Issue: i}
		switch from := i.From.In(zone).Format("02/01/2006"); one.Schedule {
		case saved.Daily:
			view.Title = l.T("saved.day", from, l.N("saved.articles", len(i.Rings)))
		case saved.Weekly:
			view.Title = l.T("saved.week", from, l.N("saved.articles", len(i.Rings)))
		}
		b.Issues = append(b.Issues, view)
	}
	return b, nil
}

func (s *Server) savedIssues(w http.ResponseWriter, r *http.Request) error {
	b, err := s.issues(r)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "issues", page{Title: b.Name, Section: "saved", Body: b})
}

// savedFeed is a saved search for feed readers: an entry for each article of a live one, for each list of another.
func (s *Server) savedFeed(w http.ResponseWriter, r *http.Request) error {
	b, err := s.issues(r)
	if err != nil {
		return err
	}
	base := s.base(r)
	var entries []export.Entry
	for _, i := range b.Issues {
		e := export.Entry{ID: "saved:" + b.ID + ":" + i.Rings[0].ArticleID, Title: i.Rings[0].Title, Link: i.Rings[0].URL, Author: i.Rings[0].Outlet, Updated: i.At}
		if i.Title != "" {
			var list strings.Builder
			for _, ring := range i.Rings {
				fmt.Fprintf(&list, "%s, “%s”, %s %s\n", ring.Outlet, ring.Title, clock(ring.At), ring.URL)
			}
			e = export.Entry{
				ID: fmt.Sprintf("saved:%s:%d", b.ID, i.From.Unix()), Title: b.Name + ": " + i.Title, Link: base + b.Page(), Author: "Hải Đăng", Summary: list.String(), Updated: i.At,
			}
		}
		if strings.TrimSpace(e.Title) == "" {
			e.Title = b.Name // feed readers need something to click
		}
		entries = append(entries, e)
	}
	w.Header().Set("Content-Type", export.Atom.Type())
	w.Header().Set("Cache-Control", "no-store")
	err = export.WriteAtom(w, export.About{Query: b.Name, Link: base + b.Page(), Self: base + b.Feed(), Now: s.deps.Now()}, entries)
	if err != nil && r.Context().Err() == nil {
		s.log.Debug("feed ended", "err", err)
	}
	return nil
}

// base is the address of this site as the visitor sees it.
func (s *Server) base(r *http.Request) string {
	if len(s.cfg.Hosts) > 0 {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
