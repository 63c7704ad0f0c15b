package main

import (
	"errors"
	"fmt"

	"haidang/internal/app"
)

type digestCmd struct {
	Date   string `help:"The morning it is for." placeholder:"YYYY-MM-DD"`
	List   string `help:"Name of the list; the first one of the configuration without it." placeholder:"NAME"`
	DryRun string `help:"Write it to this folder as .eml, .html and .txt; nothing is sent." placeholder:"DIR" type:"path"`
	Send   bool   `help:"Send it, once for its date and list."`
}

// Help is shown by --help.
func (digestCmd) Help() string {
	return `Example: haidang digest --date 2026-11-22 --dry-run /tmp
'haidang run' sends it by itself at 06:45 in Asia/Ho_Chi_Minh.`
}

// Run writes or sends the digest.
func (c digestCmd) Run(e *env) error {
	if c.Send == (c.DryRun != "") {
		return usageError{errors.New("choose one of --dry-run DIR and --send")}
	}
	opts, err := e.options()
	if err != nil {
		return err
	}
	said, err := app.Digest(e.ctx, opts, app.DigestRequest{Date: c.Date, List: c.List, Folder: c.DryRun, Send: c.Send})
	for _, line := range said {
		fmt.Fprintln(e.out, line)
	}
	return err
}
