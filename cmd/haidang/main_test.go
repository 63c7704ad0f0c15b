package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asHaidang makes the test binary behave as the command itself, so that a test can start it as a process and kill it.
const asHaidang = "HAIDANG_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asHaidang) == "1" {
		os.Exit(run(os.Args[1:], std{os.Stdin, os.Stdout, os.Stderr}))
	}
	os.Exit(m.Run())
}

// command is haidang as a child process; it dies with the test.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asHaidang+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// call runs the command in this process.
func call(in string, args ...string) (status int, out, errOut string) {
	var stdout, stderr bytes.Buffer
	status = run(args, std{strings.NewReader(in), &stdout, &stderr})
	return status, stdout.String(), stderr.String()
}

// smallHouse is the flags of a process on a folder of the test's own: no sources, any free port, and of the shipped
// rules the claims on disasters only. Every process runs the examples of every claim at its start.
func smallHouse(t *testing.T) (data string, flags []string) {
	t.Helper()
	data = t.TempDir()
	rules := filepath.Join(data, "rules")
	if err := os.MkdirAll(filepath.Join(rules, "claims"), 0o700); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"haidang.yaml": []byte("sources: none.yaml\nrules: rules\nweb:\n  listen: 127.0.0.1:0\nlog:\n  level: warn\n"),
		"none.yaml":    []byte("sources: []\n"),
	}
	for _, name := range []string{"claims/disaster-epidemic.yaml", "claims/lists.yaml", "cues.yaml", "topics.yaml", "places.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../configs", name))
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Join("rules", name)] = text
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(data, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return data, []string{"--config", filepath.Join(data, "haidang.yaml"), "--data", data}
}

func TestExitStatus(t *testing.T) {
	dir, small := smallHouse(t)
	broken := filepath.Join(dir, "broken.yaml")
	if err := os.WriteFile(broken, []byte("webb: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		in   string
		want int
		says string
	}{
		{"help", []string{"--help"}, "", 0, "classify"},
		{"help of a command", []string{"import", "--help"}, "", 0, "Example:"},
		{"version", []string{"version"}, "", 0, "haidang"},
		{"no command", nil, "", 2, "expected one of"},
		{"unknown command", []string{"fly"}, "", 2, "fly"},
		{"unknown flag", []string{"version", "--fast"}, "", 2, "--fast"},
		{"unknown role", []string{"run", "--role", "cook", "--data", dir}, "", 2, "cook"},
		{"roles without Kafka", []string{"run", "--role", "crawl", "--data", dir}, "", 1, "Kafka"},
		{"check", []string{"check", "--data", dir}, "", 0, "all good"},
		{"wrong configuration", []string{"check", "--config", broken, "--data", dir}, "", 1, "webb"},
		{"missing file", append([]string{"classify", filepath.Join(dir, "none.jsonl")}, small...), "", 1, "none.jsonl"},
		{"broken line", append([]string{"classify"}, small...), "{\"title\":\"ok\"}\nnot json\n", 1, "-:2:"},
		{"no feed", []string{"feed", "-", "--url", "https://bao.vn/rss"}, "<html>no feed</html>", 1, "feed -"},
		{"digest without a choice", []string{"digest", "--data", dir}, "", 2, "--dry-run"},
		{"wrong day", []string{"search", "x", "--from", "yesterday", "--data", dir}, "", 2, "yesterday"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errOut := call(tt.in, tt.args...)
			if status != tt.want || !strings.Contains(out+errOut, tt.says) {
				t.Errorf("haidang %s: status %d, want %d and %q in\n%s%s", strings.Join(tt.args, " "), status, tt.want, tt.says, out, errOut)
			}
		})
	}
}

func TestFiltersCompose(t *testing.T) {
	_, small := smallHouse(t)
	page := `<html><head><title>Tin nóng</title><link rel="canonical" href="https://bao.vn/a.html"></head><body><article><h1>Vỡ đập thủy điện trong đêm, hàng nghìn người tháo chạy</h1>` +
		strings.Repeat("<p>Theo cư dân mạng lan truyền, đập thủy điện ở thượng nguồn đã vỡ trong đêm, nước tràn về hạ du, mọi người hãy chia sẻ gấp.</p>", 8) + `</article></body></html>`
	status, fetched, errOut := call(page, "fetch", "-", "--url", "https://bao.vn/a.html?utm_source=x")
	if status != 0 {
		t.Fatalf("fetch: status %d: %s", status, errOut)
	}
	status, classified, errOut := call(fetched, append([]string{"classify"}, small...)...)
	if status != 0 {
		t.Fatalf("classify: status %d: %s", status, errOut)
	}
	var got struct {
		CanonicalURL string `json:"canonical_url"`
		Text         string `json:"text"`
		Verdict      *struct {
			Claims []struct {
				Spans []struct {
					Field      string
					Start, End int
				}
			}
			RulesVersion string `json:"rules_version"`
		}
	}
	if err := json.Unmarshal([]byte(classified), &got); err != nil {
		t.Fatal(err)
	}
	if got.CanonicalURL != "https://bao.vn/a.html" || got.Text == "" || got.Verdict == nil || got.Verdict.RulesVersion == "" {
		t.Errorf("classified = %s", classified)
	}
	status, out, _ := call("<html><body></body></html>", "fetch", "-", "--url", "https://bao.vn/")
	if status != 0 || !strings.Contains(out, `"reason"`) {
		t.Errorf("a page without an article: status %d, %s", status, out)
	}
}

// articles writes n imported articles, every tenth of them carrying a rumour, and returns the file.
func articles(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "articles.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for i := range n {
		title := fmt.Sprintf("Bản tin số %d của ngày hôm nay", i)
		body := "Theo cư dân mạng lan truyền, đập thủy điện ở đầu nguồn vừa vỡ trong đêm, mọi người hãy chia sẻ gấp. " +
			fmt.Sprintf("Tin này được gửi tới nhóm thứ %d.", i)
		if i%10 == 0 {
			title = fmt.Sprintf("Khẩn cấp: vỡ đập thủy điện ở thượng nguồn, tin thứ %d", i)
		} else {
			body = fmt.Sprintf("Đây là nội dung bản tin số %d: thời tiết, giao thông và giá cả ở chợ số%d đều ổn định. %s", i, i, strings.Repeat("Không có gì đáng chú ý. ", 20))
		}
		if err := json.NewEncoder(file).Encode(map[string]string{"id": fmt.Sprintf("kill-%d", i), "title": title, "body": body}); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// TestKillNineDuringImport kills the running process at random moments of an import. Afterwards every article is found
// exactly once.
func TestKillNineDuringImport(t *testing.T) {
	const n, kills = 400, 2
	killDuringImport(t, n, kills)
}

// killDuringImport hands n articles to an importer bit by bit, and kills the process that it sends them to at a random
// moment after each bit, the last time while the stages catch up with all that was sent.
func killDuringImport(t *testing.T, n, kills int) {
	t.Helper()
	data, flags := smallHouse(t)
	file := articles(t, n)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	bits := make([]int, kills) // where each bit ends
	for i := range bits {
		bits[i] = firstBatch + rng.IntN(n-firstBatch)
	}
	bits[0] = n
	slices.Sort(bits)
	server := startServer(t, flags)
	imp := startImport(t, file, flags)
	killed := 0
	for _, upto := range bits {
		imp.feed(t, upto)
		if imp.doneWithin(t, time.Duration(rng.IntN(400))*time.Millisecond) {
			break
		}
		killed++
		kill(t, server)
		server = startServer(t, flags)
	}
	t.Logf("killed %d times; %s", killed, imp.wait(t))
	if killed == 0 {
		t.Error("the import was over before the first kill: nothing was proven")
	}
	foundOnce(t, flags, n)
	alertedOnce(t, data, file, flags)
	kill(t, server)
}

// alertedOnce compares the desk with what the classifier says of the same file, one article at a time.
func alertedOnce(t *testing.T, data, file string, flags []string) {
	t.Helper()
	status, out, errOut := call("", append([]string{"classify", file}, flags...)...)
	if status != 0 {
		t.Fatalf("classify: %s", errOut)
	}
	want := strings.Count(out, `"rings":true,"field"`)
	if want == 0 {
		t.Fatal("no article of the file carries a claim: nothing is proven")
	}
	running, err := os.ReadFile(filepath.Join(data, "running.json"))
	if err != nil {
		t.Fatal(err)
	}
	var at struct{ Web string }
	if err := json.Unmarshal(running, &at); err != nil {
		t.Fatal(err)
	}
	res, err := http.Get("http://" + at.Web + "/api/status")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var desk struct{ Alerts int }
	if err := json.NewDecoder(res.Body).Decode(&desk); err != nil {
		t.Fatal(err)
	}
	if desk.Alerts != want {
		t.Errorf("the desk has %d alerts, want %d", desk.Alerts, want)
	}
}

// startServer starts `haidang run` and waits until it says where its pages are.
func startServer(t *testing.T, flags []string) *exec.Cmd {
	t.Helper()
	cmd := command(t, append([]string{"run"}, flags...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		t.Fatalf("haidang run said %q: %v", line, err)
	}
	return cmd
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed" is what we asked for
}

// foundOnce pages through the whole archive and counts every article.
func foundOnce(t *testing.T, flags []string, n int) {
	t.Helper()
	seen, after := map[string]int{}, ""
	for {
		status, out, errOut := call("", append([]string{"search", "--json", "--sort", "seen", "--limit", "1000", "--after", after}, flags...)...)
		if status != 0 {
			t.Fatalf("search: status %d: %s", status, errOut)
		}
		var page struct {
			Total int
			Next  string
			Hits  []struct{ ID string }
		}
		if err := json.Unmarshal([]byte(out), &page); err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Hits {
			seen[h.ID]++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for i := range n {
		if c := seen[fmt.Sprintf("kill-%d", i)]; c != 1 {
			t.Errorf("article kill-%d is found %d times", i, c)
		}
	}
	if len(seen) != n {
		t.Errorf("%d different articles are found, want %d", len(seen), n)
	}
}

// TestSecondProcessIsRefused: this process is the second one on the folder of a child.
func TestSecondProcessIsRefused(t *testing.T) {
	_, flags := smallHouse(t)
	server := startServer(t, flags)
	defer kill(t, server)
	refused := make(chan string, 1)
	go func() {
		status, out, errOut := call("", append([]string{"run"}, flags...)...)
		refused <- fmt.Sprintf("status %d: %s%s", status, out, errOut)
	}()
	select {
	case said := <-refused:
		if strings.HasPrefix(said, "status 0") || !strings.Contains(said, "in use by another process") {
			t.Errorf("a second process on the same folder: %s", said)
		}
	case <-time.After(time.Minute):
		t.Fatal("a second process on the same folder runs")
	}
}
