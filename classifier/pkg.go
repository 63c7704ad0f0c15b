// Package classifier says which checkable claims an article speaks of, how it stands towards each, and whether that
// should ring. It does no I/O after loading, reads no clock and starts no goroutine: the same article and rules always
// give the same verdict, byte for byte, each part with the words that caused it.
//
// Build a [Classifier] with [Load] from a folder of rule files (claims/*.yaml, cues.yaml, topics.yaml, places.yaml, telling.txt) or
// with [New] to set thresholds as well. It is safe for concurrent use and never changes; new rules are a new Classifier.
//
// A ring says "check this claim", never "this is hostile". Opinion, satire, prediction and personal experience never
// ring, nor does an allegation that only the accused denies, nor news that a competent, named source confirms.
// Limits: it reads words, not meaning. A rumour told without any word of rumour, by an outlet that names an official
// it invented, looks like news.
package classifier

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"haidang/classifier/telling"
)

// Config is what an operator may tune without touching a rule.
type Config struct {
	Threshold    int `yaml:"threshold"`     // points a claim needs to ring when its file sets none
	NearSentence int `yaml:"near_sentence"` // how many sentences around a claim its signals and cues are looked for
	MaxSpans     int `yaml:"max_spans"`     // spans kept per claim, so that one long article cannot swell a message
}

// DefaultConfig is what the shipped rules are measured with.
func DefaultConfig() Config { return Config{Threshold: 60, NearSentence: 2, MaxSpans: 40} }

// Validate joins every problem of the configuration.
func (c Config) Validate() error {
	var errs []error
	if c.Threshold < 1 || c.Threshold > 100 {
		errs = append(errs, fmt.Errorf("classifier.threshold: %d is not between 1 and 100", c.Threshold))
	}
	if c.NearSentence < 0 || c.NearSentence > 20 {
		errs = append(errs, fmt.Errorf("classifier.near_sentence: %d is not between 0 and 20", c.NearSentence))
	}
	if c.MaxSpans < 1 || c.MaxSpans > 1000 {
		errs = append(errs, fmt.Errorf("classifier.max_spans: %d is not between 1 and 1000", c.MaxSpans))
	}
	return errors.Join(errs...)
}

// Deps is where the rules are read from. It is read once, by New.
type Deps struct {
	Rules fs.FS // holds claims/*.yaml, cues.yaml, topics.yaml, places.yaml and, if it is to count how a thing is told, telling.txt
}

// Load reads and checks the rule files with the default configuration.
func Load(fsys fs.FS) (*Classifier, error) { return New(DefaultConfig(), Deps{Rules: fsys}) }

// Classifier holds one compiled set of rules.
type Classifier struct {
	cfg      Config
	version  string
	claims   []Claim
	compiled []compiled // one for each claim
	topics   []Topic
	cues     *cueSet
	places   *gazetteer
	telling  *telling.Model
	sets     [2]ruleSet // by language
	readings sync.Pool  // of *reading, to be used again
}

// New reads the rule files, compiles them and runs every claim's examples. It returns all problems at once.
func New(cfg Config, deps Deps) (*Classifier, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	b := &builder{c: &Classifier{cfg: cfg}, files: map[string][]byte{}, lists: map[string]Bilingual{}}
	b.readAll(deps.Rules)
	b.compileSets()
	if len(b.errs) == 0 {
		b.checkExamples()
	}
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	return b.c, nil
}

// Version names the rule set: a hash over the rule files and the configuration.
func (c *Classifier) Version() string { return c.version }

// Claims returns the claims in the order of their IDs. The caller must not change them.
func (c *Classifier) Claims() []Claim { return c.claims }

// Claim returns the claim with this ID.
func (c *Classifier) Claim(id string) (Claim, bool) {
	for i := range c.claims {
		if c.claims[i].ID == id {
			return c.claims[i], true
		}
	}
	return Claim{}, false
}
