package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestQueryCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.jsonl")
	if err := os.WriteFile(file, []byte(`{"title":"Tin đồn vỡ đập","body":"Người dân sơ tán."}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain, page := filepath.Join(t.TempDir(), "a.txt"), filepath.Join(t.TempDir(), "a.html")
	config := filepath.Join(t.TempDir(), "haidang.yaml")
	for name, text := range map[string]string{config: "lists: {hồ: [hồ chứa]}\n", plain: "\n Tin vỡ đập\n\nĐê cũng vỡ.\n", page: "<html><p>vỡ"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := `{"title":"Đê vỡ"}` + "\n"
	for _, tt := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"check", []string{"check", `vỡ "sông Đà"`}, exitDone, `đúng vỡ "sông Đà"`},
		{"check in English", []string{"check", "lũ", "--lang", "en"}, exitDone, "good lũ"},
		{"lists", []string{"check", "@đập @đê", "--list", "đập=kè,hồ chứa", "--list", "đê=đê"}, exitDone, `"hồ chứa"`},
		{"lists of the configuration", []string{"check", "@hồ", "--config", config}, exitDone, `"hồ chứa"`},
		{"wrong query", []string{"check", "vỡ near/5 đập"}, exitFailed, "\n   ^^^^^^\nhaidang: cột 4 (near/5): "},
		{"wrong query in English", []string{"check", "NOT lũ", "--lang", "en"}, exitFailed, "at least one word that must be present"},
		{"unknown list", []string{"check", "@đập", "--lang", "en"}, exitFailed, "^^^^\nhaidang: column 1 (@đập)"},
		{"no query", []string{"check"}, exitUsage, "<QUERY>"},
		{"no language", []string{"check", "lũ", "--lang", "fr"}, exitUsage, "--lang"},
		{"explain a file", []string{"explain", `"vỡ đập"`, file}, exitDone, "title: Tin đồn [vỡ đập]"},
		{"explain standard input", []string{"explain", "vỡ", "-"}, exitDone, "title: Đê [vỡ]"},
		{"explain without a file", []string{"explain", "vỡ"}, exitDone, "title: Đê [vỡ]"},
		{"explain plain text", []string{"explain", "vỡ", plain}, exitDone, "title: Tin [vỡ] đập\n    text: Đê cũng [vỡ]."},
		{"explain a page", []string{"explain", "vỡ", page}, exitFailed, "haidang fetch"},
		{"what did not hold", []string{"explain", "động", file, "--lang", "en"}, exitDone, "the word does not occur"},
		{"wrong query for explain", []string{"explain", "(lũ", file}, exitFailed, "\n^\nhaidang: cột 1"},
		{"missing file", []string{"explain", "lũ", file + "x"}, exitFailed, "a.jsonlx"},
		{"neither", nil, exitUsage, "check"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errOut := call(in, append([]string{"query"}, tt.args...)...)
			if status != tt.want || !strings.Contains(out+errOut, tt.says) {
				t.Errorf("haidang query %s: status %d, want %d and %q in\n%s%s", strings.Join(tt.args, " "), status, tt.want, tt.says, out, errOut)
			}
			if strings.Contains(out+errOut, "\x1b") {
				t.Errorf("colours where there is no terminal: %q", out+errOut)
			}
		})
	}
	status, out, _ := call(in, "query", "explain", "vỡ", "--json")
	var got struct {
		Held        bool
		Explanation struct{ Count int }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != exitDone || !got.Held || got.Explanation.Count != 1 {
		t.Errorf("--json: status %d, %v, %s", status, err, out)
	}
}
