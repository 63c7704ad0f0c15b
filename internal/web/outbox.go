package web

import (
	"context"
	"net/http"

	"haidang/alerting"
)

// Outbox is what the pages ask of the notifications.
type Outbox interface {
	Deliveries(ctx context.Context, state alerting.DeliveryState, limit int) ([]alerting.Delivery, error)
	Troubles(ctx context.Context) ([]alerting.Trouble, error)
	Settle(ctx context.Context, actor string, a alerting.Action, ids []string) (done int, err error)
}

// shownDeliveries bounds each list of the page.
const shownDeliveries = 200

// outboxBody is what could not be delivered, and why.
type outboxBody struct {
	Troubles []alerting.Trouble
	Failed   []deliveryView
	Held     []deliveryView
	Acts     bool
}

// deliveryView is one notification, with the story that it tells of.
type deliveryView struct {
	alerting.Delivery
	Statement string
}

func (s *Server) outbox(w http.ResponseWriter, r *http.Request) error {
	l, ctx := s.language(r), r.Context()
	if s.deps.Outbox == nil {
		return errNotFound
	}
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	body := outboxBody{Acts: v.Known()}
	if body.Troubles, err = s.deps.Outbox.Troubles(ctx); err != nil {
		return err
	}
	if body.Failed, err = s.deliveries(ctx, l, alerting.DeliveryFailed); err != nil {
		return err
	}
	if body.Held, err = s.deliveries(ctx, l, alerting.DeliveryHeld); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "outbox", page{Title: l.T("outbox.title"), Section: "desk", Body: body})
}

func (s *Server) deliveries(ctx context.Context, l language, state alerting.DeliveryState) ([]deliveryView, error) {
	list, err := s.deps.Outbox.Deliveries(ctx, state, shownDeliveries)
	if err != nil {
		return nil, err
	}
	out := make([]deliveryView, 0, len(list))
	for _, d := range list {
		k, err := s.knownStory(ctx, d.StoryID, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, deliveryView{d, k.story.Statement(string(l))})
	}
	return out, nil
}

// settle sends notifications once more that could not be delivered, or lets them go.
func (s *Server) settle(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Outbox == nil {
		return errNotFound
	}
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	if err := s.readForm(w, r); err != nil {
		return err
	}
	action := alerting.Action(r.PostFormValue("action"))
	if action != alerting.Redeliver && action != alerting.LetGo {
		return badRequest{s.language(r).T("act.form")}
	}
	if _, err := s.deps.Outbox.Settle(r.Context(), v.ID, action, r.PostForm["delivery"]); err != nil {
		return err
	}
	http.Redirect(w, r, "/outbox", http.StatusSeeOther)
	return nil
}
