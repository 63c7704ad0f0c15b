// Package outlets holds the commands on the list of sources: what is listed, whether it answers, what a home page leads
// to, and the exchange of lists with feed readers as OPML.
//
// [List], [Check], [Add], [ImportOPML] and [ExportOPML] each write to a stream and keep no state; whatever asks the web
// does so through the crawler's guarded client. [Append] is the only one that changes a file, and only after the whole of
// it has been read back and found valid.
package outlets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/goccy/go-yaml"

	"haidang/crawler"
	"haidang/internal/filters"
	"haidang/internal/settings"
)

// ErrUnwell is returned by Check when something does not answer as it should; the rest was checked.
var ErrUnwell = errors.New("some sources do not answer as they should")

// atOnce is how many outlets are asked at the same time.
const atOnce = 8

// List writes the sources, one a line.
func List(sources []crawler.Source, asJSON bool, out io.Writer) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		for _, s := range sources {
			if err := enc.Encode(entryOf(s)); err != nil {
				return err
			}
		}
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tTIER\tKIND\tWHERE\tFEEDS\tSITEMAPS\tSECTIONS\t\tNAME")
	for _, s := range sources {
		note := ""
		switch {
		case s.Disabled:
			note = "disabled"
		case s.Unverified:
			note = "unverified"
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s/%s\t%d\t%d\t%d\t%s\t%s\n", s.ID, s.Tier, s.Kind, s.Country, s.Language, len(s.Feeds), len(s.Sitemaps), len(s.Sections), note, s.Name)
	}
	return table.Flush()
}

// Choose returns the sources with these IDs, or all that are not disabled.
func Choose(sources []crawler.Source, ids []string) ([]crawler.Source, error) {
	var out []crawler.Source
	var errs []error
	for _, id := range ids {
		i := slices.IndexFunc(sources, func(s crawler.Source) bool { return s.ID == id })
		if i < 0 {
			errs = append(errs, fmt.Errorf("no source has the id %q; `haidang sources list` shows them", id))
			continue
		}
		out = append(out, sources[i])
	}
	if len(ids) == 0 {
		out = slices.DeleteFunc(slices.Clone(sources), func(s crawler.Source) bool { return s.Disabled })
	}
	return out, errors.Join(errs...)
}

// Check asks everything of the sources once and writes what it said, a line each, as it comes. known is what the running
// system knows of its feeds, by address; it may be empty.
func Check(ctx context.Context, fetcher *crawler.Fetcher, sources []crawler.Source, known map[string]crawler.FeedHealth, out io.Writer) error {
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	var mu sync.Mutex
	asked, unwell := 0, 0
	for i := range sources {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, t := range fetcher.Try(ctx, &sources[i]) {
				mu.Lock()
				asked++
				if t.Reason != crawler.ReasonNone {
					unwell++
				}
				fmt.Fprintln(out, line(t, known[t.URL]))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fmt.Fprintf(out, "%d asked, %d well, %d not\n", asked, asked-unwell, unwell)
	if unwell > 0 {
		return ErrUnwell
	}
	return nil
}

// line says what one feed answered.
func line(t crawler.Trial, known crawler.FeedHealth) string {
	var out strings.Builder
	if t.Reason != crawler.ReasonNone {
		fmt.Fprintf(&out, "FAIL  %s  %s %s: %s (%s)", t.Source, t.Channel, t.URL, t.Reason.Words("en"), filters.Plain(t.Err.Error()))
	} else {
		fmt.Fprintf(&out, "ok    %s  %s %s: %d items", t.Source, t.Channel, t.URL, t.Items)
		if !t.Newest.IsZero() {
			fmt.Fprintf(&out, ", newest %s", t.Newest.Format("2006-01-02 15:04Z07:00"))
		}
	}
	if moved := t.Moved; moved != "" {
		fmt.Fprintf(&out, "; moved for good to %s", filters.Plain(moved))
	} else if known.MovedTo != "" {
		fmt.Fprintf(&out, "; moved for good to %s (as the crawler knows)", filters.Plain(known.MovedTo))
	}
	if known.Daily {
		out.WriteString("; asked once a day, after many failures")
	}
	if !known.Lied.IsZero() {
		fmt.Fprintf(&out, "; its 304s are not believed, last lie %s", known.Lied.Format("2006-01-02 15:04Z07:00"))
	}
	if t.Hub != "" {
		fmt.Fprintf(&out, "; hub %s", filters.Plain(t.Hub))
	}
	return out.String()
}

// Add finds what a home page leads to, tells on told what was tried, and returns the entry.
func Add(ctx context.Context, fetcher *crawler.Fetcher, home string, told io.Writer) (crawler.Source, error) {
	d, err := fetcher.Discover(ctx, home)
	if err != nil {
		return crawler.Source{}, err
	}
	for _, t := range d.Trials {
		fmt.Fprintln(told, line(t, crawler.FeedHealth{}))
	}
	s := d.Source
	s.Name, s.Tier, s.Kind = filters.Plain(s.Name), 3, "press"
	if len(s.Feeds)+len(s.Sitemaps) == 0 {
		return s, fmt.Errorf("%s leads to no feed and no news sitemap; write a section page with the pattern of its links into sources.yaml by hand", home)
	}
	return s, nil
}

// entry is a source as it is written into a file: in the order of the shipped one, and without what is empty.
type entry struct {
	ID         string            `yaml:"id" json:"id"`
	Name       string            `yaml:"name" json:"name"`
	Country    string            `yaml:"country,omitempty" json:"country,omitempty"`
	Language   string            `yaml:"language,omitempty" json:"language,omitempty"`
	Tier       int               `yaml:"tier,omitempty" json:"tier,omitempty"`
	Kind       string            `yaml:"kind,omitempty" json:"kind,omitempty"`
	Timezone   string            `yaml:"timezone,omitempty" json:"timezone,omitempty"`
	Feeds      []string          `yaml:"feeds,omitempty" json:"feeds,omitempty"`
	Sitemaps   []string          `yaml:"sitemaps,omitempty" json:"sitemaps,omitempty"`
	Sections   []crawler.Section `yaml:"sections,omitempty" json:"sections,omitempty"`
	Delay      string            `yaml:"delay,omitempty" json:"delay,omitempty"`
	PollMin    string            `yaml:"poll_min,omitempty" json:"poll_min,omitempty"`
	PollMax    string            `yaml:"poll_max,omitempty" json:"poll_max,omitempty"`
	Selectors  crawler.Selectors `yaml:"selectors,omitempty" json:"selectors,omitzero"`
	Unverified bool              `yaml:"unverified,omitempty" json:"unverified,omitempty"`
	Disabled   bool              `yaml:"disabled,omitempty" json:"disabled,omitempty"`
}

func entryOf(s crawler.Source) entry {
	return entry{
		s.ID, s.Name, s.Country, s.Language, s.Tier, s.Kind, s.Timezone, s.Feeds, s.Sitemaps, s.Sections,
		span(s.Delay), span(s.PollMin), span(s.PollMax), s.Selectors, s.Unverified, s.Disabled,
	}
}

// span writes a duration; none is left out.
func span(d settings.Duration) string {
	if d == 0 {
		return ""
	}
	return d.Std().String()
}

// Entries writes sources as they stand in sources.yaml, below its first line.
func Entries(sources []crawler.Source) (string, error) {
	list := make([]entry, len(sources))
	for i, s := range sources {
		list[i] = entryOf(s)
	}
	data, err := yaml.MarshalWithOptions(list, yaml.Indent(2), yaml.IndentSequence(true))
	if err != nil {
		return "", err
	}
	return string(data), nil
}

// file is the form of sources.yaml.
type file struct {
	Sources []crawler.Source `yaml:"sources"`
}

// Append adds sources to a file, which is made when there is none. What stands in it stays as it is. The new whole is read
// back and checked before it takes the old one's place, so that a mistake changes nothing.
func Append(path string, sources []crawler.Source) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(old) == 0 {
		old = []byte("# The outlets that are watched.\nsources:\n")
	}
	added, err := Entries(sources)
	if err != nil {
		return err
	}
	whole := append([]byte(strings.TrimRight(string(old), "\n")+"\n"), added...)
	var read file
	doc := settings.Read(path, whole, &read, nil)
	if err := doc.Err(); err != nil {
		return fmt.Errorf("%s was left as it is: %w", path, err)
	}
	cfg := crawler.DefaultConfig()
	cfg.Sources = read.Sources
	if err := cfg.Validate(); err != nil {
		return fmt.Errorf("%s was left as it is: %w", path, err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".sources-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(whole)
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// stamp is the date of an exported list.
func stamp(now time.Time) string { return now.UTC().Format(time.RFC1123Z) }
