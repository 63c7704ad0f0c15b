package settings

import (
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml/ast"
)

// decoder walks the parsed document and the value side by side and goes on after a mistake.
type decoder struct {
	doc     *Document
	lookup  func(string) (string, bool)
	anchors map[string]ast.Node
	visited int
}

const (
	// mostNodes bounds the work that aliases of aliases can make; the shipped rules have 20,000.
	mostNodes = 300_000
	mostHops  = 20 // from an alias to what it stands for
)

// Visit collects the anchors, wherever they stand.
func (d *decoder) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok && a.Name != nil {
		name := a.Name.GetToken().Value
		if _, twice := d.anchors[name]; twice {
			d.doc.add("", placeOf(a), "the anchor &… of this name stands twice; give this one another name")
		}
		d.anchors[name] = a.Value
	}
	return d
}

// top decodes the whole document.
func (d *decoder) top(body ast.Node, v any) {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		d.doc.add("", place{}, "settings cannot decode into %T; it needs a pointer", v)
		return
	}
	d.value("", placeOf(body), body, target.Elem())
}

// fail notes a problem because of which v has something else than the file says.
func (d *decoder) fail(path string, at place, format string, args ...any) {
	d.doc.broken[path] = true
	d.doc.add(path, at, format, args...)
}

// value decodes one node, whose key or entry stands at a place.
func (d *decoder) value(path string, at place, node ast.Node, v reflect.Value) {
	d.visited++
	if d.visited == mostNodes {
		d.fail("", at, "more than %d values; write fewer aliases", mostNodes)
	}
	if d.visited >= mostNodes {
		return
	}
	node, ok := d.resolve(path, at, node)
	if !ok {
		return
	}
	if v.Kind() == reflect.Pointer {
		inner := reflect.New(v.Type().Elem())
		d.value(path, at, node, inner.Elem())
		v.Set(inner)
		return
	}
	if u, ok := v.Addr().Interface().(unmarshaler); ok {
		d.custom(path, at, node, v, u)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(path, at, node, v)
	case reflect.Map:
		d.dictionary(path, at, node, v)
	case reflect.Slice:
		d.list(path, at, node, v)
	default:
		d.leaf(path, at, node, v)
	}
}

// resolve follows anchors and aliases. Nothing written (null) keeps what is there.
func (d *decoder) resolve(path string, at place, node ast.Node) (ast.Node, bool) {
	for range mostHops {
		switch n := node.(type) {
		case nil, *ast.NullNode:
			return nil, false
		case *ast.AnchorNode:
			node = n.Value
		case *ast.AliasNode:
			target, ok := d.anchors[n.Value.GetToken().Value]
			if !ok {
				d.fail(path, at, "an alias of nothing; write the anchor &name before the value it repeats")
				return nil, false
			}
			node = target
		case *ast.TagNode, *ast.DirectiveNode:
			d.fail(path, at, "tags and directives are not read; remove what begins with ! or %%")
			return nil, false
		default:
			return node, true
		}
	}
	d.fail(path, at, "an alias of itself; write the value")
	return nil, false
}

func (d *decoder) structure(path string, at place, node ast.Node, v reflect.Value) {
	fields, names := fieldsOf(v.Type())
	d.entries(path, at, node, func(key, below string, at place, value ast.Node) {
		i, ok := fields[key]
		if !ok {
			d.doc.add(below, at, "this key is not known; %s", suggest(key, names))
			return
		}
		d.value(below, at, value, v.Field(i))
	})
}

func (d *decoder) dictionary(path string, at place, node ast.Node, v reflect.Value) {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		d.fail(path, at, "settings cannot read a %s", t)
		return
	}
	out := reflect.MakeMap(t)
	if d.entries(path, at, node, func(key, below string, at place, value ast.Node) {
		e := reflect.New(t.Elem()).Elem()
		d.value(below, at, value, e)
		out.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), e)
	}) {
		v.Set(out)
	}
}

// entries calls do for each key of a mapping, once.
func (d *decoder) entries(path string, at place, node ast.Node, do func(key, below string, at place, value ast.Node)) bool {
	m, ok := node.(ast.MapNode)
	if !ok {
		d.fail(path, at, "%s stands where keys are needed; write key: value, with a space after the colon", kindOf(node))
		return false
	}
	first := map[string]place{}
	for it := m.MapRange(); it.Next(); {
		here := placeOf(it.Key())
		key, ok := keyText(it.Key())
		if !ok {
			d.doc.add(path, here, "not a plain key; write a word of letters, digits and _")
			continue
		}
		if at, twice := first[key]; twice {
			d.doc.add(join(path, showKey(key)), here, "stands twice, first in line %d; keep one", at.line)
			continue
		}
		first[key] = here
		below := join(path, showKey(key))
		d.doc.places[below] = here
		do(key, below, here, it.Value())
	}
	return true
}

func (d *decoder) list(path string, at place, node ast.Node, v reflect.Value) {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		d.fail(path, at, "%s stands where a list is needed; write [one, two] or each entry after a dash", kindOf(node))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, n := range seq.Values {
		below := fmt.Sprintf("%s[%d]", path, i)
		here := placeOf(n)
		d.doc.places[below] = here
		if _, empty := n.(*ast.NullNode); empty {
			d.fail(below, here, "an empty entry; write it or remove the dash")
			continue
		}
		d.value(below, here, n, out.Index(i))
	}
	v.Set(out)
}

// placeOf is where a node begins. The token of a mapping is its first colon, so the key is asked.
func placeOf(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place{}
	}
	p := n.GetToken().Position
	return place{p.Line, p.Column}
}

// kindOf names what a node is, without its value.
func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a section of keys"
	case *ast.SequenceNode:
		return "a list"
	}
	return "a single value"
}
