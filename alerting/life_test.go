package alerting

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestLifeTableIsWhole asks the table about every pair of action and state: each has an answer, each refusal a sentence
// in both languages, and what it leads to is a state.
func TestLifeTableIsWhole(t *testing.T) {
	if len(life) != len(Actions()) {
		t.Errorf("the table has %d actions, want %d", len(life), len(Actions()))
	}
	for _, a := range Actions() {
		for _, s := range States() {
			to, refusal := next(a, s, StateInReview)
			switch {
			case refusal == refuseUnknown:
				t.Errorf("%s of a story that is %s: not in the table", a, s)
			case refusal != "":
				if _, ok := refusalSentences[refusal]; !ok {
					t.Errorf("%s of a story that is %s: refusal %q has no sentence", a, s, refusal)
				}
				if to != s {
					t.Errorf("%s of a story that is %s: refused and moved to %s", a, s, to)
				}
			case !slices.Contains(States(), to):
				t.Errorf("%s of a story that is %s leads to %q, which is no state", a, s, to)
			}
		}
	}
	if _, refusal := next("dance", StateNew, ""); refusal != refuseUnknown {
		t.Errorf("an unknown action: refusal %q, want %q", refusal, refuseUnknown)
	}
	for code, pair := range refusalSentences {
		r := Refusal{Code: code}
		if pair[0] == "" || pair[1] == "" || r.Sentence("vi") != pair[0] || r.Sentence("en") != pair[1] {
			t.Errorf("refusal %s: sentences %q", code, pair)
		}
	}
}

// TestLifeKeepsItsPromises checks what must hold whatever the table says.
func TestLifeKeepsItsPromises(t *testing.T) {
	for _, s := range States() {
		if s.Open() && s != StateMerged && !slices.Contains(Allowed(s), Close) {
			t.Errorf("a story that is %s cannot be closed", s)
		}
		if to, refusal := next(Unmerge, s, StateEscalated); (s == StateMerged) != (refusal == "" && to == StateEscalated) {
			t.Errorf("unmerge of a story that is %s: %s %q", s, to, refusal)
		}
		for _, a := range []Action{Suppress, Expire, Return, Change} {
			if slices.Contains(Allowed(s), a) {
				t.Errorf("people may %s a story that is %s", a, s)
			}
		}
		reached := s == StateNew // every story begins there
		for _, from := range States() {
			for _, a := range Actions() {
				if to, refusal := next(a, from, ""); refusal == "" && to == s && from != s {
					reached = true
				}
			}
		}
		if !reached {
			t.Errorf("no action leads to %s", s)
		}
	}
	for _, before := range States() { // a side state never leads back into another one
		if to, _ := next(Wake, StateSnoozed, before); to.side() {
			t.Errorf("a snoozed story that was %s wakes as %s", before, to)
		}
	}
}

// TestLifeIsDrawn holds the picture in the documents to the table.
func TestLifeIsDrawn(t *testing.T) {
	const path = "../docs/story-life.md"
	want := drawing()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s (%v) is not what the table says: go test ./alerting -run Drawn -update", path, err)
	}
}

func drawing() string {
	var b strings.Builder
	b.WriteString(`# The life of a story

Made from the table in ` + "`alerting/life.go`" + ` by ` + "`go test ./alerting -run Drawn -update`" + `. People act by the page, by the API or in bulk; ` + "`suppress`, `expire`, `return` and `change`" + ` are
silences, timers and articles. An arrow that leads back to where the story was before its side state is drawn to ` + "`before`" + `.

` + "```mermaid\nstateDiagram-v2\n    [*] --> new\n")
	for _, from := range States() {
		byTarget := map[string][]string{}
		var order []string
		for _, a := range Actions() {
			cell := life[a][slices.Index(States(), from)]
			if cell[0] == '!' || cell[0] == '=' {
				continue
			}
			to := strings.Replace(cell, "<", "before", 1)
			if byTarget[to] == nil {
				order = append(order, to)
			}
			byTarget[to] = append(byTarget[to], string(a))
		}
		for _, to := range order {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, strings.Join(byTarget[to], ", "))
		}
	}
	b.WriteString("```\n\n| action |")
	for _, s := range States() {
		fmt.Fprintf(&b, " %s |", s)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(States())) + "\n")
	for _, a := range Actions() {
		fmt.Fprintf(&b, "| **%s** |", a)
		for _, cell := range life[a] {
			switch cell[0] {
			case '=':
				cell = "stays"
			case '<':
				cell = "*before*"
			case '!':
				cell = "–"
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nA dash is refused, with the reason in both languages (`alerting/refusal.go`):\n\n| code | says |\n|---|---|\n")
	codes := []string{}
	for code := range refusalSentences {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		fmt.Fprintf(&b, "| %s | %s |\n", code, refusalSentences[code][1])
	}
	return b.String()
}
