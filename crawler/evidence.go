package crawler

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// Evidence is a page of a flagged article as its outlet served it.
type Evidence struct {
	SHA256    string    // hexadecimal, of the page's bytes
	FetchedAt time.Time // the first time that it was served so
	URL       string    // that answered, after redirects
	Bytes     int64
}

// maxEvidence bounds how many different pages of one article are kept: some put the time into each.
const maxEvidence = 8

// ErrNoEvidence is returned for a page that was not kept.
var ErrNoEvidence = errors.New("no such evidence")

// keep stores a page as evidence, once for each of its wordings.
func (c *Crawler) keep(ctx context.Context, articleID string, res Response) error {
	sum := sha256.Sum256(res.Body)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(res.Body); err != nil {
		return stateError("pack the evidence", err)
	}
	if err := z.Close(); err != nil {
		return stateError("pack the evidence", err)
	}
	_, err := c.state.db.Exec(ctx, `INSERT INTO crawl_evidence (article_id, sha256, fetched_at, url, bytes, body)
SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT COUNT(*) FROM crawl_evidence WHERE article_id = ?) < ? ON CONFLICT DO NOTHING`,
		articleID, hex.EncodeToString(sum[:]), millis(c.deps.Now()), cut(res.URL, 2048), len(res.Body), base64.StdEncoding.EncodeToString(packed.Bytes()), articleID, maxEvidence)
	return stateError("keep the evidence", err)
}

// Evidence lists the kept pages of an article, oldest first.
func (c *Crawler) Evidence(ctx context.Context, articleID string) ([]Evidence, error) {
	rows, err := c.state.db.Query(ctx, "SELECT sha256, fetched_at, url, bytes FROM crawl_evidence WHERE article_id = ? ORDER BY fetched_at, sha256", articleID)
	if err != nil {
		return nil, stateError("list the evidence", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var out []Evidence
	for rows.Next() {
		var e Evidence
		var at int64
		if err := rows.Scan(&e.SHA256, &at, &e.URL, &e.Bytes); err != nil {
			return nil, stateError("list the evidence", err)
		}
		e.FetchedAt = fromMillis(at)
		out = append(out, e)
	}
	return out, stateError("list the evidence", rows.Err())
}

// EvidencePage returns a kept page, and an error where its bytes are not those that were kept.
func (c *Crawler) EvidencePage(ctx context.Context, articleID, sum string) ([]byte, error) {
	var body string
	err := c.state.db.QueryRow(ctx, "SELECT body FROM crawl_evidence WHERE article_id = ? AND sha256 = ?", articleID, sum).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoEvidence
	}
	if err != nil {
		return nil, stateError("read the evidence", err)
	}
	packed, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, stateError("read the evidence", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, stateError("read the evidence", err)
	}
	page, err := io.ReadAll(io.LimitReader(z, int64(c.cfg.MaxPageBytes)+1))
	if err != nil {
		return nil, stateError("read the evidence", err)
	}
	if have := sha256.Sum256(page); hex.EncodeToString(have[:]) != sum {
		return nil, stateError("read the evidence", fmt.Errorf("the page of %s is not what was kept", articleID))
	}
	return page, nil
}
