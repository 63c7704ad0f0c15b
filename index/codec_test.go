package index

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haidang/internal/article"
)

func TestCodecKeepsEveryByte(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	long := made(1, "Nước lũ <b>“dâng”</b>", strings.Repeat("Đê vỡ ở Bến Cảng.\n", 20_000))
	long.Lead, long.Verdict = "Tin ngắn", &article.Verdict{Topics: []string{"lũ"}, Claims: []article.ClaimMatch{{ID: "vỡ-đê"}}}
	for _, a := range []article.Article{long, made(2, "", ""), made(3, "Chỉ có tên bài", ""), made(4, "", "Chỉ có chữ")} {
		a.Schema = article.SchemaVersion
		body, err := c.encode(&a)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Errorf("article %s (-put +read):\n%s", a.ID, diff)
		}
	}
}

func TestCodecReadsLayout1(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	a := made(1, "Nước lũ", "Nước sông dâng.")
	a.Schema = article.SchemaVersion
	got, err := c.decode(c.enc.EncodeAll(mustJSON(t, &a), nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, got); diff != "" {
		t.Errorf("(-put +read):\n%s", diff)
	}
}

func mustJSON(t *testing.T, a *article.Article) []byte {
	t.Helper()
	plain, err := article.Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestCodecRefusesDamage(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for name, plain := range map[string]string{
		"nothing": "", "no lengths": "\x01", "an endless length": "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"longer than it is": "\x01\x05\x00\x7fabc", "no JSON": "\x01\x01\x00\x00a", "no ID": "\x01\x01\x00\x00a{}",
	} {
		if _, err := c.decode(c.enc.EncodeAll([]byte(plain), nil)); !errors.Is(err, article.ErrMalformed) {
			t.Errorf("%s: %v, want %v", name, err, article.ErrMalformed)
		}
	}
}

// TestOlderLayoutIsTakenOver opens a shard that says it is of layout 1: what is written from then on older programs cannot read.
func TestOlderLayoutIsTakenOver(t *testing.T) {
	cfg := testConfig(t)
	x := open(t, cfg)
	put(t, x, made(1, "Bản tin", "Nước sông dâng."))
	path := filepath.Join(x.shards[0].dir, "VERSION")
	if err := errors.Join(x.Close(), os.WriteFile(path, []byte(`{"layout":1,"words":1,"index":"bleve"}`), 0o644)); err != nil {
		t.Fatal(err)
	}
	x = open(t, cfg)
	if res := find(t, x, Request{Query: "dâng"}); res.Total != 1 {
		t.Errorf("%d hits, want 1", res.Total)
	}
	var v shardVersion
	raw, err := os.ReadFile(path)
	if err := errors.Join(err, json.Unmarshal(raw, &v)); err != nil || v.Layout != layoutVersion {
		t.Errorf("VERSION says %s, %v; want layout %d", raw, err, layoutVersion)
	}
}
