package bus

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"haidang/internal/settings"
)

// Mode says where the broker is.
type Mode string

const (
	// Embedded runs a small broker inside this process, with its log in the data folder.
	Embedded Mode = "embedded"
	// External connects to Apache Kafka.
	External Mode = "external"
)

const (
	defaultMaxMessage      = 2 << 20
	maxEmbeddedRetention   = 500 << 20
	minEmbeddedRetention   = 64 << 20
	embeddedPartitions     = 4
	externalPartitions     = 12
	mostPartitions         = 1000
	mostEmbeddedPartitions = 16
)

// Config says which broker to use and how.
type Config struct {
	// Mode is "embedded" (the default) or "external".
	Mode Mode `yaml:"mode"`
	// Brokers are the host:port addresses of Apache Kafka, for mode external.
	Brokers []string `yaml:"brokers"`
	// DataDir is the folder of the embedded broker's log; the caller sets it.
	DataDir string `yaml:"-"`
	// Listen is the loopback address of the embedded broker; port 0 takes a free one.
	Listen string `yaml:"listen"`
	// TopicPrefix stands before every topic and group name, so that several systems can share a broker.
	TopicPrefix string `yaml:"topic_prefix"`
	// Partitions of each new topic; 0 means 4 in mode embedded and 12 in mode external.
	Partitions int `yaml:"partitions"`
	// Replication is the number of copies of each new topic in mode external; 0 leaves it to the broker.
	Replication int `yaml:"replication"`
	// MaxMessage is the largest message, with key and headers.
	MaxMessage settings.Bytes `yaml:"max_message"`
	// RetentionBytes bounds all topics together in mode embedded, and each partition in mode external (0: no bound).
	RetentionBytes settings.Bytes `yaml:"retention_bytes"`
	// RetentionTime is how long messages are kept.
	RetentionTime settings.Duration `yaml:"retention_time"`
	// PublishTimeout is how long Publish waits for a chunk (at most 4 MB) to be acknowledged.
	PublishTimeout settings.Duration `yaml:"publish_timeout"`
	// TLS encrypts the connection, for mode external.
	TLS TLS `yaml:"tls"`
	// SASL signs in, for mode external.
	SASL SASL `yaml:"sasl"`
}

// TLS says how the connection is encrypted.
type TLS struct {
	// Enabled turns encryption on; with no CAFile the system's authorities are trusted.
	Enabled bool `yaml:"enabled"`
	// CAFile holds the authorities that may sign the broker's certificate, as PEM.
	CAFile string `yaml:"ca_file"`
	// CertFile and KeyFile are our own certificate, for brokers that ask for one.
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
	// ServerName is the name in the broker's certificate when it is not the name in Brokers.
	ServerName string `yaml:"server_name"`
}

// SASL says how we sign in.
type SASL struct {
	// Mechanism is "plain", "scram-sha-256" or "scram-sha-512"; empty means no sign-in.
	Mechanism string          `yaml:"mechanism"`
	User      string          `yaml:"user"`
	Password  settings.Secret `yaml:"password"`
}

// DefaultConfig is the embedded broker on a free loopback port, bounded to 400 MB and seven days.
func DefaultConfig() Config {
	return Config{
		Mode:           Embedded,
		Listen:         "127.0.0.1:0",
		MaxMessage:     defaultMaxMessage,
		RetentionBytes: 400 << 20,
		RetentionTime:  settings.Duration(7 * 24 * time.Hour),
		PublishTimeout: settings.Duration(30 * time.Second),
	}
}

// Validate reports every problem of the configuration at once.
func (c Config) Validate() error {
	errs := c.validateCommon()
	switch c.Mode {
	case Embedded:
		errs = append(errs, c.validateEmbedded()...)
	case External:
		errs = append(errs, c.validateExternal()...)
	default:
		errs = append(errs, fmt.Errorf("bus.mode: %q is not known; write embedded or external", c.Mode))
	}
	return errors.Join(errs...)
}

func (c Config) validateCommon() []error {
	var errs []error
	if !validName(c.TopicPrefix) || len(c.TopicPrefix) > 100 {
		errs = append(errs, fmt.Errorf("bus.topic_prefix: %q; use at most 100 letters, digits, '.', '_' and '-'", c.TopicPrefix))
	}
	if c.MaxMessage < 1<<16 || c.MaxMessage > 32<<20 {
		errs = append(errs, fmt.Errorf("bus.max_message: %d bytes; write a size between 64KB and 32MB", c.MaxMessage))
	}
	if c.RetentionTime.Std() < time.Minute {
		errs = append(errs, fmt.Errorf("bus.retention_time: %s is too short; write at least 1m", c.RetentionTime))
	}
	if c.PublishTimeout <= 0 {
		errs = append(errs, fmt.Errorf("bus.publish_timeout: %s; write a time such as 30s", c.PublishTimeout))
	}
	if c.Partitions < 0 || c.Partitions > mostPartitions {
		errs = append(errs, fmt.Errorf("bus.partitions: %d; write 1 to %d, or 0 for the default", c.Partitions, mostPartitions))
	}
	return errs
}

func (c Config) validateEmbedded() []error {
	var errs []error
	if c.DataDir == "" {
		errs = append(errs, errors.New("bus: the embedded broker has no data folder"))
	}
	if host, _, err := net.SplitHostPort(c.Listen); err != nil || !loopback(host) {
		errs = append(errs, fmt.Errorf("bus.listen: %q; the embedded broker listens on loopback only, write 127.0.0.1:0", c.Listen))
	}
	if c.RetentionBytes < minEmbeddedRetention || c.RetentionBytes > maxEmbeddedRetention {
		errs = append(errs, fmt.Errorf("bus.retention_bytes: %d; the embedded broker keeps 64MB to 500MB in all", c.RetentionBytes))
	}
	if c.Partitions > mostEmbeddedPartitions {
		errs = append(errs, fmt.Errorf("bus.partitions: %d; the embedded broker takes at most %d", c.Partitions, mostEmbeddedPartitions))
	}
	if len(c.Brokers) > 0 {
		errs = append(errs, errors.New("bus.brokers: only for mode external; remove them or write mode: external"))
	}
	if c.TLS != (TLS{}) || c.SASL != (SASL{}) {
		errs = append(errs, errors.New("bus.tls, bus.sasl: only for mode external"))
	}
	return errs
}

func (c Config) validateExternal() []error {
	var errs []error
	if len(c.Brokers) == 0 {
		errs = append(errs, errors.New("bus.brokers: missing; write the addresses of Kafka, such as [kafka:9092]"))
	}
	for i, addr := range c.Brokers {
		if host, port, err := net.SplitHostPort(addr); err != nil || host == "" || port == "" {
			errs = append(errs, fmt.Errorf("bus.brokers[%d]: %q is not host:port", i, addr))
		}
	}
	if c.RetentionBytes < 0 {
		errs = append(errs, fmt.Errorf("bus.retention_bytes: %d is negative", c.RetentionBytes))
	}
	if c.Replication < 0 || c.Replication > 100 {
		errs = append(errs, fmt.Errorf("bus.replication: %d; write 1 to 100, or 0 for the broker's default", c.Replication))
	}
	return append(append(errs, c.TLS.validate()...), c.SASL.validate()...)
}

func (t TLS) validate() []error {
	var errs []error
	if !t.Enabled && t != (TLS{}) {
		errs = append(errs, errors.New("bus.tls.enabled: false, but other TLS settings are given; write true or remove them"))
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		errs = append(errs, errors.New("bus.tls: cert_file and key_file go together; one is missing"))
	}
	return errs
}

func (s SASL) validate() []error {
	switch s.Mechanism {
	case "":
		if s != (SASL{}) {
			return []error{errors.New("bus.sasl.mechanism: missing; write plain, scram-sha-256 or scram-sha-512")}
		}
		return nil
	case "plain", "scram-sha-256", "scram-sha-512":
	default:
		return []error{fmt.Errorf("bus.sasl.mechanism: %q is not known; write plain, scram-sha-256 or scram-sha-512", s.Mechanism)}
	}
	if s.User == "" || s.Password == "" {
		return []error{errors.New("bus.sasl: user and password are needed")}
	}
	return nil
}

// resolved fills in what a zero leaves to the mode.
func (c Config) resolved() Config {
	if c.Partitions == 0 {
		c.Partitions = externalPartitions
		if c.Mode == Embedded {
			c.Partitions = embeddedPartitions
		}
	}
	return c
}

// deadLimit is the size of a dead letter around the largest message: base64 takes a third more, the reason a little.
func (c Config) deadLimit() int { return int(c.MaxMessage)*3/2 + 1<<16 }

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// validName tells whether s can be a part of a topic's or group's name.
func validName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}
