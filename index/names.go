package index

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
)

// numbers are those of the shards that a folder holds: those of the first and the last where several were merged into it.
type numbers struct{ first, last int }

// shardName names shards so that they sort by the time they were begun: 000007-20260301.
func shardName(number int, begun time.Time) string {
	return fmt.Sprintf("%06d-%s", number, begun.UTC().Format("20060102"))
}

// mergedName names the shard into which neighbours are merged, by the numbers of the first and the last and by when the first
// was begun: 000004-000007-20260228.
func mergedName(first, last string) string {
	return fmt.Sprintf("%06d-%06d-%s", numbersOf(first).first, numbersOf(last).last, first[strings.LastIndexByte(first, '-')+1:])
}

// numbersOf reads the numbers of a shard's name. They are zero where a person named it.
func numbersOf(name string) numbers {
	var n numbers
	var date string
	if _, err := fmt.Sscanf(name, "%06d-%06d-%8s", &n.first, &n.last, &date); err == nil && len(date) == 8 {
		return n
	}
	if _, err := fmt.Sscanf(name, "%06d-%8s", &n.first, &date); err == nil && len(date) == 8 {
		return numbers{n.first, n.first}
	}
	return numbers{}
}

// covers reports whether one shard holds another: shards are merged only where no number between them is missing.
func (n numbers) covers(o numbers) bool {
	return n != o && n.first > 0 && n.first <= o.first && o.last <= n.last
}

// coveredBy reports whether a shard lies in one of others.
func coveredBy(others []string, name string) bool {
	return slices.ContainsFunc(others, func(other string) bool { return numbersOf(other).covers(numbersOf(name)) })
}

// compareNames puts the oldest shard first, and a merged one before those that lie in it.
func compareNames(a, b string) int {
	m, n := numbersOf(a), numbersOf(b)
	for _, n := range []*numbers{&m, &n} {
		if n.first == 0 {
			n.first = math.MaxInt
		}
	}
	return cmp.Or(cmp.Compare(m.first, n.first), cmp.Compare(n.last, m.last), cmp.Compare(a, b))
}

// shardFolders lists the shards of an archive, oldest first, without those that were merged and are not cleared away yet.
func shardFolders(dir string) ([]string, error) {
	names, err := listFolders(dir)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(names)
	return slices.DeleteFunc(names, func(name string) bool { return coveredBy(all, name) }), nil
}

// listFolders lists what is in the folder of the shards, or of those set aside.
func listFolders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list shards: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, compareNames)
	return names, nil
}
