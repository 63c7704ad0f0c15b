package alerting

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"haidang/internal/text"
)

// A pattern is a kind of rumour: "a bank is failing" is another story for each bank. What tells two of them apart is the
// names near the claim. Names here are runs of capitalised words, folded; it takes no list of names to find them, and
// nothing of them is kept.

const (
	maxNameWords = 5   // a longer run is a headline in capitals
	maxNames     = 200 // of one story: enough to recognise it
)

// commonNames are capitalised words that say nothing about which rumour it is: authorities, networks, the country. A run
// that begins with one of them is no name.
var commonNames = []string{
	"bo", "so", "cuc", "vu", "ban", "uy ban", "ubnd", "hdnd", "cong an", "ngan hang nha nuoc", "nha nuoc", "chinh phu", "thu tuong",
	"quoc hoi", "tong bi", "chu tich", "bo chinh", "trung uong", "thuong vu", "nghi quyet", "thuong binh", "liet", "viet nam", "vietnam", "vietnamese", "tphcm", "tp", "hcm", "facebook", "zalo", "tiktok", "youtube", "telegram", "internet",
	"ministry", "department", "police", "state bank", "people", "government", "prime minister", "typhoon", "monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september",
	"october", "november", "december", "ttxvn", "reuters", "afp",
}

// namesIn returns the names in passages of an article, each once.
func namesIn(passages ...string) []string {
	var out []string
	for _, p := range passages {
		doc := text.Analyze(p)
		if titleCase(doc) {
			continue // every word is capitalised: nothing stands out
		}
		for _, name := range runs(doc) {
			if !slices.Contains(out, name) && len(out) < maxNames {
				out = append(out, name)
			}
		}
	}
	return out
}

// titleCase reports whether most words are capitalised, as in English headlines.
func titleCase(doc *text.Doc) bool {
	capitals := 0
	for _, t := range doc.Tokens {
		if capital(doc.Text[t.Start:t.End]) {
			capitals++
		}
	}
	return len(doc.Tokens) > 3 && capitals*2 > len(doc.Tokens)
}

// runs finds the runs of capitalised words. One word alone counts when it is long and does not begin a sentence.
func runs(doc *text.Doc) []string {
	var out []string
	for i := 0; i < len(doc.Tokens); {
		j := i
		for j < len(doc.Tokens) && capital(doc.Text[doc.Tokens[j].Start:doc.Tokens[j].End]) && (j == i || adjoin(doc, j)) {
			j++
		}
		if j == i {
			i++
			continue
		}
		out = append(out, namesOfRun(doc.Tokens[i:j], begins(doc, i))...)
		i = j
	}
	return out
}

// adjoin reports whether only a space stands between a token and the one before it, in one sentence.
func adjoin(doc *text.Doc, i int) bool {
	a, b := doc.Tokens[i-1], doc.Tokens[i]
	return a.Sentence == b.Sentence && strings.TrimSpace(doc.Text[a.End:b.Start]) == ""
}

// begins reports whether a token begins a sentence, a quotation or what follows a colon: there any word is capitalised.
func begins(doc *text.Doc, i int) bool {
	return i == 0 || doc.Tokens[i].Sentence != doc.Tokens[i-1].Sentence ||
		strings.ContainsAny(doc.Text[doc.Tokens[i-1].End:doc.Tokens[i].Start], ":;\"“”‘(–—!?…")
}

// namesOfRun returns what a run may stand for. At a beginning the first word may be capitalised only because it is the
// first, so a long run counts with it and without it.
func namesOfRun(run []text.Token, first bool) []string {
	if !first || len(run) < 3 {
		return nameOf(run, first)
	}
	rest := nameOf(run[1:], false)
	if rest == nil {
		return nil
	}
	return append(nameOf(run, false), rest...)
}

// nameOf returns the name that capitalised words make, or nothing.
func nameOf(tokens []text.Token, first bool) []string {
	if len(tokens) > maxNameWords || (len(tokens) == 1 && (first || len(tokens[0].Word.Fold) < 4)) {
		return nil
	}
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Word.Fold
	}
	name := strings.Join(words, " ")
	for _, common := range commonNames {
		if name == common || strings.HasPrefix(name, common+" ") {
			return nil
		}
	}
	return []string{name}
}

func capital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}
