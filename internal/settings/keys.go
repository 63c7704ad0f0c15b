package settings

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// fieldsOf returns the keys that a struct has, as the yaml tags name them.
func fieldsOf(t reflect.Type) (index map[string]int, names []string) {
	index = map[string]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		index[name] = i
		names = append(names, name)
	}
	return index, names
}

// keyText is a key that is written as one word.
func keyText(k ast.MapKeyNode) (string, bool) {
	switch k := k.(type) {
	case *ast.StringNode:
		return k.Value, !marked.MatchString(k.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return k.GetToken().Value, true
	}
	return "", false
}

var plainKey = regexp.MustCompile(`^[\pL\pM\pN_-]{1,60}$`)

// showKey is a key as a message may show it: a forgotten space can make a password part of one ("password:x: y").
func showKey(key string) string {
	if plainKey.MatchString(key) {
		return key
	}
	return "(…)"
}

// suggest says which key was meant, or which there are.
func suggest(key string, names []string) string {
	best, distance := "", max(min(2, len(key)/2), len(key)/3) // two letters that are swapped count twice
	for _, n := range names {
		if e := edits(key, n); e <= distance && (best == "" || e < edits(key, best)) {
			best = n
		}
	}
	if best != "" {
		return "write " + best
	}
	return "write one of " + strings.Join(slices.Sorted(slices.Values(names)), ", ")
}

// edits counts the letters to add, remove or change from a to b.
func edits(a, b string) int {
	if len(a) > mostShown || len(b) > mostShown {
		return mostShown
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
