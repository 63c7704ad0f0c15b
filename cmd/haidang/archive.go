package main

import (
	"errors"
	"fmt"

	"haidang/index"
	"haidang/internal/app"
)

type backupCmd struct {
	Dir string `arg:"" help:"Folder that gets the backup, in a folder of its own." type:"path"`
}

// Help is shown by --help.
func (backupCmd) Help() string {
	return `Example: haidang --data haidang-data backup /mnt/backups
It runs beside 'haidang run'. The backup holds the articles and, where it is in SQLite, the state; indexes are made again when it is restored.`
}

// Run backs up.
func (c backupCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	name, err := app.Backup(e.ctx, opts, c.Dir, e.tell)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, name)
	return nil
}

type restoreCmd struct {
	Backup string `arg:"" help:"Folder of a backup." type:"existingdir"`
	Shard  string `help:"Only this shard, in the place of the one that was set aside as damaged." placeholder:"NAME"`
}

// Help is shown by --help.
func (restoreCmd) Help() string {
	return `Example: haidang --data restored restore /mnt/backups/haidang-20261122-064500
Every file is compared with the backup's manifest first. Nothing that is there is replaced.`
}

// Run restores.
func (c restoreCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	if c.Shard != "" {
		return app.RestoreShard(e.ctx, opts, c.Backup, c.Shard, e.tell)
	}
	return app.Restore(e.ctx, opts, c.Backup, e.tell)
}

type verifyCmd struct {
	Backup string `arg:"" optional:"" help:"Folder of a backup; the archive itself without one." type:"existingdir"`
}

// Help is shown by --help.
func (verifyCmd) Help() string {
	return `Example: haidang --data haidang-data verify
It reads every byte and runs beside 'haidang run'. The exit status is 1 when something is damaged.`
}

// Run verifies.
func (c verifyCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	if c.Backup != "" {
		if err := app.VerifyBackup(c.Backup); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "Every file of the backup is as it was written.")
		return nil
	}
	v, err := app.Verify(e.ctx, opts, e.tell)
	if err != nil {
		return err
	}
	for _, f := range v.Findings {
		fmt.Fprintln(e.out, f)
	}
	if len(v.Findings) > 0 {
		return fmt.Errorf("%d findings in %d shards with %d articles", len(v.Findings), v.Shards, v.Articles)
	}
	fmt.Fprintf(e.out, "%d shards, %d articles, %d MB: all as it was written.\n", v.Shards, v.Articles, v.Bytes>>20)
	return nil
}

type reindexCmd struct {
	FromLog bool `help:"Read every verdict that the broker still has into the archive first: brings articles back that are missing."`
}

// Help is shown by --help.
func (reindexCmd) Help() string {
	return `Example: haidang --data haidang-data reindex --from-log
Without --from-log every index is made again from the articles beside it; searches use the old one until the new one is whole. With it, what a lost or damaged shard held is read from the log before that, as far back as the broker keeps it. Stop 'haidang run' first: while it runs it mends damaged indexes by itself.`
}

// Run reindexes.
func (c reindexCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	err = app.Reindex(e.ctx, app.ReindexOptions{Options: opts, FromLog: c.FromLog}, e.tell)
	if errors.Is(err, index.ErrLocked) {
		return fmt.Errorf("%w (a running process mends damaged indexes by itself)", err)
	}
	if err == nil {
		fmt.Fprintln(e.out, "Every index was made again.")
	}
	return err
}

// tell says on standard error how far a long piece of work has come.
func (e *env) tell(line string) { fmt.Fprintln(e.err, line) }
