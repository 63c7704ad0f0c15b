package app

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haidang/configs"
)

// demoOptions are the demo's on a folder of the test's own.
func demoOptions(t *testing.T, dir string, out *bytes.Buffer) DemoOptions {
	t.Helper()
	cfg, err := configs.Load("", dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Web.Listen = "127.0.0.1:0"
	return DemoOptions{Options: Options{Config: cfg, DataDir: dir, Now: time.Now}, Once: true, Out: out, Begun: time.Now()}
}

// TestDemoBalancesItsBooks runs the whole house on real sockets: every article is crawled, classified and found exactly
// once, each that carries a claim rings and no other does, and nobody is asked twice at once.
func TestDemoBalancesItsBooks(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := Demo(t.Context(), demoOptions(t, dir, &out)); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"First alert after", "Everything through after", "disaster-dam-burst"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the demo does not say %q:\n%s", want, out.String())
		}
	}
	var stories, answered int // in whichever order the articles come, the denials find their rumours
	_, rest, _ := strings.Cut(out.String(), "carry a claim, ")
	if _, err := fmt.Sscanf(rest, "in %d stories, %d of them answered", &stories, &answered); err != nil || stories > 13 || answered < 9 {
		t.Errorf("%d stories, %d answered, %v; want at most 13 and at least 9", stories, answered, err)
	}
	mails, err := filepath.Glob(filepath.Join(dir, "digest-*.html"))
	if err != nil || len(mails) != 1 {
		t.Errorf("digests in the data folder: %v, %v", mails, err)
	}
}
