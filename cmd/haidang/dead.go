package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"haidang/internal/app"
	"haidang/internal/filters"
)

type deadCmd struct {
	List  deadListCmd  `cmd:"" help:"List the messages that stages gave up on, and why."`
	Show  deadShowCmd  `cmd:"" help:"Show one of them whole."`
	Retry deadRetryCmd `cmd:"" help:"Put them back where they came from."`
}

// deadFlags choose dead letters.
type deadFlags struct {
	Stage  string `help:"Only of this stage: fetch, classify, index or alert." placeholder:"NAME"`
	Reason string `help:"Only with these words in the reason." placeholder:"WORDS"`
}

func (f deadFlags) filter() app.DeadFilter { return app.DeadFilter{Stage: f.Stage, Reason: f.Reason} }

type deadListCmd struct {
	deadFlags
	JSON bool `help:"Print JSON objects, one a line, with the whole messages."`
}

// Run lists.
func (c deadListCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	letters, err := app.DeadLetters(e.ctx, opts, c.filter())
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(e.out)
		for _, d := range letters {
			if err := enc.Encode(d); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	for _, d := range letters {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", app.DeadID(d), d.At.Format(time.DateTime), d.Stage, d.Attempts, filters.Plain(d.Reason))
	}
	return w.Flush()
}

type deadShowCmd struct {
	ID string `arg:"" help:"As the list shows it: links/3/128."`
}

// Run shows.
func (c deadShowCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	letters, err := app.DeadLetters(e.ctx, opts, app.DeadFilter{ID: c.ID})
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		return fmt.Errorf("there is no dead letter %q; haidang dead list names them", c.ID)
	}
	d := letters[0]
	fmt.Fprintf(e.out, "stage     %s\nreason    %s\nattempts  %d\ngiven up  %s\nwritten   %s\nkey       %s\n\n%s\n",
		d.Stage, filters.Plain(d.Reason), d.Attempts, d.At.Format(time.DateTime), d.Time.Format(time.DateTime), filters.Plain(string(d.Key)), filters.Plain(string(d.Value)))
	return nil
}

type deadRetryCmd struct {
	ID  string `arg:"" optional:"" help:"Of one of them."`
	All bool   `help:"All of them, or those that --stage and --reason choose."`
	deadFlags
}

// Help is shown by --help.
func (deadRetryCmd) Help() string {
	return `Example: haidang dead retry --all --stage fetch --reason timeout
What was done already is not done twice; what fails again becomes a dead letter again.`
}

// Run retries.
func (c deadRetryCmd) Run(e *env) error {
	if (c.ID == "") == !c.All {
		return usageError{errors.New("name one by its ID, or say --all")}
	}
	opts, err := e.options()
	if err != nil {
		return err
	}
	f := c.filter()
	f.ID = c.ID
	n, err := app.RetryDead(e.ctx, opts, f)
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("no dead letter is chosen; haidang dead list names them")
	}
	fmt.Fprintf(e.out, "%d put back.\n", n)
	return nil
}
