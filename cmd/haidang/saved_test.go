package main

import (
	"strings"
	"testing"
)

func TestSavedSearchesOnTheCommandLine(t *testing.T) {
	_, flags := smallHouse(t)
	do := func(want int, args ...string) string {
		t.Helper()
		status, out, errOut := call("", append(append([]string{"saved"}, args...), flags...)...)
		if status != want {
			t.Errorf("saved %q: status %d: %s", args, status, errOut)
		}
		return out + errOut
	}
	id := strings.TrimSpace(do(0, "add", "Vỡ đập", `"vỡ đập" COUNT(sources) >= 3 WITHIN 2h`, "--list", "Thiên tai"))
	if out := do(0, "list"); !strings.Contains(out, id) || !strings.Contains(out, "0 rings") {
		t.Errorf("list: %s", out)
	}
	if out := do(0, "list", "--json", "--owner", "lan"); !strings.Contains(out, `"list":"Thiên tai"`) {
		t.Errorf("a shared list: %s", out)
	}
	do(1, "add", "Đập", "site:vnexpress.net")
	do(1, "remove", id, "--owner", "lan")
	do(0, "remove", id)
	if out := do(0, "rings"); out != "" {
		t.Errorf("rings: %s", out)
	}
	if out := do(1, "preview", "đập"); !strings.Contains(out, "there is no archive") {
		t.Errorf("preview without an archive: %s", out)
	}
}
