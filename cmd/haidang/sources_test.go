package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSourcesCommands(t *testing.T) {
	_, flags := smallHouse(t)
	status, list, errOut := call("", append(flags, "sources", "list")...)
	if status != exitDone || !strings.HasPrefix(list, "ID ") {
		t.Errorf("list: status %d, %s%s", status, list, errOut)
	}
	opml := `<opml version="2.0"><body><outline text="Báo Bãi Bồi" xmlUrl="https://baiboi.test/rss"/></body></opml>`
	status, entry, errOut := call(opml, append(flags, "sources", "import-opml", "-")...)
	if status != exitDone || !strings.Contains(entry, "- id: baiboi-test\n") || !strings.Contains(entry, "unverified: true") {
		t.Errorf("import: status %d, %s%s", status, entry, errOut)
	}
	file := filepath.Join(t.TempDir(), "nguon.yaml")
	if status, out, errOut := call(opml, append(flags, "sources", "import-opml", "-", "--append", file)...); status != exitDone || !strings.Contains(out, "1 entries added") {
		t.Errorf("import into a file: status %d, %s%s", status, out, errOut)
	}
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), "\nsources:\n  - id: baiboi-test\n") {
		t.Errorf("%s, %v", data, err)
	}
	if status, out, errOut := call("", append(flags, "sources", "check", "khong-co")...); status != exitUsage || !strings.Contains(errOut, `"khong-co"`) {
		t.Errorf("check of an unknown source: status %d, %s%s", status, out, errOut)
	}
	if status, out, _ := call("", append(flags, "sources", "add", "http://127.0.0.1:1/")...); status != exitFailed || out != "" {
		t.Errorf("add of a private address: status %d, %s", status, out)
	}
	if status, out, _ := call("", append(flags, "sources", "export-opml")...); status != exitDone || !strings.Contains(out, "<opml version=") {
		t.Errorf("export: status %d, %s", status, out)
	}
}
