package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// checkpoint remembers how far a file has been imported, so that an interrupted import goes on where it was. It is only
// an economy: importing the whole file again would change nothing.
type checkpoint struct {
	path     string
	File     string    `json:"file"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Lines    int       `json:"lines"` // sent and stored by the broker
}

// loadCheckpoint finds the checkpoint of a file. A file that has changed since begins at its first line, and standard
// input has no checkpoint.
func loadCheckpoint(dataDir, name string) (*checkpoint, error) {
	if name == "-" {
		return &checkpoint{}, nil
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(abs))
	fresh := checkpoint{
		path: filepath.Join(dataDir, "import", hex.EncodeToString(sum[:8])+".json"),
		File: abs, Size: info.Size(), Modified: info.ModTime().UTC(),
	}
	data, err := os.ReadFile(fresh.path)
	if errors.Is(err, fs.ErrNotExist) {
		return &fresh, nil
	}
	if err != nil {
		return nil, fmt.Errorf("import checkpoint: %w", err)
	}
	var saved checkpoint
	if json.Unmarshal(data, &saved) == nil && saved.File == fresh.File && saved.Size == fresh.Size && saved.Modified.Equal(fresh.Modified) {
		fresh.Lines = saved.Lines
	}
	return &fresh, nil
}

// save notes that the file is sent up to this line.
func (c *checkpoint) save(lines int) error {
	if c.path == "" {
		return nil
	}
	c.Lines = lines
	return saveMark(c.path, c)
}

// saveMark writes how far a command has come, whole or not at all.
func saveMark(path string, mark any) error {
	data, err := json.Marshal(mark)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := os.WriteFile(path+".tmp", data, 0o600); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return os.Rename(path+".tmp", path)
}

// remove forgets a file that is done.
func (c *checkpoint) remove() error {
	if c.path == "" {
		return nil
	}
	if err := os.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("import checkpoint: %w", err)
	}
	return nil
}
