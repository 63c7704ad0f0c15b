package alerting

import (
	"context"
	"fmt"
)

// Decision is what a person decided on a claim since its rule was written.
type Decision struct{ Verdict, By string }

// decisions are those that hold now, by the claim's ID.
type decisions map[string]Decision

// decided reads what people decided on claims.
func (d *Desk) decided(ctx context.Context) (decisions, error) {
	if d.decisions == nil {
		return nil, nil
	}
	out, err := d.decisions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what was decided on claims: %w", err)
	}
	return out, nil
}

// tell puts into stories what people decided, in the place of the word of the rules.
func (known decisions) tell(stories ...*Story) {
	for _, s := range stories {
		if v, ok := known[s.ClaimID]; ok {
			s.Verdict, s.DecidedBy = clip(v.Verdict, maxTitle), clip(v.By, maxTitle)
		}
	}
}

// asDecided puts into stories that were read what people decided on their claims.
func (d *Desk) asDecided(ctx context.Context, stories []Story, err error) ([]Story, error) {
	if err != nil || len(stories) == 0 {
		return stories, err
	}
	known, err := d.decided(ctx)
	for i := range stories {
		known.tell(&stories[i])
	}
	return stories, err
}
