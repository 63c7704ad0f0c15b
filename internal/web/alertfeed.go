package web

import (
	"fmt"
	"net/http"
	"strings"

	"haidang/internal/export"
)

// feedEntries is how many rings the feed of alerts holds: a feed reader that was away for a night misses none.
const feedEntries = 100

// alertFeed is what rang, for feed readers and other systems: an entry for each ring, so that a story which comes back is a
// new one.
func (s *Server) alertFeed(w http.ResponseWriter, r *http.Request) error {
	l := s.language(r)
	if asked := r.URL.Query().Get("language"); asked == "vi" || asked == "en" {
		l = language(asked) // a feed reader has no cookie
	}
	rings, err := s.deps.Desk.Rings(r.Context(), feedEntries)
	if err != nil {
		return err
	}
	base := s.base(r)
	entries := make([]export.Entry, 0, len(rings))
	for _, e := range rings {
		k, err := s.knownStory(r.Context(), e.StoryID, e.Seq)
		if err != nil {
			return err
		}
		row := s.row(l, &k.story, k.headline)
		says := []string{
			l.T("event."+string(e.Kind)) + ".", fmt.Sprintf("%s: “%s”.", row.FirstOutlet, row.FirstTitle), l.N("row.outlets", row.Outlets) + ".",
		}
		if row.Answered() {
			says = append(says, l.T("row.answered")+": "+row.AnswerOutlet+".")
		} else {
			says = append(says, l.T("row.unanswered")+".")
		}
		entries = append(entries, export.Entry{
			ID: fmt.Sprintf("alert:%s:%d", e.StoryID, e.Seq), Title: "[" + l.T("severity."+string(row.Severity)) + "] " + row.Statement(),
			Link: base + "/stories/" + e.StoryID, Author: "Hải Đăng", Summary: strings.Join(says, " "), Updated: e.At,
		})
	}
	w.Header().Set("Content-Type", export.Atom.Type())
	w.Header().Set("Cache-Control", "no-store")
	about := export.About{Query: l.T("desk.title"), Link: base + "/", Self: base + "/alerts.atom", Now: s.deps.Now()}
	if err := export.WriteAtom(w, about, entries); err != nil && r.Context().Err() == nil {
		s.log.Debug("feed ended", "err", err)
	}
	return nil
}
