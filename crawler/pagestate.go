package crawler

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"haidang/internal/article"
)

// pageState is one row of crawl_pages: what became of a link, and when it is to be tried again.
type pageState struct {
	articleID, linkHash string
	outcome             string // outcomeOK or a Reason; "" while it is being tried
	finalID, finalURL   string // of the article as it was told; "" when it has not been
	revision            string
	attempts            int       // failed, of this link
	done                time.Time // last try; zero when nothing is known
	read                time.Time // when the text was last read; zero when it never was
	next                time.Time // of the next try; zero when there is none
	link                string    // to be published then
}

// settles reports whether a link asks for nothing more: it was done, its next try is arranged, or it is such a try that
// was published twice.
func (p pageState) settles(l Link) bool {
	waiting := !p.next.IsZero()
	switch {
	case p.done.IsZero(), p.outcome == string(ReasonOutside):
		return false
	case l.Retry > 0:
		return !waiting || p.linkHash != l.Hash || p.attempts != l.Retry
	case l.Edit && p.linkHash != l.Hash:
		return false
	}
	return waiting || p.outcome != ""
}

// begin is the state of a link that is about to be tried. A page that is edited after its row was forgotten may have
// been read: what cannot be known to be less than the full text is not replaced by less.
func (p pageState) begin(l Link, now time.Time) pageState {
	if l.Edit && p.done.IsZero() {
		p.read = now
	}
	if p.linkHash != l.Hash {
		p.attempts = 0
	}
	p.linkHash, p.outcome, p.next, p.link = l.Hash, "", time.Time{}, ""
	return p
}

// name gives an article that was told before the ID and address that it had then, and reports whether that changes it.
func (p pageState) name(doc *article.Article) bool {
	if p.finalID == "" || p.finalID == doc.ID {
		return false
	}
	doc.ID, doc.CanonicalURL = p.finalID, firstOf(p.finalURL, doc.CanonicalURL)
	return true
}

// page returns what became of a link's article; only the ID is set when nothing has yet.
func (s state) page(ctx context.Context, articleID string) (pageState, error) {
	p := pageState{articleID: articleID}
	var done, read, next int64
	err := s.db.QueryRow(ctx, "SELECT link_hash, outcome, final_id, final_url, revision, attempts, done_at, read_at, next_at FROM crawl_pages WHERE article_id = ?", articleID).
		Scan(&p.linkHash, &p.outcome, &p.finalID, &p.finalURL, &p.revision, &p.attempts, &done, &read, &next)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	p.done, p.read, p.next = fromMillis(done), fromMillis(read), fromMillis(next)
	return p, stateError("look up page", err)
}

// published reports whether an article has been published under this ID with this wording.
func (s state) published(ctx context.Context, finalID, revision string) (bool, error) {
	var n int
	err := s.db.QueryRow(ctx, "SELECT COUNT(*) FROM crawl_pages WHERE final_id = ? AND revision = ?", finalID, revision).Scan(&n)
	return n > 0, stateError("look up article", err)
}

// readInFull reports whether the text of an article was published, by whichever of its addresses.
func (s state) readInFull(ctx context.Context, finalID string) (bool, error) {
	var n int
	err := s.db.QueryRow(ctx, "SELECT COUNT(*) FROM crawl_pages WHERE final_id = ? AND read_at > 0", finalID).Scan(&n)
	return n > 0, stateError("look up article", err)
}

func (s state) savePage(ctx context.Context, p pageState, now time.Time) error {
	_, err := s.db.Exec(ctx, `INSERT INTO crawl_pages (article_id, link_hash, outcome, final_id, final_url, revision, attempts, done_at, read_at, next_at, link)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (article_id) DO UPDATE SET link_hash = excluded.link_hash, outcome = excluded.outcome, final_id = excluded.final_id,
final_url = excluded.final_url, revision = excluded.revision, attempts = excluded.attempts, done_at = excluded.done_at,
read_at = excluded.read_at, next_at = excluded.next_at, link = excluded.link`,
		p.articleID, p.linkHash, p.outcome, p.finalID, p.finalURL, p.revision, p.attempts, millis(now), millis(p.read), millis(p.next), p.link)
	return stateError("mark page", err)
}

// due returns pages whose next try has come, the longest waiting first.
func (s state) due(ctx context.Context, now time.Time, limit int) ([]pageState, error) {
	rows, err := s.db.Query(ctx, "SELECT article_id, attempts, next_at, link FROM crawl_pages WHERE next_at > 0 AND next_at <= ? ORDER BY next_at LIMIT ?", millis(now), limit)
	if err != nil {
		return nil, stateError("look up pages to try again", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var out []pageState
	for rows.Next() {
		var p pageState
		var next int64
		if err := rows.Scan(&p.articleID, &p.attempts, &next, &p.link); err != nil {
			return nil, stateError("look up pages to try again", err)
		}
		p.next = fromMillis(next)
		out = append(out, p)
	}
	return out, stateError("look up pages to try again", rows.Err())
}

// lease moves the next try of a page whose link has been published, unless something has happened to it meanwhile.
func (s state) lease(ctx context.Context, p pageState, until time.Time) error {
	_, err := s.db.Exec(ctx, "UPDATE crawl_pages SET next_at = ? WHERE article_id = ? AND attempts = ? AND next_at = ?",
		millis(until), p.articleID, p.attempts, millis(p.next))
	return stateError("move the next try", err)
}

// waiting counts the pages that will be tried again.
func (s state) waiting(ctx context.Context) (int, error) {
	var n int
	err := s.db.QueryRow(ctx, "SELECT COUNT(*) FROM crawl_pages WHERE next_at > 0").Scan(&n)
	return n, stateError("count pages to try again", err)
}
