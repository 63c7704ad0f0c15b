package main

import (
	"strings"
	"testing"
)

func TestClaimsOnTheCommandLine(t *testing.T) {
	_, flags := smallHouse(t)
	do := func(want int, in string, args ...string) string {
		t.Helper()
		status, out, errOut := call(in, append(append([]string{"claims"}, args...), flags...)...)
		if status != want {
			t.Errorf("claims %q: status %d: %s", args, status, errOut)
		}
		return out + errOut
	}
	const id = "disaster-dam-burst"
	if out := do(1, "", "verdict", id, "false", "--by", "lan"); !strings.Contains(out, "needs some: an address") {
		t.Errorf("a verdict without evidence: %s", out)
	}
	if out := do(1, "", "verdict", "no-such-claim", "false", "--by", "lan"); !strings.Contains(out, "haidang claims list") {
		t.Errorf("an unknown claim: %s", out)
	}
	do(0, "", "verdict", id, "false", "--by", "lan", "--refutes", "https://example.gov.vn/a", "--note", "đã gọi nhà máy")
	if out := do(0, "", "list", "--verdict", "false"); !strings.Contains(out, id) || !strings.Contains(out, "lan") {
		t.Errorf("list: %s", out)
	}
	if out := do(0, "", "history", id); !strings.Contains(out, "đã gọi nhà máy") || !strings.Contains(out, "undetermined") {
		t.Errorf("history: %s", out)
	}
	if out := do(0, "", "show", id); strings.Contains(out, "undetermined") {
		t.Errorf("show tells more than what holds: %s", out)
	}
	ours := do(0, "", "export", "--site", "https://desk.example")
	if !strings.Contains(ours, `"identifier": "`+id+`"`) {
		t.Errorf("export: %s", ours)
	}
	strange := `{"@type":"ClaimReview","claimReviewed":"Trăng rơi\u001b[2J","url":"https://a.example/1"}`
	both := `[` + ours + `,` + strange + `]`
	for _, want := range []string{"2 reviews: 1 taken over, 0 known already, 1 about no claim of ours", "2 reviews: 0 taken over, 1 known already"} {
		if out := do(0, both, "import", "-", "--by", "minh"); !strings.Contains(out, want) || strings.Contains(out, "\x1b") {
			t.Errorf("import: %s, want %q", out, want)
		}
	}
	do(1, "<html>", "import", "-", "--by", "minh")
}
