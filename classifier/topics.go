package classifier

import (
	"fmt"

	"haidang/internal/query"
)

// topicFile is topics.yaml.
type topicFile struct {
	Topics []Topic `yaml:"topics"`
}

// Topic is one coverage model. It says what an article is about, and accuses nobody.
type Topic struct {
	ID   string    `yaml:"id"`
	Name Bilingual `yaml:"name"`
	VI   string    `yaml:"vi"`
	EN   string    `yaml:"en"`
}

func (b *builder) addTopics(file topicFile) {
	seen := map[string]bool{}
	for i, t := range file.Topics {
		if t.ID == "" || seen[t.ID] {
			b.fail("topics.yaml", t.ID, fmt.Errorf("topics[%d].id: %q is empty or stands twice", i, t.ID))
			continue
		}
		seen[t.ID] = true
		if t.Name.VI == "" || t.Name.EN == "" {
			b.fail("topics.yaml", t.ID, fmt.Errorf("topic %s: name needs vi and en", t.ID))
		}
		b.addQuery(ruleRef{topic: t.ID}, "topics.yaml", "topic "+t.ID, Bilingual{VI: t.VI, EN: t.EN})
	}
	b.c.topics = file.Topics
}

// Topics returns the coverage models in the order of the file.
func (c *Classifier) Topics() []Topic { return c.topics }

// topicsOf picks the topics out of the matches, in the order of the file.
func (c *Classifier) topicsOf(matches []query.Match, refs map[string]ruleRef) []string {
	found := map[string]bool{}
	for i := range matches {
		if t := refs[matches[i].ID].topic; t != "" {
			found[t] = true
		}
	}
	ids := []string{}
	for _, t := range c.topics {
		if found[t.ID] {
			ids = append(ids, t.ID)
		}
	}
	return ids
}
