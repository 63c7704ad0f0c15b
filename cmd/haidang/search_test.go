package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSearchPrintsTablesAndFacets(t *testing.T) {
	data, flags := smallHouse(t)
	file := filepath.Join(data, "articles.jsonl")
	lines := `{"id":"t1","url":"https://bao.example/1","title":"=Lũ về","body":"Nước lũ dâng cao.","source":"Báo Sóng","date":"2026-11-20"}
{"id":"t2","url":"https://tin.example/2","title":"Lũ rút","body":"Nước lũ đã rút.","source":"Tin Biển","date":"2026-11-22"}
`
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, errOut := call("", append([]string{"import", file}, flags...)...); status != 0 {
		t.Fatal(errOut)
	}
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"lũ", "--csv"}, []string{"\ufeffid,outlet", "'=Lũ về", "sha256:"}},
		{[]string{"lũ", "--jsonl"}, []string{`"citation":"Báo Sóng`}},
		{[]string{"lũ", "--atom"}, []string{"<feed", "Lũ rút"}},
		{[]string{"lũ", "--facets", "5"}, []string{"outlet:bao-song  Báo Sóng", "published by hour", "2 articles"}},
		{[]string{"luxx nuowcs"}, []string{"did you mean: "}},
		{[]string{"lũ", "--csv", "--limit", "1"}, []string{"1 of 2 articles were written"}},
	} {
		status, out, errOut := call("", append(append([]string{"search"}, tt.args...), flags...)...)
		for _, want := range tt.want {
			if status != 0 || !strings.Contains(out+errOut, want) {
				t.Errorf("search %q: status %d, no %q in:\n%s%s", tt.args, status, want, out, errOut)
			}
		}
	}
	if status, _, errOut := call("", append([]string{"search", "--follow"}, flags...)...); status != 1 || !strings.Contains(errOut, "nothing runs") {
		t.Errorf("search --follow without a server: status %d, %s", status, errOut)
	}
}
