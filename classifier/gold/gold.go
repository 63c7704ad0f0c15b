// Package gold reads the gold set: texts that we wrote, with what a careful reader says of each. An analyst extends it by
// adding to a file under classifier/testdata/gold; no Go is needed.
package gold

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Item is one text: "-- label language field --", the title, the text.
type Item struct {
	File, Label, Language, Field string
	Title, Text                  string
}

// labels of articles that should ring; all others must not.
var mayRing = []string{"carries", "questions", "unclear"}

// Rumour reports whether the text passes on a rumour, and so should ring.
func (i Item) Rumour() bool { return slices.Contains(mayRing, i.Label) }

// Exam reports whether the text is kept to measure with: nothing is learnt from a file whose name begins with exam.
func (i Item) Exam() bool { return strings.HasPrefix(i.File, "exam") }

// Read reads every .txtar file of a folder, in the order of the names.
func Read(fsys fs.FS) ([]Item, error) {
	names, err := fs.Glob(fsys, "*.txtar")
	if err != nil {
		return nil, fmt.Errorf("read the gold set: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("read the gold set: there is no .txtar file in the folder")
	}
	var items []Item
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read the gold set: %w", err)
		}
		for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
			header, text, _ := strings.Cut(part, "--\n")
			words := strings.Fields(header)
			if len(words) != 3 {
				return nil, fmt.Errorf("%s: header %q; write -- label language field --", name, header)
			}
			title, body, _ := strings.Cut(strings.TrimSpace(text), "\n")
			items = append(items, Item{path.Base(name), words[0], words[1], words[2], title, strings.TrimSpace(body)})
		}
	}
	return items, nil
}
