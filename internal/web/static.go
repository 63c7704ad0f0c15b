package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// assets are the style sheet, the script and the icon under names that hold a hash of what is in them: they may be kept
// for ever, and an upgrade is seen at once.
type assets struct {
	hashed map[string]string // "haidang.css" -> "haidang.1a2b3c4d.css"
	files  map[string][]byte // by hashed name
	build  string            // a hash over all of them
}

func loadAssets(fsys fs.FS) (*assets, error) {
	a := &assets{hashed: map[string]string{}, files: map[string][]byte{}}
	names, err := fs.Glob(fsys, "*")
	if err != nil {
		return nil, fmt.Errorf("list assets: %w", err)
	}
	all := sha256.New()
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read asset: %w", err)
		}
		sum := sha256.Sum256(data)
		all.Write(sum[:])
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
		a.hashed[name], a.files[hashed] = hashed, data
	}
	a.build = hex.EncodeToString(all.Sum(nil)[:4])
	return a, nil
}

// address is where a page finds an asset. A name that does not exist is a mistake in a template, which a test finds.
func (a *assets) address(name string) string { return "/static/" + a.hashed[name] }

func (s *Server) static(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	data, ok := s.assets.files[name]
	if !ok {
		return errNotFound
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(data) // the visitor may have gone
	return nil
}
