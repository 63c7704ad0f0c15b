// Package settings holds what every package's Config is made of: a strict YAML decoder that tells every mistake of a
// file at once with its place, durations and byte sizes people can read, and secrets that never print themselves.
//
// [Decode] reads a file of rules. [Read] reads a configuration: it takes ${NAME} from the environment, and the
// [Document] it returns gives the problems that a Validate finds their lines. What a variable or a [Secret] holds is in
// no error. A syntax error ends the reading, so it is told alone.
//
// It has no state. Each package owns its own Config and Validate; package configs assembles and loads them.
package settings

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration written as Go writes it, with days allowed: "90s", "5m", "72h", "7d".
type Duration time.Duration

// UnmarshalYAML reads a duration from a YAML scalar.
func (d *Duration) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	parsed, err := ParseDuration(s)
	if err != nil {
		return err
	}
	*d = Duration(parsed)
	return nil
}

// MarshalYAML writes the duration as UnmarshalYAML reads it.
func (d Duration) MarshalYAML() ([]byte, error) { return []byte(d.String()), nil }

// Std returns the value as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String writes the duration as Go does: "1m30s".
func (d Duration) String() string { return time.Duration(d).String() }

// ParseDuration is time.ParseDuration with a whole number of days ("7d") allowed as well.
func ParseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100_000 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration; write 30s, 5m, 12h or 7d", s)
	}
	return d, nil
}

// Bytes is a size written with a unit of 1024: "512KB", "64MB", "2GB", or a plain number of bytes.
type Bytes int64

// UnmarshalYAML reads a size from a YAML scalar.
func (n *Bytes) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	number, factor := strings.ToUpper(s), int64(1)
	for _, unit := range []struct {
		suffix string
		factor int64
	}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"TB", 1 << 40}} {
		if rest, ok := strings.CutSuffix(number, unit.suffix); ok {
			number, factor = strings.TrimSpace(rest), unit.factor
			break
		}
	}
	v, err := strconv.ParseInt(number, 10, 64)
	if err != nil || v < 0 || v > (1<<62)/factor {
		return fmt.Errorf("%q is not a size; write 512KB, 64MB or 2GB", s)
	}
	*n = Bytes(v * factor)
	return nil
}

// MarshalYAML writes the size in bytes.
func (n Bytes) MarshalYAML() ([]byte, error) { return strconv.AppendInt(nil, int64(n), 10), nil }

const redacted = "<secret>"

// Secret is a password or key. It prints, logs and encodes as "<secret>"; Reveal gives the value to the code that
// must send it.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalJSON hides the secret.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalYAML hides the secret.
func (s Secret) MarshalYAML() ([]byte, error) { return []byte(strconv.Quote(s.String())), nil }
