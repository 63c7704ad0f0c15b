package drafts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"haidang/classifier"
)

// insert writes an example at the end of a group of a claim's examples, and reads the file back before it gives it away.
// It works on lines, so that the comments and the manner of whoever wrote the file stay as they are.
func insert(name string, file []byte, claimID string, group Group, example, note string) (fresh []byte, line int, err error) {
	before, err := classifier.ReadClaims(name, file)
	if err != nil {
		return nil, 0, fmt.Errorf("the draft cannot be read: %w", err)
	}
	if has(before, claimID, group, example) {
		return nil, 0, ErrTwice
	}
	lines := strings.Split(strings.TrimRight(string(file), "\n"), "\n")
	b, err := find(lines, claimID)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	at, added := b.place(lines, group, example, note)
	fresh = []byte(strings.Join(slices.Insert(slices.Clone(lines), at, added...), "\n") + "\n")
	after, err := classifier.ReadClaims(name, fresh)
	if err != nil || !onlyAdds(before, after, claimID, group, example) {
		return nil, 0, fmt.Errorf("%s:%d: its examples are not a list in block style; write this one by hand, under %s", name, b.start+1, group)
	}
	return fresh, at + 1, nil
}

// block is a range of lines that belong together, start inclusive, end exclusive, and the column where its keys stand.
type block struct{ start, end, column int }

// find is the block of a claim: from its id to where the next one begins.
func find(lines []string, claimID string) (block, error) {
	id := regexp.MustCompile(`^( *(?:- +)?)id: *["']?` + regexp.QuoteMeta(claimID) + `["']? *(#.*)?$`)
	for i, l := range lines {
		if m := id.FindStringSubmatch(l); m != nil {
			return block{i, end(lines, i, len(m[1])), len(m[1])}, nil
		}
	}
	return block{}, fmt.Errorf("no line says id: %s", claimID)
}

// end is where a block ends whose lines stand at a column or further right: at the first line to the left of it.
func end(lines []string, start, column int) int {
	last := start + 1
	for i := start + 1; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "" {
			continue
		}
		if indent(lines[i]) < column {
			break
		}
		last = i + 1
	}
	return last
}

func indent(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }

// key is the block below a key that stands at the column of this one, without the line of the key itself.
func (b block) key(lines []string, name string) (block, bool) {
	for i := b.start; i < b.end; i++ {
		rest, ok := strings.CutPrefix(lines[i], strings.Repeat(" ", b.column)+name+":")
		if rest, _, _ = strings.Cut(rest, "#"); !ok || strings.TrimSpace(rest) != "" {
			continue
		}
		below := block{i + 1, end(lines, i, b.column+1), b.column + 2}
		for item := b.nextItem(lines, below.end); item < b.end; item = b.nextItem(lines, below.end) { // a list may stand below its key
			below.end = end(lines, item, b.column+1)
		}
		if below.start < below.end {
			below.column = indent(lines[below.start])
		}
		return below, true
	}
	return block{}, false
}

// nextItem is the line of the list item that follows at the column of the keys, past comments; the end of the block where
// something else does.
func (b block) nextItem(lines []string, from int) int {
	for i := from; i < b.end && indent(lines[i]) == b.column; i++ {
		switch l := lines[i][b.column:]; {
		case strings.HasPrefix(l, "- "):
			return i
		case !strings.HasPrefix(l, "#"):
			return b.end
		}
	}
	return b.end
}

// place is where an example goes, and its lines.
func (b block) place(lines []string, group Group, example, note string) (at int, added []string) {
	examples, ok := b.key(lines, "examples")
	if !ok {
		added = append(added, spaces(b.column)+"examples:")
		examples = block{b.end, b.end, b.column + 2}
	}
	items, ok := examples.key(lines, string(group))
	if !ok {
		added = append(added, spaces(examples.column)+string(group)+":")
		items = block{examples.end, examples.end, examples.column + 2}
	}
	if note != "" {
		added = append(added, spaces(items.column)+"# "+note)
	}
	added = append(added, spaces(items.column)+"- |")
	for l := range strings.SplitSeq(example, "\n") {
		added = append(added, spaces(items.column+2)+l)
	}
	return items.end, added
}

func spaces(n int) string { return strings.Repeat(" ", n) }

// examplesOf are the examples of a group of a claim.
func examplesOf(claims []classifier.Claim, claimID string, group Group) []string {
	at := slices.IndexFunc(claims, func(c classifier.Claim) bool { return c.ID == claimID })
	switch {
	case at < 0:
		return nil
	case group == Denies:
		return claims[at].Examples.Denies
	}
	return claims[at].Examples.NoMatch
}

func has(claims []classifier.Claim, claimID string, group Group, example string) bool {
	return more([]string{example}, examplesOf(claims, claimID, group)) == 0
}

// onlyAdds reports whether one list of claims is another one with an example more at the end of its group.
func onlyAdds(before, after []classifier.Claim, claimID string, group Group, example string) bool {
	was, is := examplesOf(before, claimID, group), examplesOf(after, claimID, group)
	return len(before) == len(after) && len(is) == len(was)+1 && slices.Equal(was, is[:len(was)]) && strings.TrimSpace(is[len(was)]) == example &&
		count(after) == count(before)+1
}

// count is how many examples a file has in all.
func count(claims []classifier.Claim) (n int) {
	for _, c := range claims {
		n += len(c.Examples.Match) + len(c.Examples.NoMatch) + len(c.Examples.Denies)
	}
	return n
}
