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
type indexed map[string]indexing // by side

func (st *stage) indexedPath() string { return filepath.Join(st.dir, "indexed.json") }

func (st *stage) writeIndexed() error {
	done := indexed{}
	for name, r := range st.sides {
		done[name] = r.indexing
	}
	raw, err := json.Marshal(done)
	if err != nil {
		return err
	}
	return os.WriteFile(st.indexedPath(), raw, 0o644)
}

func (st *stage) readIndexed() error {
	raw, err := os.ReadFile(st.indexedPath())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no documents of a run before: leave out -only ask, or write the same -documents and -early", st.dir)
	}
	if err != nil {
		return err
	}
	var done indexed
	if err := json.Unmarshal(raw, &done); err != nil {
		return fmt.Errorf("%s: %w", st.indexedPath(), err)
	}
	for name, r := range st.sides {
		r.indexing = done[name]
	}
	return nil
}
