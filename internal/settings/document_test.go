package settings_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"haidang/internal/settings"
)

// whole has every kind of value that a configuration or a rule file has.
type whole struct {
	Name  string              `yaml:"name"`
	Count int                 `yaml:"count"`
	Small int8                `yaml:"small"`
	Share float64             `yaml:"share"`
	On    *bool               `yaml:"on"`
	Delay settings.Duration   `yaml:"delay"`
	Size  settings.Bytes      `yaml:"size"`
	Key   settings.Secret     `yaml:"key"`
	Lists map[string][]string `yaml:"lists"`
	Outs  []outlet            `yaml:"outs"`
	Mail  struct {
		Host     string          `yaml:"host"`
		Port     int             `yaml:"port"`
		Password settings.Secret `yaml:"password"`
	} `yaml:"mail"`
	Inner string `yaml:"-"`
}

type outlet struct {
	ID    string            `yaml:"id"`
	Feeds []string          `yaml:"feeds"`
	Delay settings.Duration `yaml:"delay"`
}

// environment looks up in a map, as os.LookupEnv does.
func environment(m map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}

func TestEveryMistakeIsToldAtOnce(t *testing.T) {
	data, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/mistakes.golden")
	if err != nil {
		t.Fatal(err)
	}
	var v whole
	doc := settings.Read("mistakes.yaml", data, &v, environment(map[string]string{"DELAY": "canary-value"}))
	doc.Report(errors.Join(
		errors.New("mail.host: must not be none"), errors.New(`count: 0 follows from what cannot be read`),
		errors.Join(errors.New("outs[1].feeds: missing"), errors.New("small, mail.host: do not go together"), errors.New("nowhere.at_all: missing")),
	))
	if got := doc.Err().Error() + "\n"; got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestDecodeReadsEveryKind(t *testing.T) {
	text := "\ufeffname: &n 007\ncount: 1_000\nshare: 0.5\non: false\ndelay: 1h30m\nsize: 2 mb\nkey: 123456\n" +
		"lists: {a: [x, 2], b: []}\nouts:\n  - {id: *n, feeds: &f [u]}\n  - {id: b, feeds: *f}\nmail: {host: |\n  two\n  lines\n}\n"
	text = strings.Replace(text, "mail: {host: |\n  two\n  lines\n}\n", "mail:\n  host: |\n    two\n    lines\n", 1)
	var v whole
	if err := settings.Decode("f.yaml", []byte(text), &v); err != nil {
		t.Fatal(err)
	}
	off := false
	want := whole{
		Name: "007", Count: 1000, Share: 0.5, On: &off, Delay: v.Delay, Size: 2 << 20, Key: "123456",
		Lists: map[string][]string{"a": {"x", "2"}, "b": {}}, Outs: []outlet{{ID: "007", Feeds: []string{"u"}}, {ID: "b", Feeds: []string{"u"}}},
	}
	want.Mail.Host = "two\nlines\n"
	if !reflect.DeepEqual(v, want) || v.Delay.String() != "1h30m0s" {
		t.Errorf("decoded %+v\nwant    %+v", v, want)
	}
}

func TestNothingWrittenKeepsTheDefaults(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# only a comment\n", "---\n", "mail:\n", "mail:\n  # port: 1\nname: ~\nouts:\n", "mail: {}\n", "mail: null\nlists:\n"} {
		v := whole{Name: "kept", Outs: []outlet{{ID: "kept"}}}
		v.Mail.Port = 25
		want := v
		if err := settings.Decode("f.yaml", []byte(text), &v); err != nil || !reflect.DeepEqual(v, want) {
			t.Errorf("Decode(%q) = %v, leaves %+v", text, err, v)
		}
	}
}

func TestMoreThanOneDocumentAndAliasesOfThemselvesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"name: a\n---\nname: b\n":        "f.yaml:3:1: a second document",
		"outs: &a [*a]\n":                "f.yaml:1:11: outs[0]: a list stands where keys are needed",
		"name: *gone\n":                  "f.yaml:1:1: name: an alias of nothing",
		"name: !!str x\n":                "f.yaml:1:1: name: tags",
		"<<: {name: a}\n":                "f.yaml:1:1: not a plain key",
		"- name\n":                       "f.yaml:1:1: a list stands where keys are needed",
		"name: &a x\nmail: {host: &a y}": "f.yaml:2:14: the anchor",
	} {
		err := settings.Decode("f.yaml", []byte(text), &whole{})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Decode(%q) = %v, want %q…", text, err, want)
		}
	}
}

func TestDecodeNeedsAPointer(t *testing.T) {
	if err := settings.Decode("f.yaml", []byte("name: a"), whole{}); err == nil {
		t.Error("a value that cannot be set was accepted")
	}
}

const canary = "c4nary: [\"s3cret\" {*&!|>%@` #\n- x"

func TestVariablesNeverChangeTheStructure(t *testing.T) {
	text := "mail: {host: ${A}, password: \"${A}\"}\nname: pre-${A}-${B} # ${NOT_READ}\nlists: {a: [${A}, '${B}']}\ncount: ${N}\nkey: |\n  ${A}\ndelay: ${D}\non: ${T}\n"
	var v whole
	env := environment(map[string]string{"A": canary, "B": "b", "N": "7", "D": "5m", "T": "true"})
	if err := settings.Read("f.yaml", []byte(text), &v, env).Err(); err != nil {
		t.Fatal(err)
	}
	if v.Mail.Host != canary || v.Mail.Password.Reveal() != canary || v.Name != "pre-"+canary+"-b" || v.Count != 7 ||
		!reflect.DeepEqual(v.Lists["a"], []string{canary, "b"}) || v.Key.Reveal() != canary+"\n" || !*v.On || v.Delay.String() != "5m0s" {
		t.Errorf("decoded %#v", v)
	}
	var plain whole
	if err := settings.Decode("f.yaml", []byte("name: '${A}'"), &plain); err != nil || plain.Name != "${A}" {
		t.Errorf("without a lookup: %q, %v", plain.Name, err)
	}
}

func TestNoErrorShowsASecret(t *testing.T) {
	lines := []string{
		"mial: x", "  prot: 1", "  port: many", "  port: ${PW}", "count: ${PW}", "count: [${PW}]", "share: pre ${PW} post", "on: ${PW}", "delay: ${PW}", "delay: \"'${PW}\"", "size: ${PW}", "small: \"${PW}\"",
		"mail: ${PW}", "lists: ${PW}", "outs: ${PW}", "outs: [${PW}]", "outs: [{feeds: ${PW}}]", "${PW}: x", "{${PW}: x}", "name: ${PW}\nname: ${PW}", "key: ${PW}\nkey: [${PW}]",
		"name: [", "name: \"", "name: '", "name: {a", "  host: \"x", "\thost: x", "  password:hunter2hunter2", "name: @${PW}", "name: |${PW}", "name: |hunter2hunter2", "- ${PW}", "${PW}", "hunter2hunter2",
		"name: \"\\q${PW}\"", "name: *${PW}", "name: &${PW} x", "name: !!${PW} x", "%FOO ${PW}", "---\n${PW}", "name: ${PW}${GONE}", "name: ${P W}", "password:hunter2hunter2: x", "name: x\n  password:hunter2hunter2",
	}
	before := "mail:\n  host: h\n  password: \"${PW}\"\n"
	after := "mail:\n  host: h\n  password: \"hunter2hunter2\"\n"
	for _, secret := range []string{"hunter2hunter2", " hunter2hunter2 ", "\"hunter2hunter2\"", "hunter2hunter2\n", canary + "hunter2hunter2"} {
		env := environment(map[string]string{"PW": secret})
		for _, line := range lines {
			for _, text := range []string{before + line + "\n", line + "\n" + before, line + "\n" + after, after + line + "\n", line} {
				v := whole{}
				doc := settings.Read("f.yaml", []byte(text), &v, env)
				doc.Report(errors.Join(wouldSay("name", v.Name), wouldSay("mail.password", v.Mail.Password.Reveal()), wouldSay("mail.host", v.Mail.Host)))
				if got := doc.Err().Error(); strings.Contains(got, "hunter2hunter2") || strings.Contains(got, "HUNTER2") || strings.Contains(got, "s3cret") {
					t.Errorf("the secret shows: Read(%q) with %q:\n%s", text, secret, got)
				}
			}
		}
	}
}

// wouldSay complains as carelessly as a Validate can.
func wouldSay(key, value string) error {
	return errors.Join(errors.New(key+": "+value+" is wrong"), errors.New(key+": "+strings.ToUpper(strings.TrimSpace(value))))
}

func TestShortValuesDoNotBlankOtherText(t *testing.T) {
	doc := settings.Read("f.yaml", []byte("count: ${N}\n"), &whole{}, environment(map[string]string{"N": "5"}))
	doc.Report(errors.New("count: 5 is not between 50 and 65535"))
	if got, want := doc.Err().Error(), "f.yaml:1:1: count: ${N} is not between 50 and 65535"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFlattenKeepsATextAroundOthers(t *testing.T) {
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	around := fmt.Errorf("%w and %w", b, c)
	got := settings.Flatten(errors.Join(a, errors.Join(around, b)))
	if want := []error{a, around, b}; !reflect.DeepEqual(got, want) {
		t.Errorf("Flatten gives %q, want %q", got, want)
	}
	if got := settings.Flatten(nil); got != nil {
		t.Errorf("Flatten(nil) = %q", got)
	}
}

func TestAliasesOfAliasesAreBounded(t *testing.T) {
	text := "lists:\n  a: &f [" + strings.Repeat("x,", 1000) + "]\nouts:\n" + strings.Repeat("  - {id: a, feeds: *f}\n", 1000)
	err := settings.Decode("f.yaml", []byte(text), &whole{})
	if err == nil || !strings.Contains(err.Error(), "write fewer aliases") {
		t.Errorf("a million values: %v", err)
	}
}

// Whatever a file says: no panic, one line a problem with the file's name, and never the secret.
func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	for _, s := range []string{"", "a: &a *a\n", "mail: {password: ${PW}\n", "? ${PW}\n: x\n", "name: |\n ${PW}\n", "- [${PW}]\n", "name: \"${PW}\n\"x", "a:\n\t- b", "%YAML 1.2\n---\nname: a\n...\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		const secret = "hunter2hunter2"
		v := whole{}
		doc := settings.Read("f.yaml", []byte(text), &v, environment(map[string]string{"PW": secret}))
		doc.Report(errors.Join(wouldSay("name", v.Name), wouldSay("mail.host", v.Mail.Host)))
		msg := doc.Err().Error()
		if !strings.Contains(text, secret) && strings.Contains(strings.ToLower(msg), secret) {
			t.Errorf("the secret shows: Read(%q):\n%s", text, msg)
		}
		for line := range strings.SplitSeq(msg, "\n") {
			if !strings.HasPrefix(line, "f.yaml:") || (utf8.ValidString(text) && !utf8.ValidString(line)) {
				t.Errorf("Read(%q) says %q", text, line)
			}
		}
	})
}
