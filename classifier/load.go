package classifier

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"haidang/classifier/telling"
	"haidang/internal/settings"
)

// claimFile is one file under claims/, or claims/lists.yaml.
type claimFile struct {
	Field  string               `yaml:"field"`
	Claims []Claim              `yaml:"claims"`
	Lists  map[string]Bilingual `yaml:"lists"`
}

// builder collects a classifier and everything that is wrong with its rules.
type builder struct {
	c     *Classifier
	files map[string][]byte
	errs  []error
	lists map[string]Bilingual
	rules [2][]queryRule
}

// fail notes a problem at the line where the entry with this id begins.
func (b *builder) fail(file, id string, err error) {
	b.errs = append(b.errs, fmt.Errorf("%s:%d: %w", file, lineOf(b.files[file], id), err))
}

// lineOf returns the line of "id: <id>", or 1.
func lineOf(data []byte, id string) int {
	at := regexp.MustCompile(`(?m)\bid:\s*` + regexp.QuoteMeta(id) + `\b`).FindIndex(data)
	if id == "" || at == nil {
		return 1
	}
	return 1 + strings.Count(string(data[:at[0]]), "\n")
}

func (b *builder) read(fsys fs.FS, name string, v any) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		b.errs = append(b.errs, fmt.Errorf("read rules: %w", err))
		return
	}
	b.files[name] = data
	if err := settings.Decode(name, data, v); err != nil {
		b.errs = append(b.errs, err)
	}
}

// readTelling reads how rumours are told; rules without that file do without its points.
func (b *builder) readTelling(fsys fs.FS) {
	const name = "telling.txt"
	b.c.telling = &telling.Model{}
	data, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		b.files[name] = data
		b.c.telling, err = telling.Parse(data)
	}
	if err != nil {
		b.add(name, []error{err})
	}
}

// readAll reads every file and checks what can be checked without matching.
func (b *builder) readAll(fsys fs.FS) {
	var cues cueFile
	var topics topicFile
	var places placeFile
	b.read(fsys, "cues.yaml", &cues)
	b.read(fsys, "topics.yaml", &topics)
	b.read(fsys, "places.yaml", &places)
	b.readTelling(fsys)
	var errs []error
	b.c.cues, errs = compileCues(cues)
	b.add("cues.yaml", errs)
	b.c.places, errs = compilePlaces(places)
	b.add("places.yaml", errs)

	names, err := fs.Glob(fsys, "claims/*.yaml")
	if err != nil || len(names) == 0 {
		b.errs = append(b.errs, errors.New("claims/: there is no .yaml file in it"))
	}
	files := make([]claimFile, len(names))
	for i, name := range names {
		b.read(fsys, name, &files[i])
		maps.Copy(b.lists, files[i].Lists)
	}
	for i, name := range names {
		b.addClaims(name, files[i])
	}
	slices.SortFunc(b.c.claims, func(a, b Claim) int { return cmp.Compare(a.ID, b.ID) })
	b.c.version = version(b.c.cfg, b.files)
	b.compileClaims()
	b.addTopics(topics)
}

func (b *builder) add(file string, errs []error) {
	for _, err := range errs {
		b.errs = append(b.errs, fmt.Errorf("%s: %w", file, err))
	}
}

func (b *builder) addClaims(name string, file claimFile) {
	if len(file.Claims) == 0 {
		return
	}
	if !slices.Contains(fields, file.Field) {
		b.fail(name, "", fmt.Errorf("field: %q is not known; write one of %s", file.Field, strings.Join(fields, ", ")))
	}
	for _, claim := range file.Claims {
		claim.Field, claim.File = file.Field, name
		for _, err := range claim.problems() {
			b.fail(name, claim.ID, fmt.Errorf("claim %s: %w", claim.ID, err))
		}
		if slices.ContainsFunc(b.c.claims, func(c Claim) bool { return c.ID == claim.ID }) {
			b.fail(name, claim.ID, fmt.Errorf("claim %s: the id stands twice", claim.ID))
			continue
		}
		b.c.claims = append(b.c.claims, claim)
	}
}

// version is a hash over everything that a verdict depends on.
func version(cfg Config, files map[string][]byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%+v\n", cfg)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(h, "%s %d\n", path.Clean(name), len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// ReadClaims reads one file of claims by itself: its form is checked, its queries and examples are not.
func ReadClaims(name string, data []byte) ([]Claim, error) {
	var file claimFile
	err := settings.Decode(name, data, &file)
	return file.Claims, err
}
