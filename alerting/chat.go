package alerting

import (
	"context"
	"fmt"
	"strings"

	"haidang/alerting/chat"
	"haidang/internal/settings"
)

// Chat is a receiver in a chat service, or a push service of telephones.
type Chat struct {
	Name     string          `yaml:"name"`
	URL      settings.Secret `yaml:"url"`      // as shoutrrr writes it: "telegram://TOKEN@telegram?chats=@desk"
	Language string          `yaml:"language"` // vi or en; empty: vi
}

const kindChat = "chat"

// chatroom writes into one room. Chat services know no key: what is repeated after a crash is there twice, and known for
// the same by its reference.
type chatroom struct {
	teller
	address settings.Secret
	deliver func(ctx context.Context, address, title, text string) error
}

func (c chatroom) kind() string { return kindChat }

func (c chatroom) send(ctx context.Context, m message) error {
	told, err := m.read()
	if err != nil {
		return err
	}
	return c.deliver(ctx, c.address.Reveal(), c.title(told), c.write(told))
}

// title is the subject, with the reference of the notification that the message tells of alone or first.
func (c chatroom) title(told []Notification) string {
	return plain.Replace(c.subject(told)) + " " + reference(&told[0])
}

// reference names a story, and the change that is told of it, in a few letters: "#3fa2c8d0-1f".
func reference(n *Notification) string {
	return "#" + n.Story.ID[:min(len(n.Story.ID), 8)] + "-" + shortHash(n.Key)[:2]
}

// plain takes what chat services read as markup out of foreign words: a headline calls nobody and hides no link.
var plain = strings.NewReplacer("@", "＠", "<", "‹", ">", "›", "](", "] (")

// maxChat bounds a message of several stories in bytes: WeCom takes 2,048, the others more.
const maxChat = 1800

// write puts notifications into lines. Those that do not fit are counted: the desk has them.
func (c chatroom) write(told []Notification) string {
	var out strings.Builder
	for i := range told {
		var one strings.Builder
		n := &told[i]
		if len(told) > 1 {
			fmt.Fprintf(&one, "%s: %s %s\n", c.heading(n), plain.Replace(c.what(&n.Story)), reference(n))
		}
		for _, l := range c.facts(n) {
			fmt.Fprintf(&one, "%s: %s\n", l.name, plain.Replace(l.text))
		}
		if address := c.page(&n.Story); address != "" {
			fmt.Fprintf(&one, "%s\n", address)
		}
		if i > 0 && out.Len()+one.Len() > maxChat {
			out.WriteString(c.word("more", len(told)-i) + "\n")
			break
		}
		out.WriteString(one.String() + "\n")
	}
	return strings.TrimSpace(out.String())
}

func (v Chat) validate(at string) (errs []error) {
	if err := chat.Check(v.URL.Reveal()); err != nil {
		errs = append(errs, fmt.Errorf("%s.url: %w", at, err))
	}
	return append(errs, validateLanguage(at, v.Language)...)
}
