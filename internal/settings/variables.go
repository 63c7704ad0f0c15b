package settings

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Two code points that Unicode keeps free of characters stand for the braces of ${NAME} while the file is parsed, so
// that it is plain text everywhere in YAML and no column moves.
const (
	openMark  = "\uFDD0"
	closeMark = "\uFDD1"
)

var (
	variable     = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	marked       = regexp.MustCompile(`\$` + openMark + `([A-Za-z0-9_]+)` + closeMark)
	misspeltName = regexp.MustCompile(`\$\{[^}\n]*\}`)
)

// mark replaces the braces of variables. Marks that the file already has are dropped: they are no text.
func mark(data []byte) []byte {
	for _, m := range []string{openMark, closeMark} {
		data = bytes.ReplaceAll(data, []byte(m), nil)
	}
	return variable.ReplaceAll(data, []byte("$$"+openMark+"${1}"+closeMark))
}

// unmark gives back what the file has.
func unmark(s string) string {
	return strings.NewReplacer(openMark, "{", closeMark, "}").Replace(s)
}

// expand puts the environment's values into a scalar. A name that is not set is a problem, since an empty password is
// never what was meant; it stays as it is written.
func (d *decoder) expand(path string, at place, s string) (value string, ok bool) {
	if d.lookup == nil {
		return s, true
	}
	ok = true
	if misspeltName.MatchString(s) {
		d.fail(path, at, "${…} holds no name of a variable; write letters, digits and _ between the braces")
		ok = false
	}
	return marked.ReplaceAllStringFunc(s, func(m string) string {
		m = unmark(m)
		name := m[2 : len(m)-1]
		value, found := d.lookup(name)
		if !found {
			d.fail(path, at, "the environment has no %s; set it, or write the value here", name)
			ok = false
			return m
		}
		if !utf8.ValidString(value) {
			d.fail(path, at, "%s holds bytes that are no UTF-8 text; set it anew", m)
			ok = false
			return m
		}
		d.doc.hidden.add(value, m)
		return value
	}), ok
}
