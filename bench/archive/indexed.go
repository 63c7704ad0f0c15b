package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// indexed is what a run leaves in its folder, so that another can ask without indexing again.
type indexed struct {
	Documents int
	Sides     map[string]indexing
}

func indexedPath(o options) string { return filepath.Join(o.dir, "indexed.json") }

func writeIndexed(o options, st *stage) error {
	done := indexed{st.documents, map[string]indexing{}}
	for name, r := range st.sides {
		done.Sides[name] = r.indexing
	}
	raw, err := json.Marshal(done)
	if err != nil {
		return err
	}
	return os.WriteFile(indexedPath(o), raw, 0o644)
}

func readIndexed(o options, st *stage) error {
	raw, err := os.ReadFile(indexedPath(o))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no documents of a run before: leave -ask out", o.dir)
	}
	if err != nil {
		return err
	}
	var done indexed
	if err := json.Unmarshal(raw, &done); err != nil {
		return fmt.Errorf("%s: %w", indexedPath(o), err)
	}
	if done.Documents != st.documents {
		return fmt.Errorf("%s holds %d documents: write -documents %d", o.dir, done.Documents, done.Documents)
	}
	for name, r := range st.sides {
		r.indexing = done.Sides[name]
	}
	return nil
}
