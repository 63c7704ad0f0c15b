package digest

import (
	"strings"
	"testing"

	"haidang/internal/settings"
)

func TestDefaultConfigIsValid(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("Validate = %v", err)
	}
}

func TestValidateNamesEveryProblem(t *testing.T) {
	cfg := Config{
		Time: "6:45", Cutoff: "07:00", From: "a@b.vn\r\nBcc: c@d.vn", Link: "desk",
		Lists: []List{{Name: "Ban Chỉ Đạo", Language: "fr"}, {Name: "x", Language: "vi", To: []string{"nobody", "a@b.vn\nx"}}, {Name: "x", Language: "en", To: []string{"a@b.vn"}}},
		SMTP:  SMTP{Host: "mail.example.vn", TLS: "none", User: "u"},
	}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("Validate = nil")
	}
	for _, want := range []string{
		`digest.time: "6:45"`, "digest.from:", "digest.link:", "lists[0].name:", `lists[0].language: "fr"`, "lists[0].to: nobody is on the list",
		`lists[1].to[0]: "nobody"`, "lists[1].to[1]:", `lists[2].name: "x" is taken`, "digest.smtp.port", "digest.smtp.tls: none is only for", "user and password", "digest.smtp.timeout",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Validate says nothing of %q:\n%v", want, err)
		}
	}
	cfg = DefaultConfig()
	cfg.Time, cfg.Cutoff = "06:00", "06:30"
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "06:30 is after digest.time 06:00") {
		t.Errorf("Validate = %v, want the cut-off to be refused", err)
	}
}

func TestNamesThatTheRulesDoNotHave(t *testing.T) {
	c := DefaultConfig()
	c.Lists = []List{{Name: "a", Language: "vi", Topics: []string{"health", "helth"}}, {Name: "b", Language: "vi", Places: []string{"hue", "hu"}}}
	known := func(id string) bool { return id == "health" || id == "hue" }
	err := c.CheckNames(known, known)
	if err == nil {
		t.Fatal("unknown names are taken")
	}
	wants(t, "the refusal", err.Error(), `digest.lists[0].topics[1]: the rules have no topic "helth"`, `digest.lists[1].places[1]: the rules have no place "hu"`)
	c.Lists = c.Lists[:0]
	if err := c.CheckNames(known, known); err != nil {
		t.Error(err)
	}
}

func TestConfigIsReadFromYAMLAndHidesThePassword(t *testing.T) {
	cfg := DefaultConfig()
	err := settings.Decode("digest.yaml", []byte("time: '07:00'\nlists:\n  - {name: bcd, language: vi, to: ['Trưởng ban <a@b.vn>']}\nsmtp: {host: mail.b.vn, port: 465, tls: implicit, user: u, password: planted-canary}\n"), &cfg)
	if err != nil || cfg.Lists[0].To[0] != "Trưởng ban <a@b.vn>" || cfg.SMTP.Password.Reveal() != "planted-canary" {
		t.Fatalf("Decode = %v, config %+v", err, cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Errorf("Validate = %v", err)
	}
	if strings.Contains(strings.Join([]string{cfg.SMTP.Password.String(), cfg.SMTP.Password.GoString()}, " "), "canary") {
		t.Error("the password prints itself")
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct {
		in   string
		most int
		want string
	}{
		{"  Hồ \r\n\t Suối  Ngang ", 40, "Hồ Suối Ngang"},
		{"a\u202Eb\u200Bc\uFEFFd\x00e\x1b[31m", 40, "abcde[31m"},
		{"một hai ba", 7, "một hai…"},
		{"a\xff\xfeb", 10, "a?b"},
		{"", 5, ""},
		{"Đập", 3, "Đập"},
	} {
		if got := clean(tt.in, tt.most); got != tt.want {
			t.Errorf("clean(%q, %d) = %q, want %q", tt.in, tt.most, got, tt.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Hồ Suối Ngang\r\nBcc: x", 20)
	f.Add("\u202E\u0000\u2028", 3)
	f.Fuzz(func(t *testing.T, in string, most int) {
		most = min(max(most, 0), 500)
		got := clean(in, most)
		if strings.ContainsAny(got, "\r\n\x00\u202E\u2028\u0085") || len([]rune(got)) > most+1 {
			t.Errorf("clean(%q, %d) = %q", in, most, got)
		}
	})
}
