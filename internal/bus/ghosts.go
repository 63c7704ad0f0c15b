package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
)

// evictGhosts removes the group members that the embedded broker remembers from before it was killed. They were
// consumers of that process, so none is alive, and their partitions would wait for the session timeout.
func (b *Bus) evictGhosts(ctx context.Context) error {
	err := b.admin(ctx, func(ctx context.Context) error {
		groups, err := b.client.ListGroups(ctx, &kafka.ListGroupsRequest{})
		if err == nil {
			err = groups.Error
		}
		if err != nil {
			return err
		}
		for _, g := range groups.Groups {
			if err := b.evict(ctx, g.GroupID); err != nil {
				return fmt.Errorf("group %s: %w", g.GroupID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("embedded broker: remove members from before the restart: %w", err)
	}
	return nil
}

func (b *Bus) evict(ctx context.Context, group string) error {
	described, err := b.client.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return err
	}
	var ghosts []kafka.LeaveGroupRequestMember
	for _, g := range described.Groups {
		for _, m := range g.Members {
			ghosts = append(ghosts, kafka.LeaveGroupRequestMember{ID: m.MemberID})
		}
	}
	if len(ghosts) == 0 {
		return nil
	}
	left, err := b.client.LeaveGroup(ctx, &kafka.LeaveGroupRequest{GroupID: group, Members: ghosts})
	if err == nil {
		err = left.Error
	}
	if err != nil && !errors.Is(err, kafka.UnknownMemberId) {
		return err
	}
	return nil
}
