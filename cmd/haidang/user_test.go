package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUserAndAuditCommands(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "haidang.yaml")
	yaml := "alerting:\n  people:\n    - {id: lan, name: Lan Anh}\n    - {id: thu, name: Chị Thu, lead: true}\n"
	if err := os.WriteFile(config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(stdin string, args ...string) (int, string) {
		var out, errs strings.Builder
		code := run(append([]string{"--config", config, "--data", filepath.Join(dir, "data")}, args...), std{strings.NewReader(stdin), &out, &errs})
		return code, out.String() + errs.String()
	}
	for _, tt := range []struct {
		stdin string
		args  []string
		code  int
		say   string
	}{
		{"", []string{"user", "list"}, exitDone, "Lan Anh        no password: cannot sign in"},
		{"đèn biển sáng\n", []string{"user", "passwd", "ai"}, exitFailed, `nobody is called "ai": alerting.people has lan, thu`},
		{"ngắn\n", []string{"user", "passwd", "lan"}, exitFailed, "at least 10 are needed"},
		{"đèn biển sáng\n", []string{"user", "passwd", "lan"}, exitDone, "lan has a new password."},
		{"", []string{"user", "list"}, exitDone, "password of "},
		{"", []string{"user", "remove", "thu"}, exitFailed, "thu had no password"},
		{"", []string{"user", "remove", "lan"}, exitDone, "lan cannot sign in any more."},
		{"", []string{"audit", "verify"}, exitDone, "0 entries, all as they were written."},
		{"", []string{"audit", "export", "--csv"}, exitDone, ""},
	} {
		code, said := call(tt.stdin, tt.args...)
		if code != tt.code || !strings.Contains(said, tt.say) {
			t.Errorf("%v = %d, said %q; want %d and %q", tt.args, code, said, tt.code, tt.say)
		}
		if strings.Contains(said, "sáng") {
			t.Errorf("%v shows the password: %q", tt.args, said)
		}
	}
}
