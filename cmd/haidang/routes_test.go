package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestRoutesAndSilenceCommands(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "haidang.yaml")
	yaml := `alerting:
  emails:
    - {name: desk, to: ["desk@example.vn"]}
    - {name: health, to: ["yte@example.vn"]}
  route:
    receivers: [desk]
    routes:
      - {name: y-te, match: {field: [health]}, receivers: [health]}
digest:
  lists: [{name: a, language: vi, to: ["a@example.vn"]}]
  smtp: {host: 127.0.0.1, port: 25, tls: none}
`
	if err := os.WriteFile(config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(stdin string, args ...string) (int, string) {
		var out, errs strings.Builder
		code := run(append([]string{"--config", config, "--data", filepath.Join(dir, "data")}, args...), std{strings.NewReader(stdin), &out, &errs})
		return code, out.String() + errs.String()
	}
	const articles = `{"title":"Nước lá xạ đen muối chữa khỏi ung thư giai đoạn cuối chỉ sau 21 ngày","text":"Nhiều người ở Nghệ An truyền tai nhau rằng nước lá xạ đen muối chữa khỏi hẳn ung thư giai đoạn cuối chỉ sau 21 ngày, không cần xạ trị.","language":"vi"}
{"title":"Khai trương đường hoa","text":"Đường hoa mở cửa.","language":"vi"}`
	for _, tt := range []struct {
		stdin string
		args  []string
		code  int
		want  []string
	}{
		{"", []string{"routes", "show"}, exitDone, []string{"default → desk", "└─ y-te [field=health] → health"}},
		{articles, []string{"routes", "test"}, exitDone, []string{"→ y-te", "health is told after 30s, by route y-te", "does not ring"}},
		{"{", []string{"routes", "test"}, exitFailed, []string{"article 1"}},
		{"", []string{"silence", "add", "colour=red", "--for", "2h", "--author", "lan", "--reason", "x"}, exitUsage, []string{`"colour" is not known`}},
		{"", []string{"silence", "add", "field=health", "--for", "9d", "--author", "lan", "--reason", "x"}, exitFailed, []string{"lasts 7 days at most"}},
		{"", []string{"silence", "add", "field=health", "--for", "2h", "--author", "lan", "--reason", "diễn tập"}, exitDone, []string{" holds until "}},
		{"", []string{"silence", "list"}, exitDone, []string{"field=health", "lan: diễn tập"}},
		{"", []string{"silence", "end", "none", "--author", "lan"}, exitFailed, []string{"no such silence holds"}},
	} {
		code, said := call(tt.stdin, tt.args...)
		if code != tt.code {
			t.Errorf("%v = %d, want %d: %s", tt.args, code, tt.code, said)
		}
		for _, want := range tt.want {
			if !strings.Contains(said, want) {
				t.Errorf("%v lacks %q:\n%s", tt.args, want, said)
			}
		}
	}
	_, said := call("", "silence", "list")
	id := regexp.MustCompile(`^[0-9a-f]{8}`).FindString(said)
	if code, said := call("", "silence", "end", id, "--author", "lan"); code != exitDone {
		t.Errorf("end = %d: %s", code, said)
	}
}
