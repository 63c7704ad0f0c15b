package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"haidang/alerting"
	"haidang/crawler"
	"haidang/internal/article"
	"haidang/internal/bus"
)

// The consumer groups. The archive's is its own on each node: every node reads all verdicts.
const (
	crawlGroup    = "crawl"
	classifyGroup = "classify"
	alertGroup    = "alert"
)

func (a *App) indexGroup() string { return "index-" + a.node }

// groups lists the groups that an article passes through before this process has done with it. The classifier is always
// one of them, whichever process it runs in.
func (a *App) groups() []string {
	groups := []string{classifyGroup}
	if a.has(Serve) {
		groups = append(groups, a.indexGroup())
	}
	if a.has(Alert) {
		groups = append(groups, alertGroup)
	}
	return groups
}

// topicOf is the topic that a group reads.
func topicOf(group string) string {
	switch group {
	case crawlGroup:
		return bus.Links
	case classifyGroup:
		return bus.Articles
	}
	return bus.Verdicts
}

const (
	// hostsWaiting is how many hosts' links may be at hand, nearly all of them waiting until their host may be asked again: it
	// costs little, and a host that wants a minute between two requests holds up nobody.
	hostsWaiting = 2000
	// linksAhead is how many links of a partition are taken before the first of them is done: a host with very many waiting
	// keeps those behind it waiting only beyond that.
	linksAhead = 5000
)

// fetchPages fetches the links. The key is the host, so one host's links never overlap and never hold up another's.
func (a *App) fetchPages(ctx context.Context) error {
	return a.bus.Run(ctx, bus.Subscription{
		Topic: bus.Links, Group: crawlGroup, Stage: "fetch", MaxInFlight: hostsWaiting, MaxPending: linksAhead,
		HandleEach: func(ctx context.Context, m bus.Message) error {
			var link crawler.Link
			if err := json.Unmarshal(m.Value, &link); err != nil {
				return bus.Permanent(fmt.Errorf("not a link: %w", err))
			}
			if link.Schema > crawler.LinkSchema {
				return bus.Permanent(fmt.Errorf("link schema %d, this program reads up to %d: %w", link.Schema, crawler.LinkSchema, article.ErrNewerSchema))
			}
			err := a.crawler.HandleLink(ctx, link)
			if crawler.IsRefused(err) {
				return bus.Permanent(err) // a refusal is a dead letter, so that the books balance
			}
			if crawler.OwnTrouble(err) && !bus.IsPermanent(err) {
				return bus.Unavailable(err)
			}
			return err
		},
	})
}

// classifyArticles gives each article its verdict and passes it on.
func (a *App) classifyArticles(ctx context.Context) error {
	return a.bus.Run(ctx, bus.Subscription{
		Topic: bus.Articles, Group: classifyGroup, Stage: "classify", BatchSize: 200, Workers: 2,
		Handle: func(ctx context.Context, batch []bus.Message) error {
			rules := a.rules() // one set for the whole batch
			out, docs := make([]bus.Message, 0, len(batch)), make([]article.Article, 0, len(batch))
			for _, m := range batch {
				doc, err := decodeArticle(m)
				if err != nil {
					return err
				}
				verdict := rules.Classify(&doc)
				doc.Verdict = &verdict
				docs = append(docs, doc)
				msg, err := encodeArticle(bus.Verdicts, &doc)
				if err != nil {
					return err
				}
				out = append(out, msg)
			}
			if err := publish(ctx, a.bus, out...); err != nil {
				return err
			}
			a.metrics.classified(docs)
			a.metrics.observeAges("classify", docs, a.opts.Now())
			return nil
		},
	})
}

// indexVerdicts puts every verdict into this node's archive. The offsets go into the same batch as the articles.
func (a *App) indexVerdicts(ctx context.Context) error {
	return a.bus.Run(ctx, bus.Subscription{
		Topic: bus.Verdicts, Group: a.indexGroup(), Stage: "index", BatchSize: a.opts.Config.Index.BatchDocuments,
		Handle: func(ctx context.Context, batch []bus.Message) error {
			docs, offsets, err := decodeBatch(batch)
			if err != nil {
				return err
			}
			if err := a.archive.Put(ctx, docs, offsets); err != nil {
				return bus.Unavailable(fmt.Errorf("archive: %w", err))
			}
			a.metrics.observeAges("index", docs, a.opts.Now())
			return nil
		},
	})
}

// raiseAlerts takes verdicts into the stories.
func (a *App) raiseAlerts(ctx context.Context) error {
	return a.bus.Run(ctx, bus.Subscription{
		Topic: bus.Verdicts, Group: alertGroup, Stage: "alert", BatchSize: 200,
		Handle: func(ctx context.Context, batch []bus.Message) error {
			docs, _, err := decodeBatch(batch)
			if err != nil {
				return err
			}
			err = a.desk.Handle(ctx, docs)
			if errors.Is(err, alerting.ErrInvalid) {
				return bus.Permanent(err)
			}
			if err != nil {
				return bus.Unavailable(err)
			}
			if a.crawler != nil {
				if err := a.crawler.Watch(ctx, docs); err != nil {
					return bus.Unavailable(err)
				}
			}
			a.metrics.observeAges("alert", docs, a.opts.Now())
			return nil
		},
	})
}

// decodeBatch reads the articles of a batch and the offset after the last of each partition.
func decodeBatch(batch []bus.Message) ([]article.Article, map[int]int64, error) {
	docs := make([]article.Article, 0, len(batch))
	offsets := map[int]int64{}
	for _, m := range batch {
		doc, err := decodeArticle(m)
		if err != nil {
			return nil, nil, err
		}
		docs = append(docs, doc)
		offsets[m.Partition] = max(offsets[m.Partition], m.Offset+1)
	}
	return docs, offsets, nil
}

// decodeArticle reads one message. What cannot be read will never be: it goes to dead, whole.
func decodeArticle(m bus.Message) (article.Article, error) {
	doc, err := article.Decode(m.Value)
	if err != nil {
		return doc, bus.Permanent(err)
	}
	return doc, nil
}

func encodeArticle(topic string, doc *article.Article) (bus.Message, error) {
	value, err := article.Encode(doc)
	if err != nil {
		return bus.Message{}, bus.Permanent(err)
	}
	return bus.Message{Topic: topic, Key: []byte(doc.ID), Value: value}, nil
}

// publish sends messages on. A broker that is away is not the messages' fault.
func publish(ctx context.Context, b *bus.Bus, messages ...bus.Message) error {
	err := b.Publish(ctx, messages...)
	if err == nil || bus.IsPermanent(err) {
		return err
	}
	return bus.Unavailable(err)
}

// publisher is the bus as the crawler and the desk see it.
type publisher struct{ bus *bus.Bus }

// PublishLinks publishes links, keyed by host.
func (p publisher) PublishLinks(ctx context.Context, links []crawler.Link) error {
	messages := make([]bus.Message, 0, len(links))
	for _, l := range links {
		value, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("encode link %q: %w", l.URL, err)
		}
		messages = append(messages, bus.Message{Topic: bus.Links, Key: []byte(l.Host), Value: value})
	}
	return p.bus.Publish(ctx, messages...)
}

// PublishArticle publishes one article, keyed by its ID.
func (p publisher) PublishArticle(ctx context.Context, doc article.Article) error {
	msg, err := encodeArticle(bus.Articles, &doc)
	if err != nil {
		return err
	}
	return p.bus.Publish(ctx, msg)
}

// PublishAlert publishes a story's notification for other systems.
func (p publisher) PublishAlert(ctx context.Context, key string, value []byte) error {
	return p.bus.Publish(ctx, bus.Message{Topic: bus.Alerts, Key: []byte(key), Value: value})
}
