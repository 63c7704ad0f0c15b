package alerting

import (
	"context"
	"fmt"
	"time"
)

// Mention is a note in which somebody of the desk is called by name.
type Mention struct {
	Seq    int64 // of the note in the audit trail
	At     time.Time
	By     string // who wrote it: a person's ID
	Note   string
	Story  Story
	ReadAt time.Time // zero: not yet
}

// Read reports whether the one who is called has seen it.
func (m *Mention) Read() bool { return !m.ReadAt.IsZero() }

// callByName keeps whom a note calls. Nobody is called by a note of their own.
func (t *take) callByName(ctx context.Context, e *AuditEntry, people []string) error {
	for _, person := range people {
		if person == e.Actor {
			continue
		}
		if _, err := t.tx.Exec(ctx, `INSERT INTO mentions (person, seq, story_id, read_at) VALUES (?, ?, ?, 0)`, person, e.Seq, e.StoryID); err != nil {
			return fmt.Errorf("keep whom the note calls: %w", err)
		}
	}
	return nil
}

// Mentions lists the notes that call a person by name, the latest first.
func (d *Desk) Mentions(ctx context.Context, person string, limit int) ([]Mention, error) {
	rows, err := d.db.Query(ctx, `SELECT m.seq, a.at, a.actor, a.note, m.story_id, m.read_at FROM mentions m JOIN audit a ON a.seq = m.seq
		WHERE m.person = ? ORDER BY m.seq DESC LIMIT ?`, person, bounded(limit))
	if err != nil {
		return nil, fmt.Errorf("list mentions: %w", err)
	}
	list, err := collect(rows, "list mentions", func(row scanner) (Mention, error) {
		var m Mention
		err := row.Scan(&m.Seq, millis{&m.At}, &m.By, &m.Note, &m.Story.ID, millis{&m.ReadAt})
		return m, err
	})
	if err != nil {
		return nil, err
	}
	return list, d.addStories(ctx, list)
}

// addStories reads the stories that mentions are about.
func (d *Desk) addStories(ctx context.Context, list []Mention) error {
	ids := make([]any, len(list))
	for i := range list {
		ids[i] = list[i].Story.ID
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := d.db.Query(ctx, `SELECT `+storyColumns+` FROM stories WHERE id IN (`+marks(len(ids))+`)`, ids...)
	if err != nil {
		return fmt.Errorf("read the stories of mentions: %w", err)
	}
	stories, err := collect(rows, "read the stories of mentions", scanStory)
	if err != nil {
		return err
	}
	byID := make(map[string]Story, len(stories))
	for _, s := range stories {
		byID[s.ID] = s
	}
	for i := range list {
		if s, ok := byID[list[i].Story.ID]; ok {
			list[i].Story = s
		}
	}
	return nil
}

// UnreadMentions counts the notes that call a person by name and that the person has not seen.
func (d *Desk) UnreadMentions(ctx context.Context, person string) (int, error) {
	var n int
	err := d.db.QueryRow(ctx, `SELECT COUNT(*) FROM mentions WHERE person = ? AND read_at = 0`, person).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count mentions: %w", err)
	}
	return n, nil
}

// ReadMentions notes that a person has seen the notes up to one of the trail: a newer one stays unread.
func (d *Desk) ReadMentions(ctx context.Context, person string, upTo int64) error {
	_, err := d.db.Exec(ctx, `UPDATE mentions SET read_at = ? WHERE person = ? AND seq <= ? AND read_at = 0`, toMillis(d.now()), person, upTo)
	if err != nil {
		return fmt.Errorf("note that mentions were read: %w", err)
	}
	return nil
}
