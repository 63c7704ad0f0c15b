package alerting

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"haidang/internal/settings"
	"haidang/internal/store/storetest"
)

func TestDefaultConfigIsValid(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("Validate = %v", err)
	}
}

func TestConfigIsReadFromYAML(t *testing.T) {
	cfg := DefaultConfig()
	err := settings.Decode("alerting.yaml", []byte("window: 48h\nwebhooks:\n  - {name: room, url: 'https://room.example.vn', secret: 0123456789abcdef, min_severity: high}\n"), &cfg)
	if err != nil || cfg.Window.Std() != 48*time.Hour || len(cfg.Webhooks) != 1 || cfg.Webhooks[0].MinSeverity != "high" {
		t.Fatalf("Decode = %v, config %+v", err, cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Errorf("Validate = %v", err)
	}
}

func TestValidateNamesEveryProblem(t *testing.T) {
	cfg := Config{Webhooks: []Webhook{
		{Name: "kafka", URL: "ftp://x", Secret: "short", MinSeverity: "loud"},
		{URL: "https://user:pass@room.example.vn"},
	}}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("Validate = nil")
	}
	for _, want := range []string{
		"alerting.window", "alerting.copy_window", "alerting.copy_similarity", `webhooks[0].name: "kafka" is taken`, "webhooks[0].url", "webhooks[0].secret",
		`webhooks[0].min_severity: "loud"`, "webhooks[1].name: missing", "webhooks[1].url: holds a password", "webhooks[1].secret",
		"alerting.retry.attempts", "alerting.retry: first", "alerting.retry.timeout",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Validate says nothing of %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "pass@") || strings.Contains(err.Error(), "short") {
		t.Errorf("Validate shows a secret:\n%v", err)
	}
}

func TestNewSaysWhatIsMissing(t *testing.T) {
	hooked := DefaultConfig()
	hooked.Webhooks = []Webhook{{Name: "room", URL: "https://room.example.vn", Secret: hookSecret}}
	for _, tt := range []struct {
		name string
		cfg  Config
		deps Deps
		want string
	}{
		{"configuration", Config{}, Deps{}, "alerting.window"},
		{"database", DefaultConfig(), Deps{}, "no database"},
		{"client", hooked, Deps{DB: storetest.Open(t, t.TempDir())}, "no HTTP client"},
	} {
		if _, err := New(tt.cfg, tt.deps); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: New = %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

// TestWebhookAgainstHostileServers talks to real servers on loopback.
func TestWebhookAgainstHostileServers(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	for _, tt := range []struct {
		name  string
		serve http.HandlerFunc
		want  string
	}{
		{"accepts", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }, ""},
		{"redirects", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "answered 307"},
		{"refuses", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }, "answered 401"},
		{"drops", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		{"talks without end", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			for {
				if _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); err != nil {
					return
				}
			}
		}, "answered 502"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.serve)
			defer server.Close()
			hook := webhook{
				Webhook: Webhook{Name: "room", URL: server.URL, Secret: hookSecret}, client: withoutRedirects(server.Client()), now: time.Now,
			}
			err := hook.send(t.Context(), message{id: "k", body: []byte("{}")})
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("send = %v, want %q", err, tt.want)
			}
			if followed {
				t.Error("the redirect was followed")
			}
		})
	}
}
