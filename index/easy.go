package index

import (
	tokens "github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"

	"haidang/internal/text"
)

// functionShare is what remains of the rarity of an English function word in an English query. In an archive that is mostly
// Vietnamese "what" and "did" are rare, and would weigh as much as what the question is about.
const functionShare = 0.1

// functionWords are the English words that carry grammar and no matter, as bleve's English analyser has them.
var functionWords = func() tokens.TokenMap {
	words := tokens.NewTokenMap()
	_ = words.LoadBytes(en.EnglishStopWords) // it fails on a reader only
	return words
}()

// ease takes weight from the function words of a query that is English as a whole: "do" and "an" are Vietnamese words too.
func (p *plain) ease(src string) {
	if p == nil || text.Detect(src) != text.English {
		return
	}
	i := 0
	for _, t := range p.terms {
		for _, w := range t.Words {
			p.slots[i].function = len(t.Words) == 1 && functionWords[w.Canon]
			i++
		}
	}
}
