package users

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"haidang/internal/store"
	"haidang/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type house struct {
	*Users
	db  *store.DB
	now time.Time
}

func newHouse(t *testing.T) *house {
	h := &house{db: storetest.Open(t, t.TempDir()), now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	var err error
	if h.Users, err = New(h.db, func() time.Time { return h.now }, bcrypt.MinCost); err != nil {
		t.Fatal(err)
	}
	if err := h.SetPassword(t.Context(), "lan", "đèn biển sáng"); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t)
	for _, try := range [][2]string{{"lan", "đèn biển tắt"}, {"ai", "đèn biển sáng"}, {"lan", ""}, {"lan", strings.Repeat("a", 100)}} {
		if _, err := h.SignIn(t.Context(), try[0], try[1]); !errors.Is(err, ErrWrong) {
			t.Errorf("SignIn(%q, %q) = %v, want ErrWrong", try[0], try[1], err)
		}
	}
	token, err := h.SignIn(t.Context(), "lan", "đèn biển sáng")
	if err != nil {
		t.Fatal(err)
	}
	if id, err := h.Whose(t.Context(), token); err != nil || id != "lan" {
		t.Errorf("Whose = %q, %v; want lan", id, err)
	}
	var stored string
	if err := h.db.QueryRow(t.Context(), `SELECT token || ' ' || (SELECT hash FROM users) FROM sessions`).Scan(&stored); err != nil || strings.Contains(stored, token) || strings.Contains(stored, "đèn") {
		t.Errorf("the database holds a secret as it is: %q (%v)", stored, err)
	}
	if err := h.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{token, "", "made up"} {
		if _, err := h.Whose(t.Context(), token); !errors.Is(err, ErrNoSession) {
			t.Errorf("Whose(%q) = %v, want ErrNoSession", token, err)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	h := newHouse(t)
	token, err := h.SignIn(t.Context(), "lan", "đèn biển sáng")
	if err != nil {
		t.Fatal(err)
	}
	for range 15 { // visited every eleven hours it lives for a week
		h.now = h.now.Add(11 * time.Hour)
		if _, err := h.Whose(t.Context(), token); err != nil {
			t.Fatalf("after %s: %v", h.now, err)
		}
	}
	h.now = h.now.Add(4 * time.Hour)
	if _, err := h.Whose(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("after a week: %v, want ErrNoSession", err)
	}
	if token, err = h.SignIn(t.Context(), "lan", "đèn biển sáng"); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(idle)
	if _, err := h.Whose(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("after half a day without a visit: %v, want ErrNoSession", err)
	}
	if token, err = h.SignIn(t.Context(), "lan", "đèn biển sáng"); err != nil {
		t.Fatal(err)
	}
	var sessions int
	if err := h.db.QueryRow(t.Context(), `SELECT COUNT(*) FROM sessions`).Scan(&sessions); err != nil || sessions != 1 {
		t.Errorf("%d sessions are kept (%v), want the living one only", sessions, err)
	}
	if err := h.SetPassword(t.Context(), "lan", "mật khẩu mới"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Whose(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("after a new password: %v, want ErrNoSession", err)
	}
	if removed, err := h.Remove(t.Context(), "lan"); err != nil || !removed {
		t.Errorf("Remove = %v, %v", removed, err)
	}
	if removed, err := h.Remove(t.Context(), "lan"); err != nil || removed {
		t.Errorf("Remove again = %v, %v", removed, err)
	}
}

func TestGuessingHasToWait(t *testing.T) {
	h := newHouse(t)
	var wait *WaitError
	tried := 0
	for range 200 { // a guess each second
		if _, err := h.SignIn(t.Context(), "lan", "guess guess"); errors.Is(err, ErrWrong) {
			tried++
		} else if !errors.As(err, &wait) {
			t.Fatal(err)
		}
		h.now = h.now.Add(time.Second)
	}
	if tried > 13 {
		t.Errorf("%d of 200 guesses were looked at, want at most 13", tried)
	}
	if _, err := h.SignIn(t.Context(), "lan", "đèn biển sáng"); !errors.As(err, &wait) {
		t.Errorf("the right password while waiting = %v, want a wait", err)
	}
	h.now = wait.Until
	if _, err := h.SignIn(t.Context(), "lan", "đèn biển sáng"); err != nil {
		t.Errorf("the right password after the wait = %v", err)
	}
}

func TestPasswordsThatCannotBe(t *testing.T) {
	h := newHouse(t)
	for _, password := range []string{"", "ngắn quá", "\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff", strings.Repeat("dài ", 40)} {
		if err := h.SetPassword(t.Context(), "lan", password); err == nil || strings.Contains(err.Error(), "dài d") {
			t.Errorf("SetPassword(%q) = %v, want a refusal that does not show it", password, err)
		}
	}
	list, err := h.List(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != "lan" || !list[0].SeenAt.IsZero() {
		t.Errorf("List = %+v, %v", list, err)
	}
}
