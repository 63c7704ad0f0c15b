package crawler

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
)

// blockTags begin a new line.
var blockTags = map[string]bool{
	"p": true, "div": true, "br": true, "li": true, "ul": true, "ol": true, "tr": true, "table": true, "blockquote": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "section": true, "article": true, "figure": true,
	"figcaption": true, "header": true, "footer": true, "dl": true, "dt": true, "dd": true, "pre": true, "hr": true, "aside": true,
}

// silentTags hold nothing that a reader reads.
var silentTags = map[string]bool{
	"script": true, "style": true, "noscript": true, "template": true, "iframe": true, "svg": true, "math": true,
	"textarea": true, "select": true, "button": true, "title": true, "head": true, "xml": true, "noembed": true, "noframes": true,
}

// plainText turns a piece of HTML into its text: one paragraph a line, no tags, pictures or scripts. List entries
// that are nothing but a link go too: they are the "related" lists that outlets append to summaries.
func plainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return tidyLines(s, false)
	}
	p := plainWriter{tokens: html.NewTokenizer(strings.NewReader(s))}
	for p.step() {
	}
	return tidyLines(p.out.String(), true)
}

// plainLine is the text of a title or a name on one line. Outlets write both markup and plain words there: what looks
// like a tag and cannot be one (a lone <script>, a <Tên>) is words.
func plainLine(s string) string {
	if strings.ContainsAny(s, "<&") {
		p := plainWriter{tokens: html.NewTokenizer(strings.NewReader(s)), title: strings.ToLower(s)}
		for p.step() {
		}
		s = p.out.String()
	}
	return tidyLines(s, false)
}

type plainWriter struct {
	tokens *html.Tokenizer
	title  string // the whole of a title in lower case, or ""
	out    bytes.Buffer
	silent string // the element whose end is awaited
	depth  int    // of nested elements of that name
	links  int    // open <a>
	entry  int    // where the current list entry began
	loose  bool   // the current list entry has text outside links
	inList bool
}

func (p *plainWriter) step() bool {
	switch p.tokens.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if p.silent == "" {
			p.write(p.tokens.Text())
		}
	case html.StartTagToken:
		raw := ""
		if p.title != "" {
			raw = string(p.tokens.Raw())
		}
		if name, _ := p.tokens.TagName(); p.isWords(name) {
			p.tokens.NextIsNotRawText()
			p.write([]byte(raw))
		} else {
			p.start(string(name))
		}
	case html.SelfClosingTagToken:
		if name, _ := p.tokens.TagName(); p.silent == "" && blockTags[string(name)] {
			p.out.WriteByte('\n')
		}
	case html.EndTagToken:
		name, _ := p.tokens.TagName()
		p.end(string(name))
	}
	return true
}

// isWords reports whether what looks like the start of an element is words of a title: HTML has no such element, or it
// would hide all the rest of the title.
func (p *plainWriter) isWords(name []byte) bool {
	if p.title == "" || p.silent != "" {
		return false
	}
	return atom.Lookup(name) == 0 || silentTags[string(name)] && !strings.Contains(p.title, "</"+string(name))
}

func (p *plainWriter) write(text []byte) {
	if p.inList && p.links == 0 && len(bytes.TrimSpace(text)) > 0 {
		p.loose = true
	}
	// A line break in the source is no paragraph.
	p.out.Write(bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, text))
}

func (p *plainWriter) start(name string) {
	if p.silent != "" {
		if name == p.silent {
			p.depth++
		}
		return
	}
	switch {
	case silentTags[name]:
		p.silent, p.depth = name, 1
	case name == "a":
		p.links++
	case name == "li":
		p.out.WriteByte('\n')
		p.inList, p.loose, p.entry = true, false, p.out.Len()
	case blockTags[name]:
		p.out.WriteByte('\n')
	}
}

func (p *plainWriter) end(name string) {
	if p.silent != "" {
		if name == p.silent {
			if p.depth--; p.depth == 0 {
				p.silent = ""
			}
		}
		return
	}
	switch {
	case name == "a":
		p.links = max(0, p.links-1)
	case name == "li":
		if p.inList && !p.loose {
			p.out.Truncate(p.entry)
		}
		p.inList = false
		p.out.WriteByte('\n')
	case blockTags[name]:
		p.out.WriteByte('\n')
	}
}

// tidyLines collapses blanks and drops empty lines and characters that no reader sees.
func tidyLines(s string, lines bool) string {
	if isTidy(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	blank, broken := false, false
	for _, r := range s {
		if r >= 0x80 && r <= 0x9f {
			r = charmap.Windows1252.DecodeByte(byte(r)) // &#146; and its kind
		}
		switch {
		case r == '\n' && lines:
			broken = true
		case unicode.IsSpace(r):
			blank = true
		case r == '\u200b' || r == '\ufeff' || r == '\u00ad' || unicode.IsControl(r) || r == unicode.ReplacementChar:
		default:
			if out.Len() > 0 {
				if broken {
					out.WriteByte('\n')
				} else if blank {
					out.WriteByte(' ')
				}
			}
			blank, broken = false, false
			out.WriteRune(r)
		}
	}
	return out.String()
}

// isTidy reports whether tidyLines would change nothing, as of most titles.
func isTidy(s string) bool {
	before := ' '
	for _, r := range s {
		switch {
		case r < 0x20, r >= 0x7f && r <= 0xa0, r == ' ' && before == ' ':
			return false
		case r < 0x7f:
		case r == '\u00ad', unicode.IsSpace(r), r == '\u200b', r == '\ufeff', r == unicode.ReplacementChar:
			return false
		}
		before = r
	}
	return before != ' ' || s == ""
}
