package web

import (
	"context"
	"errors"
	"sync"

	"haidang/alerting"
)

// maxHeadlines bounds the memory of headlines; beyond it they are read again.
const maxHeadlines = 4 * deskRows

// headlines remembers each story as it was at its last event, with its marked headline: a desk of many rows, or many
// open desks, would otherwise read every article of every story each time.
type headlines struct {
	mu   sync.Mutex
	byID map[string]knownStory
}

type knownStory struct {
	story    alerting.Story
	headline passage
}

// get returns a story that has heard of the event with this number, or of a later one.
func (h *headlines) get(id string, seq int64) (knownStory, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k, ok := h.byID[id]
	return k, ok && k.story.Seq >= seq
}

func (h *headlines) put(k knownStory) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byID == nil || len(h.byID) >= maxHeadlines {
		h.byID = map[string]knownStory{}
	}
	h.byID[k.story.ID] = k
}

// headline is the title of the article that was first, marked.
func (s *Server) headline(ctx context.Context, story *alerting.Story) (passage, error) {
	k, err := s.knownStory(ctx, story.ID, story.Seq)
	if errors.Is(err, alerting.ErrNotFound) {
		return titleOf(story.FirstTitle, nil), nil // merged away since it was listed
	}
	return k.headline, err
}

// knownStory reads a story, unless it is remembered from this event or a later one.
func (s *Server) knownStory(ctx context.Context, id string, seq int64) (knownStory, error) {
	if k, ok := s.headlines.get(id, seq); ok {
		return k, nil
	}
	detail, err := s.deps.Desk.Story(ctx, id)
	if err != nil {
		return knownStory{}, err
	}
	k := knownStory{story: detail.Story, headline: titleOf(detail.FirstTitle, nil)}
	for i := range detail.Alerts {
		if a := &detail.Alerts[i]; a.ArticleID == detail.FirstArticle {
			k.headline = titleOf(a.Title, passages(a))
		}
	}
	s.headlines.put(k)
	return k, nil
}
