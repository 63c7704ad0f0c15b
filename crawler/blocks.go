package crawler

import (
	"strings"

	"golang.org/x/net/html"
)

// block is a run of text between two block elements.
type block struct {
	text  string
	links int // bytes of it inside links
	tag   string
	aside bool // in navigation, a footer, a form
}

// asideTags hold what stands around an article.
var asideTags = map[string]bool{"nav": true, "footer": true, "aside": true, "form": true, "header": true}

// readBlocks cuts a page into blocks in one pass over its tokens. It builds no tree, so nothing in a page can make it
// slow or deep.
func readBlocks(source string) []block {
	b := blockReader{tokens: html.NewTokenizer(strings.NewReader(source))}
	for b.step() {
	}
	b.flush("")
	return b.blocks
}

type blockReader struct {
	tokens *html.Tokenizer
	blocks []block
	text   strings.Builder
	links  int
	inLink int
	silent string
	asides int
	tag    string
}

func (b *blockReader) step() bool {
	kind := b.tokens.Next()
	switch kind {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if b.silent == "" {
			piece := b.tokens.Text()
			b.text.Write(piece)
			if b.inLink > 0 {
				b.links += len(piece)
			}
		}
	case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
		name, _ := b.tokens.TagName()
		b.tagged(string(name), kind)
	}
	return true
}

func (b *blockReader) tagged(name string, kind html.TokenType) {
	if b.silent != "" {
		if kind == html.EndTagToken && name == b.silent {
			b.silent = ""
		}
		return
	}
	step := 1
	if kind == html.EndTagToken {
		step = -1
	}
	switch {
	case silentTags[name] && name != "head":
		if kind == html.StartTagToken {
			b.silent = name
		}
	case name == "a" && kind != html.SelfClosingTagToken:
		b.inLink = max(0, b.inLink+step)
	case asideTags[name]:
		b.flush(name)
		b.asides = max(0, b.asides+step)
	case blockTags[name] || name == "td" || name == "main" || name == "body":
		b.flush(name)
		if kind == html.EndTagToken {
			b.tag = ""
		}
	}
}

func (b *blockReader) flush(next string) {
	if text := oneSpace(tidyLines(b.text.String(), false)); text != "" {
		b.blocks = append(b.blocks, block{text: text, links: min(b.links, len(text)), tag: b.tag, aside: b.asides > 0})
	}
	b.text.Reset()
	b.links, b.tag = 0, next
}

// worth is what a block adds to or takes from an article that it is counted to.
func (k block) worth() int {
	prose := len(k.text) - k.links
	switch {
	case k.aside:
		return -200
	case k.links*2 > len(k.text):
		return -60
	case prose >= 80:
		return min(prose, 1000)
	case prose >= 40 && strings.ContainsAny(k.text, ".,!?:;"):
		return prose / 2
	}
	return -25
}

// bestRun returns the stretch of blocks that is worth most: the article, in one pass (Kadane).
func bestRun(blocks []block) string {
	best, from, to := 0, 0, 0
	sum, start := 0, 0
	for i, k := range blocks {
		if sum <= 0 {
			sum, start = 0, i
		}
		if sum += k.worth(); sum > best {
			best, from, to = sum, start, i+1
		}
	}
	var lines []string
	for _, k := range blocks[from:to] {
		if k.links*2 <= len(k.text) && !k.aside && !looksLikeCode(k.text) && (len(k.text) >= 240 || !junkLine.MatchString(k.text)) {
			lines = append(lines, k.text)
		}
	}
	return strings.Join(lines, "\n")
}

// headingOf is the first heading of a page that has no title.
func headingOf(blocks []block) string {
	for _, k := range blocks {
		if k.tag == "h1" {
			return cut(k.text, maxTitleBytes)
		}
	}
	return ""
}
