package digest

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// WriteFiles builds a mail and writes it to a folder as .eml, .html and .txt. Nothing is sent or noted. It returns
// the names of the files.
func (d *Digest) WriteFiles(ctx context.Context, date Date, list List, dir string) ([]string, error) {
	e, err := d.Build(ctx, date, list)
	if err != nil {
		return nil, err
	}
	var message strings.Builder
	if err := d.writeMessage(&message, e); err != nil {
		return nil, fmt.Errorf("write the digest of %s: %w", date, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("write the digest of %s: %w", date, err)
	}
	var out []string
	for _, f := range []struct{ extension, content string }{{".eml", message.String()}, {".html", e.Standalone()}, {".txt", e.Text}} {
		name := filepath.Join(dir, "digest-"+string(date)+"-"+list.Name+f.extension)
		if err := os.WriteFile(name, []byte(f.content), 0o644); err != nil {
			return out, fmt.Errorf("write the digest of %s: %w", date, err)
		}
		out = append(out, name)
	}
	return out, nil
}

// Standalone is the HTML with its chart inside, for a browser.
func (e Edition) Standalone() string {
	picture := "data:image/png;base64," + base64.StdEncoding.EncodeToString(e.Chart)
	return strings.ReplaceAll(e.HTML, `src="cid:`+chartID+`"`, `src="`+picture+`"`)
}
