package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"haidang/internal/app"
)

type userCmd struct {
	List   userListCmd   `cmd:"" help:"List the people of the desk and who of them can sign in."`
	Passwd userPasswdCmd `cmd:"" help:"Set somebody's password, asked for on the terminal or read from standard input."`
	Remove userRemoveCmd `cmd:"" help:"Take somebody's password away and end their sessions."`
}

type userListCmd struct{}

// Run lists.
func (userListCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	people, err := app.People(e.ctx, opts)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		fmt.Fprintln(e.out, "The configuration names nobody: the desk is one person's, without sign-in. Add people under alerting.people.")
		return nil
	}
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, p := range people {
		state := "no password: cannot sign in"
		if !p.Password.IsZero() {
			state = "password of " + p.Password.Format(time.DateOnly)
		}
		if p.Unknown {
			state = "not in the configuration: cannot sign in"
		}
		lead, seen := "", ""
		if p.Lead {
			lead = "lead"
		}
		if !p.SeenAt.IsZero() {
			seen = "seen " + p.SeenAt.Format(time.DateTime)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.Name, lead, state, seen)
	}
	return t.Flush()
}

type userPasswdCmd struct {
	ID string `arg:"" help:"The id of a person in alerting.people."`
}

// Help is shown by --help.
func (userPasswdCmd) Help() string {
	return `Example: haidang --config haidang.yaml user passwd lan
Without a terminal the password is the first line of standard input. All sessions of the person end.`
}

// Run sets a password.
func (c userPasswdCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	password, err := readPassword(e.in, e.err)
	if err != nil {
		return err
	}
	if err := app.SetPassword(e.ctx, opts, c.ID, password); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s has a new password.\n", c.ID)
	return nil
}

// readPassword asks twice on a terminal, which does not show it; otherwise it reads a line.
func readPassword(in io.Reader, prompt io.Writer) (string, error) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(in, 4<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, say := range []string{"New password: ", "Again: "} {
		fmt.Fprint(prompt, say)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(prompt)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two passwords are not the same: nothing was changed")
	}
	return typed[0], nil
}

type userRemoveCmd struct {
	ID string `arg:"" help:"The id of a person."`
}

// Run removes.
func (c userRemoveCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	removed, err := app.RemovePassword(e.ctx, opts, c.ID)
	if err != nil {
		return err
	}
	if !removed {
		return fmt.Errorf("%s had no password", c.ID)
	}
	fmt.Fprintf(e.out, "%s cannot sign in any more.\n", c.ID)
	return nil
}

type auditCmd struct {
	Export auditExportCmd `cmd:"" help:"Write the audit trail: who did what to which story."`
	Verify auditVerifyCmd `cmd:"" help:"Check that no entry of the audit trail was changed or taken out."`
}

type auditExportCmd struct {
	Story string `help:"Only of this story." placeholder:"ID"`
	CSV   bool   `help:"As CSV instead of JSON lines." name:"csv"`
}

// Run writes the trail to standard output.
func (c auditExportCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	format := "json"
	if c.CSV {
		format = "csv"
	}
	return app.ExportAudit(e.ctx, opts, c.Story, format, e.out)
}

type auditVerifyCmd struct{}

// Run verifies.
func (auditVerifyCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	sound, err := app.VerifyAudit(e.ctx, opts)
	if err != nil {
		return fmt.Errorf("%d entries are sound; %w", sound, err)
	}
	fmt.Fprintf(e.out, "%d entries, all as they were written.\n", sound)
	return nil
}
