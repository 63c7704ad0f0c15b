package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"haidang/alerting"
	"haidang/internal/claims"
)

// WithClaims opens the decisions on claims beside a running process, or without one, and runs fn.
func WithClaims(ctx context.Context, opts Options, fn func(*claims.Claims) error) error {
	return withState(ctx, opts, func(a *App) error { return fn(claims.New(a.db, opts.Now)) })
}

// Decider checks that a verdict is decided by somebody of the desk; where the configuration names nobody, anybody may.
func Decider(opts Options, by string) error {
	people := opts.Config.Alerting.People
	if len(people) == 0 || slices.ContainsFunc(people, func(p alerting.Person) bool { return p.ID == by }) {
		return nil
	}
	var names []string
	for _, p := range people {
		names = append(names, p.ID)
	}
	return fmt.Errorf("nobody is called %q: alerting.people has %s", by, strings.Join(names, ", "))
}
