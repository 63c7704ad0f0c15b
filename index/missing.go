package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2/util"
	"go.etcd.io/bbolt"
)

// missingSegments names the segments that the index of a shard is made of and whose files are gone, beside the process that
// holds it. What it is made of stands in a bbolt file that this process locks, so a copy is read: bbolt writes pages anew, and
// what a write has torn, or a merge has cleared away meanwhile, is as it should be in another copy.
func missingSegments(dir string) []badFile {
	folder := indexFolder(dir)
	store := filepath.Join(folder, "store")
	missing, err := absent(filepath.Join(dir, store))
	for try := 0; try < rootTries && (err != nil || len(missing) > 0); try++ {
		if _, none := os.Stat(filepath.Join(dir, folder)); none != nil || indexFolder(dir) != folder {
			return nil // dropped, merged, or made again meanwhile, or not made yet
		}
		time.Sleep(rootPause)
		missing, err = absent(filepath.Join(dir, store))
	}
	if err != nil {
		return []badFile{{filepath.Join(store, "root.bolt"), err.Error()}}
	}
	var bad []badFile
	for _, name := range missing {
		bad = append(bad, badFile{filepath.Join(store, name), "the file is missing"})
	}
	return bad
}

// How often what seems wrong is looked at again, and after how long.
const (
	rootTries = 10
	rootPause = 20 * time.Millisecond
)

// indexFolder is the folder of a shard's present index.
func indexFolder(dir string) string {
	var v shardVersion
	raw, err := os.ReadFile(filepath.Join(dir, "VERSION"))
	if err != nil || json.Unmarshal(raw, &v) != nil || !plainFolder(v.Index) {
		return firstFolder
	}
	return v.Index
}

// absent lists segments of the last state of an index that have no file.
func absent(store string) ([]string, error) {
	segments, err := segmentsOf(filepath.Join(store, "root.bolt"))
	return slices.DeleteFunc(segments, func(name string) bool {
		_, err := os.Stat(filepath.Join(store, filepath.Base(name)))
		return !errors.Is(err, os.ErrNotExist)
	}), err
}

// segmentsOf reads which files the last state of an index is made of.
func segmentsOf(root string) (names []string, err error) {
	defer faultsPanic()()
	defer func() {
		if p := recover(); p != nil { // bbolt checks little of what it reads
			err = fmt.Errorf("cannot be read: %v", p)
		}
	}()
	temp, err := os.MkdirTemp("", "haidang-verify-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	copied := filepath.Join(temp, "root.bolt")
	if err := copyFile(root, copied); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(copied, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(func(tx *bbolt.Tx) error {
		states := tx.Bucket(util.BoltSnapshotsBucket)
		if states == nil {
			return nil // nothing was written yet
		}
		last, _ := states.Cursor().Last()
		if last == nil {
			return nil
		}
		state := states.Bucket(last)
		return state.ForEachBucket(func(name []byte) error {
			if path := state.Bucket(name).Get(util.BoltPathKey); path != nil {
				names = append(names, string(path))
			}
			return nil
		})
	})
	return names, err
}
