package settings

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// unmarshaler is a type that reads its own scalar.
type unmarshaler interface{ UnmarshalYAML(b []byte) error }

// scalar is a single value, as the file has it and with its variables resolved.
type scalar struct {
	raw, text string
	lines     bool // it stretches over several lines
}

// mostShown bounds how much of a value a message repeats.
const mostShown = 60

// show is how a message speaks of a scalar: as the file has it, never what a variable holds.
func (s scalar) show() string {
	if s.lines {
		return "a text of several lines"
	}
	text := unmark(s.raw)
	if utf8.RuneCountInString(text) > mostShown {
		text = string([]rune(text)[:mostShown]) + "…"
	}
	return strconv.Quote(text)
}

// scalarOf reads a node that must be a single value.
func (d *decoder) scalarOf(path string, at place, node ast.Node, want string) (s scalar, ok bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		s = scalar{raw: n.Value, lines: strings.Contains(strings.TrimSpace(n.GetToken().Origin), "\n")}
	case *ast.LiteralNode:
		s = scalar{raw: n.Value.Value, lines: true}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		s = scalar{raw: n.GetToken().Value}
	default:
		d.fail(path, at, "%s is not %s", kindOf(node), want)
		return s, false
	}
	s.text, ok = d.expand(path, at, s.raw)
	if s.lines {
		d.doc.hidden.add(s.text, "<several lines>")
	}
	return s, ok
}

// custom decodes into a type that reads itself. What it says of a variable's value may hold that value, so it is not told.
func (d *decoder) custom(path string, at place, node ast.Node, v reflect.Value, u unmarshaler) {
	s, ok := d.scalarOf(path, at, node, wanted(v))
	if !ok {
		return
	}
	err := u.UnmarshalYAML([]byte(s.text))
	switch {
	case err == nil:
	case s.text != s.raw || s.lines:
		d.fail(path, at, "%s is not %s", s.show(), wanted(v))
	default:
		d.fail(path, at, "%v", err)
	}
}

// leaf decodes a text, a number or a truth value.
func (d *decoder) leaf(path string, at place, node ast.Node, v reflect.Value) {
	s, ok := d.scalarOf(path, at, node, wanted(v))
	if !ok {
		if v.Kind() == reflect.String {
			v.SetString(unmark(s.raw)) // what asks for a text must not complain as well
		}
		return
	}
	if v.Type() == reflect.TypeFor[Secret]() {
		d.doc.hidden.add(s.text, redacted)
	}
	switch err := set(v, s.text); {
	case errors.Is(err, strconv.ErrRange):
		d.fail(path, at, "%s is too large; write a smaller number", s.show())
	case err != nil:
		d.fail(path, at, "%s is not %s", s.show(), wanted(v))
	}
}

// set puts a text into a value of a basic kind, if it can stand there.
func set(v reflect.Value, text string) (err error) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		if text != "true" && text != "false" {
			return strconv.ErrSyntax
		}
		v.SetBool(text == "true")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var n int64
		if n, err = strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, v.Type().Bits()); err == nil {
			v.SetInt(n)
		}
	case reflect.Float32, reflect.Float64:
		var x float64
		if x, err = strconv.ParseFloat(text, v.Type().Bits()); err == nil {
			v.SetFloat(x)
		}
	default:
		return errors.ErrUnsupported
	}
	return err
}

// wanted says what a value must be, and how it is written.
func wanted(v reflect.Value) string {
	switch v.Interface().(type) {
	case Duration:
		return "a duration; write 30s, 5m, 12h or 7d"
	case Bytes:
		return "a size; write 512KB, 64MB or 2GB"
	}
	switch v.Kind() {
	case reflect.String:
		return "a text; write one value"
	case reflect.Bool:
		return "a truth value; write true or false"
	case reflect.Float32, reflect.Float64:
		return "a number; write one such as 0.6"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number; write one such as 10"
	}
	return "a value that settings can read"
}
