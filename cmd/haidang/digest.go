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
	TestTo string `help:"Send it to this address only, marked as a test; nothing is noted." placeholder:"ADDR"`
	Draft  bool   `help:"Show the draft that waits for its time: its text, and the stories that can be left out."`
	Review string `help:"Approve the draft under this name." placeholder:"NAME"`
	Note   string `help:"With --review: words at the head of the mail." placeholder:"TEXT"`

	LeaveOut []string `help:"With --review: IDs of stories that are not to stand at the top." placeholder:"ID"`
}

// Help is shown by --help.
func (digestCmd) Help() string {
	return `Example: haidang digest --date 2026-11-22 --dry-run /tmp
'haidang run' sends it by itself at 06:45 in Asia/Ho_Chi_Minh.`
}

// Run writes or sends the digest.
func (c digestCmd) Run(e *env) error {
	chosen := 0
	for _, b := range []bool{c.DryRun != "", c.Send, c.TestTo != "", c.Draft, c.Review != ""} {
		if b {
			chosen++
		}
	}
	if chosen != 1 {
		return usageError{errors.New("choose one of --dry-run DIR, --send, --test-to ADDR, --draft and --review NAME")}
	}
	if c.Review == "" && (c.Note != "" || len(c.LeaveOut) > 0) {
		return usageError{errors.New("--note and --leave-out go with --review NAME")}
	}
	opts, err := e.options()
	if err != nil {
		return err
	}
	said, err := app.Digest(e.ctx, opts, app.DigestRequest{
		Date: c.Date, List: c.List, Folder: c.DryRun, Send: c.Send, TestTo: c.TestTo,
		Draft: c.Draft, Review: c.Review, Note: c.Note, LeaveOut: c.LeaveOut,
	})
	for _, line := range said {
		fmt.Fprintln(e.out, line)
	}
	return err
}
