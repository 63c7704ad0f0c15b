package drafts

import (
	"strings"

	"haidang/classifier"
	"haidang/internal/article"
	"haidang/internal/text"
)

// Bounds of an example, in paragraphs and letters: whoever mends a rule reads it.
const (
	mostParagraphs = 30
	mostLetters    = 4000
)

// shortest is as much of an article, from its beginning, as it takes to ring for a claim, in the form of an example: the
// title, then its paragraphs. One that does not ring, or only by what stands far down, is told from its beginning.
func shortest(rules *classifier.Classifier, claimID string, a *article.Article) (example string, rings bool) {
	title := text.Plain(a.Title, 400)
	var body []string
	for p := range strings.SplitSeq(a.Lead+"\n"+a.Text, "\n") {
		if p = text.Plain(p, mostLetters); p != "" && (len(body) == 0 || body[0] != p) { // many texts begin with their lead
			body = append(body, p)
		}
	}
	body = body[:min(len(body), mostParagraphs)]
	for n := range len(body) + 1 {
		example = strings.TrimSpace(title + "\n" + strings.Join(body[:n], "\n"))
		if ringsFor(rules, claimID, title, strings.Join(body[:n], "\n")) {
			return example, true
		}
		if len([]rune(example)) > mostLetters {
			break
		}
	}
	return example, false
}

func ringsFor(rules *classifier.Classifier, claimID, title, body string) bool {
	for _, m := range rules.Classify(&article.Article{Title: title, Text: body}).Claims {
		if m.ID == claimID {
			return m.Rings
		}
	}
	return false
}
