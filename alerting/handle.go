package alerting

import (
	"context"
	"errors"

	"haidang/internal/article"
)

// ErrInvalid is an article that can never be taken in: send it to the dead letters.
var ErrInvalid = errors.New("not an article that alerting can take")

// Reason says what became of one pair of article and claim.
type Reason string

func reasons() []Reason { return nil }

func (d *Desk) handle(ctx context.Context, batch []article.Article) error {
	return errors.ErrUnsupported
}
func (d *Desk) send(ctx context.Context) error { return errors.ErrUnsupported }
