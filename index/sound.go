package index

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"haidang/internal/article"
)

// Finding is one thing that is wrong with the files of an archive.
type Finding struct {
	Shard string
	File  string // within the shard's folder
	What  string
	// Lost reports whether articles cannot be read; otherwise only an index is damaged, which is made again from them.
	Lost bool
}

// String says what is wrong, where, and what to do.
func (f Finding) String() string {
	todo := "haidang reindex makes it again from the articles beside it"
	if f.Lost {
		todo = "put the shard back from a backup: haidang restore --shard " + f.Shard
	}
	return fmt.Sprintf("shard %s, %s: %s; %s", f.Shard, f.File, f.What, todo)
}

// Verified is what [Verify] looked at.
type Verified struct {
	Shards   int
	Articles int
	Bytes    int64
	Findings []Finding
}

// Verify reads every byte of an archive's shards and compares: each article with the hash that it was stored under, each
// segment of each index with its checksum, which bleve itself never looks at, and each sealed shard with its manifest. It names
// the segments of an index that are missing.
// It takes no lock and changes nothing, so that it can run beside the process that holds the archive; what that process
// replaces meanwhile is left out. tell, when set, is called before each shard.
func Verify(ctx context.Context, dir string, tell func(shard string, n, of int)) (Verified, error) {
	v := verifying{dir: filepath.Join(dir, "shards"), tell: tell, seen: map[string]Verified{}}
	var err error
	if v.codec, err = newCodec(); err != nil {
		return Verified{}, err
	}
	defer v.codec.close()
	out, err := v.shards(ctx)
	if err != nil {
		return out, err
	}
	aside, err := findAside(filepath.Join(dir, "damaged"))
	for _, a := range aside {
		out.Findings = append(out.Findings, Finding{a.Name, "set aside", a.Why, true})
	}
	return out, err
}

// verifying is a verification on its way.
type verifying struct {
	dir   string
	codec *codec
	tell  func(shard string, n, of int)
	seen  map[string]Verified
}

// shards looks at every shard, again for those that are begun or merged meanwhile, and adds up those that are there at the end.
func (v *verifying) shards(ctx context.Context) (out Verified, err error) {
	for {
		names, err := shardFolders(v.dir)
		if err != nil {
			return out, err
		}
		looked, err := v.some(ctx, names)
		if err != nil {
			return out, err
		}
		if looked {
			continue
		}
		for _, name := range names {
			s := v.seen[name]
			out.Shards++
			out.Articles += s.Articles
			out.Bytes += s.Bytes
			out.Findings = append(out.Findings, s.Findings...)
		}
		out.Findings = out.Findings[:min(len(out.Findings), maxFindings)]
		return out, nil
	}
}

// some looks at the shards that it has not seen yet, and reports whether there was any.
func (v *verifying) some(ctx context.Context, names []string) (looked bool, err error) {
	for i, name := range names {
		if _, ok := v.seen[name]; ok {
			continue
		}
		if v.tell != nil {
			v.tell(name, i+1, len(names))
		}
		looked = true
		s, dir := Verified{}, filepath.Join(v.dir, name)
		err := verifyShard(ctx, dir, v.codec, &s)
		if _, gone := os.Stat(dir); err != nil && !errors.Is(gone, os.ErrNotExist) { // dropped, or merged, meanwhile
			return looked, fmt.Errorf("verify shard %s: %w", name, err)
		}
		v.seen[name] = s
	}
	return looked, nil
}

func verifyShard(ctx context.Context, dir string, c *codec, out *Verified) error {
	name := filepath.Base(dir)
	if err := verifyArticles(ctx, dir, c, out); err != nil {
		if !broken(err) {
			return err
		}
		out.Findings = append(out.Findings, Finding{name, "articles.db", err.Error(), true})
	}
	bad, bytes, err := badSegments(ctx, dir)
	bad = append(bad, missingSegments(dir)...)
	out.Bytes += bytes
	for _, b := range bad {
		out.Findings = append(out.Findings, Finding{Shard: name, File: b.file, What: b.what})
	}
	if err != nil {
		return err
	}
	for _, b := range checkManifest(dir) {
		out.Findings = append(out.Findings, Finding{name, b.file, b.what, strings.HasPrefix(b.file, "articles.db")})
	}
	return nil
}

// verifyArticles reads every article and every replaced wording.
func verifyArticles(ctx context.Context, dir string, c *codec, out *Verified) error {
	path := filepath.Join(dir, "articles.db")
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the file is missing: %w", errBroken)
	}
	if err != nil {
		return err
	}
	out.Bytes += info.Size()
	f, err := readArticles(path, c)
	if err != nil {
		return err
	}
	defer func() { _ = f.close() }() // only read
	var sound string
	if err := f.db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&sound); err != nil {
		return err
	}
	if sound != "ok" {
		return fmt.Errorf("SQLite says %q: %w", strings.TrimSpace(sound), errBroken)
	}
	err = f.scan(ctx, `SELECT change, body FROM articles`, nil, func(_ int64, a article.Article) {
		out.Articles++
		stored := a.Revision
		if a.Revise(); stored != a.Revision && len(out.Findings) < maxFindings {
			out.Findings = append(out.Findings, Finding{filepath.Base(dir), "articles.db", fmt.Sprintf("article %q is not what was stored", a.ID), true})
		}
	})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", errBroken, err)
	}
	return err
}

// maxFindings bounds what is told of one archive: a disk that dies would fill the screen.
const maxFindings = 100

// badFile is one file that is not as it was written.
type badFile struct{ file, what string }

// badSegments compares each segment of a shard's index with the checksum at its end. A segment that is gone when it is
// opened was merged into another one meanwhile.
func badSegments(ctx context.Context, dir string) (bad []badFile, read int64, err error) {
	segments, err := filepath.Glob(filepath.Join(dir, "bleve*", "store", "*.zap"))
	if err != nil {
		return nil, 0, err
	}
	for _, path := range segments {
		if ctx.Err() != nil {
			return bad, read, ctx.Err()
		}
		n, what, err := badSegment(path)
		if what != "" && settled(ctx, path) { // it may have been read while it was written
			n, what, err = badSegment(path)
		}
		read += n
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			what = err.Error()
		}
		if what != "" {
			file, _ := filepath.Rel(dir, path) // both are absolute or both are not
			bad = append(bad, badFile{file, what})
		}
	}
	return bad, read, nil
}

// settled waits until nobody has written to a file for two seconds, and reports whether it had to.
func settled(ctx context.Context, path string) (waited bool) {
	const quiet = 2 * time.Second
	for ctx.Err() == nil {
		info, err := os.Stat(path)
		if err != nil || time.Since(info.ModTime()) > quiet {
			return waited
		}
		waited = true
		select {
		case <-ctx.Done():
		case <-time.After(quiet / 4):
		}
	}
	return waited
}

// badSegment reads one segment. The last four bytes of a zap file are the CRC-32 (IEEE) of everything before them.
func badSegment(path string) (int64, string, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, "", err
	}
	size := info.Size()
	if size < 4 {
		return size, fmt.Sprintf("has %d bytes only", size), nil
	}
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, bufio.NewReaderSize(io.LimitReader(f, size-4), 1<<20)); err != nil {
		return size, "", err
	}
	var end [4]byte
	if _, err := f.ReadAt(end[:], size-4); err != nil {
		return size, "", err
	}
	if want := binary.BigEndian.Uint32(end[:]); want != sum.Sum32() {
		return size, fmt.Sprintf("the checksum is %08x, its content's is %08x", want, sum.Sum32()), nil
	}
	return size, "", nil
}
