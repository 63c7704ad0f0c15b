package index

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/settings"
)

// Config is what an operator may set of the archive.
type Config struct {
	Dir            string            `yaml:"dir"`             // where the shards are; the caller sets it when it is empty
	HotDocuments   int               `yaml:"hot_documents"`   // the hot shard is closed to new articles at this many
	BatchDocuments int               `yaml:"batch_documents"` // a Put of more is written in pieces of this many
	LockTimeout    settings.Duration `yaml:"lock_timeout"`    // how long to wait for another process to let go
	SearchTimeout  settings.Duration `yaml:"search_timeout"`  // a search that takes longer answers with what it has
	VerifyLimit    int               `yaml:"verify_limit"`    // candidates read and verified for one search
	Keep           settings.Duration `yaml:"keep"`            // shards whose newest article is older are dropped; 0: never
	KeepBytes      settings.Bytes    `yaml:"keep_bytes"`      // the oldest shards are dropped while the archive is larger; 0: never

	CompactDocuments int               `yaml:"compact_documents"` // shards of a closed month are merged up to this many articles; 0: never
	CompactTime      settings.Duration `yaml:"compact_time"`      // how long a day new merges are begun
}

// DefaultConfig returns settings for one machine. Dir is left to the caller.
func DefaultConfig() Config {
	return Config{
		HotDocuments:   150_000,
		BatchDocuments: 500,
		LockTimeout:    settings.Duration(time.Second),
		SearchTimeout:  settings.Duration(1500 * time.Millisecond), // and markTime: two seconds in all,
		VerifyLimit:    5_000,

		CompactDocuments: 600_000,
		CompactTime:      settings.Duration(time.Hour),
	}
}

// Validate returns every problem of the configuration.
func (c Config) Validate() error {
	var errs []error
	atLeast := func(name string, v, low int) {
		if v < low {
			errs = append(errs, fmt.Errorf("index.%s: %d is too small, write %d or more", name, v, low))
		}
	}
	if c.Dir == "" {
		errs = append(errs, errors.New("index.dir: missing, write the folder that holds the archive"))
	}
	atLeast("hot_documents", c.HotDocuments, 1)
	atLeast("batch_documents", c.BatchDocuments, 1)
	atLeast("verify_limit", c.VerifyLimit, 1)
	if c.CompactDocuments != 0 {
		atLeast("compact_documents", c.CompactDocuments, 2)
	}
	if c.CompactTime.Std() <= 0 {
		errs = append(errs, fmt.Errorf("index.compact_time: %s is too short, write 1h; compact_documents: 0 merges nothing", c.CompactTime))
	}
	if c.LockTimeout.Std() <= 0 || c.LockTimeout.Std() > 2*time.Second {
		errs = append(errs, fmt.Errorf("index.lock_timeout: %s is not within 1ms and 2s", c.LockTimeout))
	}
	if keep := c.Keep.Std(); keep < 0 || keep > 0 && keep < 24*time.Hour {
		errs = append(errs, fmt.Errorf("index.keep: %s would drop what has just come in, write 365d, or 0 to keep everything", c.Keep))
	}
	if c.SearchTimeout.Std() <= 0 {
		errs = append(errs, fmt.Errorf("index.search_timeout: %s is too short, write 2s", c.SearchTimeout))
	}
	return errors.Join(errs...)
}

// Deps is what an archive works with. All of it may be left out.
type Deps struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
	Lists      func(name string) ([]string, bool) // the entries of a named list, for queries with @name
	Synonyms   *Synonyms                          // nil: none
}

func (d Deps) withDefaults() Deps {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	d.Logger = d.Logger.With("component", "index")
	if d.Now == nil {
		d.Now = time.Now
	}
	return d
}
