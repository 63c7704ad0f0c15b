package settings_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"haidang/internal/settings"
)

type config struct {
	Delay  settings.Duration `yaml:"delay"`
	Size   settings.Bytes    `yaml:"size"`
	Key    settings.Secret   `yaml:"key"`
	Nested struct {
		A int `yaml:"a"`
		B int `yaml:"b"`
	} `yaml:"nested"`
}

func TestDecodeKeepsWhatIsNotWritten(t *testing.T) {
	var c config
	c.Nested.A, c.Nested.B = 1, 2
	if err := settings.Decode("f.yaml", []byte("delay: 7d\nsize: 64MB\nnested:\n  b: 3\n"), &c); err != nil {
		t.Fatal(err)
	}
	if c.Delay.Std() != 7*24*time.Hour || c.Size != 64<<20 || c.Nested.A != 1 || c.Nested.B != 3 {
		t.Errorf("decoded %+v", c)
	}
}

func TestSecretNeverShows(t *testing.T) {
	c := config{Key: "hunter2"}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%s %q %v", c.Key, c.Key, c.Key), string(asJSON), string(asYAML)} {
		if strings.Contains(out, "hunter2") {
			t.Errorf("the secret shows in %s", out)
		}
	}
	if c.Key.Reveal() != "hunter2" {
		t.Error("Reveal does not give the secret")
	}
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{"90s": 90 * time.Second, "2d": 48 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := settings.ParseDuration(in); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "5", "-3d", "d", "soon"} {
		if got, err := settings.ParseDuration(in); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", in, got)
		}
	}
}
