package web

import "net/http"

// status is the state of this process in numbers.
type status struct {
	Version    string `json:"version"`
	Ready      bool   `json:"ready"`
	NotReady   string `json:"not_ready,omitempty"`
	Articles   int    `json:"articles"`
	Stories    int    `json:"stories"`
	Unanswered int    `json:"unanswered"`
	Alerts     int    `json:"alerts"`
	LastSeq    int64  `json:"last_seq"`
}

// apiInstance tells which process this is.
func (s *Server) apiInstance(w http.ResponseWriter, _ *http.Request) error {
	s.writeJSON(w, http.StatusOK, map[string]string{"instance": s.deps.Instance})
	return nil
}

func (s *Server) apiStatus(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.deps.Desk.Counts(r.Context())
	if err != nil {
		return err
	}
	articles, err := s.deps.Archive.Count(r.Context())
	if err != nil {
		return err
	}
	out := status{
		Version: s.deps.Version, Ready: true, Articles: articles, Stories: counts.Stories, Unanswered: counts.Unanswered,
		Alerts: counts.Alerts, LastSeq: counts.LastSeq,
	}
	if s.deps.Ready != nil {
		if err := s.deps.Ready(r.Context()); err != nil {
			out.Ready, out.NotReady = false, err.Error()
		}
	}
	s.writeJSON(w, http.StatusOK, out)
	return nil
}
