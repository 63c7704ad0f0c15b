package bus_test

import (
	"fmt"
	"strings"
	"testing"

	"haidang/internal/bus"
	"haidang/internal/settings"
)

func TestConfigValidate(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*bus.Config)
		want   []string // each must be in the error; none means valid
	}{
		{"default", func(*bus.Config) {}, nil},
		{"unknown mode", func(c *bus.Config) { c.Mode = "cloud" }, []string{`bus.mode: "cloud"`}},
		{"open listener", func(c *bus.Config) { c.Listen = "0.0.0.0:9092" }, []string{"loopback only"}},
		{"too much for the embedded broker", func(c *bus.Config) { c.RetentionBytes, c.Partitions = 1<<30, 64 }, []string{"64MB to 500MB", "at most 16"}},
		{"no folder", func(c *bus.Config) { c.DataDir = "" }, []string{"no data folder"}},
		{"brokers without external", func(c *bus.Config) { c.Brokers = []string{"kafka:9092"} }, []string{"mode: external"}},
		{"external without brokers", func(c *bus.Config) { c.Mode = bus.External }, []string{"bus.brokers: missing"}},
		{"every problem at once", func(c *bus.Config) {
			c.Mode, c.Brokers = bus.External, []string{"kafka"}
			c.TopicPrefix, c.MaxMessage, c.RetentionTime, c.PublishTimeout, c.Partitions = "a b", 1, 0, 0, -1
			c.TLS = bus.TLS{CertFile: "x"}
			c.SASL = bus.SASL{Mechanism: "kerberos"}
		}, []string{
			`bus.brokers[0]: "kafka" is not host:port`, "bus.topic_prefix", "bus.max_message", "bus.retention_time", "bus.publish_timeout",
			"bus.partitions", "bus.tls.enabled", "cert_file and key_file go together", `bus.sasl.mechanism: "kerberos"`,
		}},
		{"user without mechanism", func(c *bus.Config) {
			c.Mode, c.Brokers, c.SASL = bus.External, []string{"kafka:9092"}, bus.SASL{User: "u"}
		}, []string{"bus.sasl.mechanism: missing"}},
		{"mechanism without user", func(c *bus.Config) {
			c.Mode, c.Brokers, c.SASL = bus.External, []string{"kafka:9092"}, bus.SASL{Mechanism: "plain"}
		}, []string{"user and password are needed"}},
		{"complete external", func(c *bus.Config) {
			c.Mode, c.Brokers, c.RetentionBytes = bus.External, []string{"kafka:9092", "[::1]:9092"}, 0
			c.SASL = bus.SASL{Mechanism: "scram-sha-512", User: "u", Password: "p"}
			c.TLS = bus.TLS{Enabled: true, CAFile: "ca.pem"}
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := bus.DefaultConfig()
			cfg.DataDir = "data"
			tt.change(&cfg)
			err := cfg.Validate()
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("Validate(%+v) = %v, want problems: %q", cfg, err, tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Validate() = %v\nwant it to say %q", err, want)
				}
			}
		})
	}
}

func TestConfigFromYAML(t *testing.T) {
	cfg := bus.DefaultConfig()
	err := settings.Decode("haidang.yaml", []byte("mode: external\nbrokers: [k1:9092]\nretention_time: 3d\nsasl: {mechanism: plain, user: u, password: s3cret}\n"), &cfg)
	if err != nil {
		t.Fatalf("Decode = %v", err)
	}
	if err := cfg.Validate(); err != nil {
		t.Errorf("Validate = %v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg); strings.Contains(text, "s3cret") {
		t.Errorf("the password shows in %s", text)
	}
	if err := settings.Decode("haidang.yaml", []byte("broker: k1\n"), &cfg); err == nil {
		t.Error("Decode of an unknown key = nil, want an error")
	}
}
