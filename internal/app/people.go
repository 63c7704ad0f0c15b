package app

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/alerting"
	"haidang/internal/users"
)

// withState opens the state database beside a running process, or without one, and runs fn.
func withState(ctx context.Context, opts Options, fn func(*App) error) error {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	a := &App{opts: opts, log: opts.Logger, registry: prometheus.NewRegistry()}
	err := a.openStore(ctx)
	if err == nil {
		err = fn(a)
	}
	return errors.Join(err, a.Close())
}

// SetPassword gives a person of the desk a password; the name must stand in alerting.people.
func SetPassword(ctx context.Context, opts Options, id, password string) error {
	people := opts.Config.Alerting.People
	if !slices.ContainsFunc(people, func(p alerting.Person) bool { return p.ID == id }) {
		var names []string
		for _, p := range people {
			names = append(names, p.ID)
		}
		if len(names) == 0 {
			return errors.New("the configuration names nobody: add people under alerting.people first")
		}
		return fmt.Errorf("nobody is called %q: alerting.people has %s", id, strings.Join(names, ", "))
	}
	if err := users.CheckPassword(password); err != nil {
		return err
	}
	return withState(ctx, opts, func(a *App) error {
		u, err := users.New(a.db, opts.Now, users.Cost)
		if err != nil {
			return err
		}
		return u.SetPassword(ctx, id, password)
	})
}

// RemovePassword takes somebody's password and sessions away. It reports whether there was one.
func RemovePassword(ctx context.Context, opts Options, id string) (removed bool, err error) {
	err = withState(ctx, opts, func(a *App) error {
		u, err := users.New(a.db, opts.Now, users.Cost)
		if err == nil {
			removed, err = u.Remove(ctx, id)
		}
		return err
	})
	return removed, err
}

// PersonLine is one line about somebody of the desk.
type PersonLine struct {
	ID, Name string
	Lead     bool
	Password time.Time // when it was set; zero: none, so the person cannot sign in
	SeenAt   time.Time
	Unknown  bool // has a password but does not stand in the configuration any more
}

// People lists who stands in the configuration, and who of them can sign in.
func People(ctx context.Context, opts Options) (out []PersonLine, err error) {
	err = withState(ctx, opts, func(a *App) error {
		u, err := users.New(a.db, opts.Now, users.Cost)
		if err != nil {
			return err
		}
		list, err := u.List(ctx)
		if err != nil {
			return err
		}
		for _, p := range opts.Config.Alerting.People {
			out = append(out, PersonLine{ID: p.ID, Name: p.Name, Lead: p.Lead})
		}
		for _, v := range list {
			i := slices.IndexFunc(out, func(p PersonLine) bool { return p.ID == v.ID })
			if i < 0 {
				i = len(out)
				out = append(out, PersonLine{ID: v.ID, Unknown: true})
			}
			out[i].Password, out[i].SeenAt = v.Changed, v.SeenAt
		}
		return nil
	})
	return out, err
}

// ExportAudit writes the audit trail, whole or of one story, as JSON lines or as CSV.
func ExportAudit(ctx context.Context, opts Options, storyID, format string, w io.Writer) error {
	return withState(ctx, opts, func(a *App) error {
		if err := a.openReadingDesk(ctx); err != nil {
			return err
		}
		write, finish := auditLines(w), func() error { return nil }
		if format == "csv" {
			write, finish = auditTable(w)
		}
		for after := int64(0); ; {
			entries, err := a.desk.Audit(ctx, storyID, after, 1000)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if err := write(e); err != nil {
					return fmt.Errorf("write the audit trail: %w", err)
				}
				after = e.Seq
			}
			if len(entries) == 0 {
				return finish()
			}
		}
	})
}

func auditLines(w io.Writer) func(alerting.AuditEntry) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(e alerting.AuditEntry) error { return enc.Encode(e) }
}

func auditTable(w io.Writer) (write func(alerting.AuditEntry) error, finish func() error) {
	table := csv.NewWriter(w)
	header := []string{"seq", "at", "actor", "story", "action", "was", "became", "note", "detail", "hash"}
	write = func(e alerting.AuditEntry) error {
		if header != nil {
			if err := table.Write(header); err != nil {
				return err
			}
			header = nil
		}
		return table.Write([]string{
			strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), harmless(e.Actor), e.StoryID, string(e.Action), string(e.Was), string(e.Became),
			harmless(e.Note), harmless(string(e.Detail)), e.Hash,
		})
	}
	return write, func() error {
		table.Flush()
		return table.Error()
	}
}

// harmless keeps a spreadsheet from reading a text as a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// VerifyAudit checks that no entry of the audit trail was changed or taken out, and returns how many are sound.
func VerifyAudit(ctx context.Context, opts Options) (sound int64, err error) {
	err = withState(ctx, opts, func(a *App) error {
		if err := a.openReadingDesk(ctx); err != nil {
			return err
		}
		sound, err = a.desk.VerifyAudit(ctx)
		return err
	})
	return sound, err
}
