// Package users holds who can sign in to the pages: passwords and sessions, in SQL, for every process that serves them.
//
// Make one with [New]. A password is kept as bcrypt only, a session as the hash of its token only: a stolen copy of the
// database signs nobody in. After five wrong passwords in a row each further attempt has to wait, up to a quarter of an
// hour; at most two passwords are looked at at once, so that guessing cannot take the machine.
//
// Limits: no second factor and no mail for a forgotten password: whoever runs the machine sets a new one.
package users

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"haidang/internal/store"
)

// Bounds of passwords: bcrypt reads no more than 72 bytes.
const (
	MinPassword = 10 // letters
	MaxPassword = 72 // bytes
)

// How long a session lasts: half a day without a visit, a week at most.
const (
	idle    = 12 * time.Hour
	longest = 7 * 24 * time.Hour
)

// Wrong passwords: so many are free, then the waits double from one second up to the longest.
const (
	freeAttempts = 5
	longestWait  = 15 * time.Minute
)

// lookers bounds the passwords that are looked at at once.
const lookers = 2

// The errors of signing in.
var (
	ErrWrong     = errors.New("the name or the password is wrong")
	ErrNoSession = errors.New("not signed in")
)

// WaitError says that an attempt came too soon after wrong ones.
type WaitError struct{ Until time.Time }

// Error implements error.
func (e *WaitError) Error() string {
	return "too many wrong passwords: try again at " + e.Until.Format(time.TimeOnly)
}

// Users signs people in and out. It is safe for concurrent use.
type Users struct {
	db      *store.DB
	now     func() time.Time
	cost    int
	looking chan struct{}
	nobody  func() ([]byte, error) // a hash that no password has, so that unknown names take as long as known ones
}

// Cost is the bcrypt cost of passwords in use: about a quarter of a second for each look at one.
const Cost = 12

// New returns the users of a database. now is time.Now where it is nil; cost is [Cost], or less for passwords that protect
// nothing, in tests.
func New(db *store.DB, now func() time.Time, cost int) (*Users, error) {
	if cost < bcrypt.MinCost || cost > bcrypt.MaxCost {
		return nil, fmt.Errorf("users: cost %d is not between %d and %d", cost, bcrypt.MinCost, bcrypt.MaxCost)
	}
	if now == nil {
		now = time.Now
	}
	nobody := sync.OnceValues(func() ([]byte, error) { return bcrypt.GenerateFromPassword([]byte(rand.Text()), cost) })
	return &Users{db: db, now: now, cost: cost, looking: make(chan struct{}, lookers), nobody: nobody}, nil
}

// CheckPassword says what is wrong with a new password.
func CheckPassword(password string) error {
	switch {
	case !utf8.ValidString(password):
		return errors.New("the password is not UTF-8")
	case utf8.RuneCountInString(password) < MinPassword:
		return fmt.Errorf("the password has %d letters; at least %d are needed", utf8.RuneCountInString(password), MinPassword)
	case len(password) > MaxPassword:
		return fmt.Errorf("the password has %d bytes; at most %d fit", len(password), MaxPassword)
	}
	return nil
}

// SetPassword gives somebody a new password and ends all of their sessions.
func (u *Users) SetPassword(ctx context.Context, id, password string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), u.cost)
	if err != nil {
		return fmt.Errorf("password of %s: %w", id, err)
	}
	err = u.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO users (id, hash, failures, wait_until, changed_at) VALUES (?, ?, 0, 0, ?)
			ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, failures = 0, wait_until = 0, changed_at = excluded.changed_at`,
			id, string(hash), u.now().UnixMilli())
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM sessions WHERE user_id = ?`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("password of %s: %w", id, err)
	}
	return nil
}

// Remove takes somebody's password and sessions away. It reports whether there was one.
func (u *Users) Remove(ctx context.Context, id string) (bool, error) {
	var removed bool
	err := u.db.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE user_id = ?`, id); err != nil {
			return err
		}
		res, err := tx.Exec(ctx, `DELETE FROM users WHERE id = ?`, id)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		removed = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("remove %s: %w", id, err)
	}
	return removed, nil
}

// User is somebody who has a password.
type User struct {
	ID      string
	Changed time.Time // when the password was set
	SeenAt  time.Time // of the newest session; zero without one
}

// List lists everybody who has a password, by ID.
func (u *Users) List(ctx context.Context) ([]User, error) {
	rows, err := u.db.Query(ctx, `SELECT u.id, u.changed_at, COALESCE(MAX(s.seen_at), 0) FROM users u LEFT JOIN sessions s ON s.user_id = u.id
		GROUP BY u.id, u.changed_at ORDER BY u.id`)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	var out []User
	for rows.Next() {
		var v User
		var changed, seen int64
		if err := rows.Scan(&v.ID, &changed, &seen); err != nil {
			return nil, fmt.Errorf("list users: %w", err)
		}
		v.Changed = time.UnixMilli(changed)
		if seen > 0 {
			v.SeenAt = time.UnixMilli(seen)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// SignIn opens a session and returns the token for its cookie. The error is [ErrWrong], a [*WaitError], or the
// database's.
func (u *Users) SignIn(ctx context.Context, id, password string) (token string, err error) {
	select {
	case u.looking <- struct{}{}:
		defer func() { <-u.looking }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	var hash string
	var failures, wait int64
	err = u.db.QueryRow(ctx, `SELECT hash, failures, wait_until FROM users WHERE id = ?`, id).Scan(&hash, &failures, &wait)
	if errors.Is(err, sql.ErrNoRows) {
		nobody, err := u.nobody()
		if err != nil {
			return "", fmt.Errorf("sign in: %w", err)
		}
		_ = bcrypt.CompareHashAndPassword(nobody, []byte(password)) // always wrong: only for its time
		return "", ErrWrong
	}
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	now := u.now()
	if until := time.UnixMilli(wait); now.Before(until) {
		return "", &WaitError{until}
	}
	if len(password) > MaxPassword || bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) != nil {
		return "", errors.Join(ErrWrong, u.failed(ctx, id, int(failures)+1))
	}
	return u.open(ctx, id)
}

// failed notes a wrong password and from when on the next one is looked at.
func (u *Users) failed(ctx context.Context, id string, failures int) error {
	var wait time.Duration
	if over := failures - freeAttempts; over >= 0 {
		wait = min(longestWait, time.Second<<min(over, 20))
	}
	_, err := u.db.Exec(ctx, `UPDATE users SET failures = failures + 1, wait_until = ? WHERE id = ?`, u.now().Add(wait).UnixMilli(), id)
	if err != nil {
		return fmt.Errorf("note a wrong password: %w", err)
	}
	return nil
}

func (u *Users) open(ctx context.Context, id string) (string, error) {
	token, now := rand.Text()+rand.Text(), u.now()
	err := u.db.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE ends_at <= ? OR seen_at <= ?`, now.UnixMilli(), now.Add(-idle).UnixMilli()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE users SET failures = 0, wait_until = 0 WHERE id = ?`, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO sessions (token, user_id, created_at, seen_at, ends_at) VALUES (?, ?, ?, ?, ?)`,
			digest(token), id, now.UnixMilli(), now.UnixMilli(), now.Add(longest).UnixMilli())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("open a session: %w", err)
	}
	return token, nil
}

// Whose returns who holds a token, or [ErrNoSession].
func (u *Users) Whose(ctx context.Context, token string) (string, error) {
	if token == "" {
		return "", ErrNoSession
	}
	var id string
	var seen, ends int64
	err := u.db.QueryRow(ctx, `SELECT user_id, seen_at, ends_at FROM sessions WHERE token = ?`, digest(token)).Scan(&id, &seen, &ends)
	now := u.now()
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", ErrNoSession
	case err != nil:
		return "", fmt.Errorf("look up a session: %w", err)
	case !now.Before(time.UnixMilli(ends)) || !now.Before(time.UnixMilli(seen).Add(idle)):
		return "", ErrNoSession
	}
	if now.Sub(time.UnixMilli(seen)) > time.Minute { // not a write for each page
		if _, err := u.db.Exec(ctx, `UPDATE sessions SET seen_at = ? WHERE token = ?`, now.UnixMilli(), digest(token)); err != nil {
			return "", fmt.Errorf("keep a session: %w", err)
		}
	}
	return id, nil
}

// SignOut ends a session.
func (u *Users) SignOut(ctx context.Context, token string) error {
	if _, err := u.db.Exec(ctx, `DELETE FROM sessions WHERE token = ?`, digest(token)); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// digest is the stored form of a token.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
