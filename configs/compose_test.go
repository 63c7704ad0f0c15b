package configs

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
)

// The file is read by the compose specification's own parser, which knows every key and every dependency.
func TestComposeFileIsValid(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{"../docker-compose.yml"}, cli.WithEnv([]string{
		"HAIDANG_POSTGRES_PASSWORD=one", "HAIDANG_GRAFANA_PASSWORD=two", "HAIDANG_CONTACT=desk@example.vn",
	}))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kafka", "postgres", "crawl", "classify", "alert", "serve", "prometheus", "grafana", "mail"} {
		if _, ok := project.Services[name]; !ok {
			t.Errorf("no service %q", name)
		}
	}
	for name, s := range project.Services {
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" {
				t.Errorf("service %s publishes port %s on %q: the desk has no sign-in, so everything stays on loopback", name, p.Published, p.HostIP)
			}
		}
	}
}

func TestComposeConfigurationLoads(t *testing.T) {
	t.Setenv("HAIDANG_POSTGRES_PASSWORD", "a-password")
	t.Setenv("HAIDANG_CONTACT", "desk@example.vn")
	cfg, err := Load("compose/haidang.yaml", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Bus.Mode != "external" || cfg.Store.Driver != "postgres" {
		t.Errorf("bus %s, store %s", cfg.Bus.Mode, cfg.Store.Driver)
	}
	// Every mail goes to the catcher, on the port that docker-compose.yml publishes.
	if s := cfg.Digest.SMTP; s.Host != "127.0.0.1" || s.Port != 1025 || s.TLS != "none" {
		t.Errorf("mail goes to %s:%d, tls %s", s.Host, s.Port, s.TLS)
	}
	if len(cfg.Digest.Lists) == 0 || len(cfg.Digest.Lists[0].To) == 0 {
		t.Errorf("nobody gets the mail: %+v", cfg.Digest.Lists)
	}
}
