package index

import (
	"fmt"

	"github.com/klauspost/compress/zstd"

	"haidang/internal/article"
)

// maxArticleBytes bounds what a compressed article may grow to when it is read. The bus carries a message of 1 MiB.
const maxArticleBytes = 64 << 20

// codec turns articles into compressed bytes and back. It is safe for concurrent use.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (*codec, error) {
	// Articles are a few kilobytes: a large window would only cost memory.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(128<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("make article encoder: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(4), zstd.WithDecoderMaxMemory(maxArticleBytes))
	if err != nil {
		return nil, fmt.Errorf("make article decoder: %w", err)
	}
	return &codec{enc: enc, dec: dec}, nil
}

func (c *codec) encode(a *article.Article) ([]byte, error) {
	plain, err := article.Encode(a)
	if err != nil {
		return nil, err
	}
	return c.enc.EncodeAll(plain, make([]byte, 0, len(plain)/2)), nil
}

func (c *codec) decode(body []byte) (article.Article, error) {
	plain, err := c.dec.DecodeAll(body, nil)
	if err != nil {
		return article.Article{}, fmt.Errorf("decompress article: %w", err)
	}
	return article.Decode(plain)
}

func (c *codec) close() {
	_ = c.enc.Close()
	c.dec.Close()
}
