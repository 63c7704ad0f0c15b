package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"haidang/configs"
	"haidang/internal/app"
)

type runCmd struct {
	Role   string `help:"Only these roles, separated by commas: crawl, classify, serve, alert. Needs Apache Kafka." placeholder:"ROLES"`
	Listen string `help:"Address of the pages, metrics and health, instead of web.listen." placeholder:"HOST:PORT"`
}

// Help is shown by --help.
func (runCmd) Help() string {
	return `Example: haidang run --config haidang.yaml --data /var/lib/haidang
Without --role everything runs in this process, with an embedded broker and nothing to install.`
}

// Run runs the roles until it is interrupted.
func (c runCmd) Run(e *env) error {
	roles, err := app.ParseRoles(c.Role)
	if err != nil {
		return usageError{err}
	}
	opts, err := e.options()
	if err != nil {
		return err
	}
	opts.Roles = roles
	opts.Started = func(addr string) { fmt.Fprintf(e.out, "http://%s/\n", addr) }
	if c.Listen != "" {
		opts.Config.Web.Listen = c.Listen
		if err := opts.Config.Validate(); err != nil {
			return err
		}
	}
	a, err := app.New(e.ctx, opts)
	if err != nil {
		return err
	}
	return errors.Join(a.Run(e.ctx), a.Close())
}

// options are the app's options as the flags say.
func (e *env) options() (app.Options, error) {
	cfg, err := e.config()
	if err != nil {
		return app.Options{}, err
	}
	return app.Options{Config: cfg, DataDir: e.cli.Data, Version: version, Logger: e.logger(cfg), Now: time.Now}, nil
}

type demoCmd struct {
	Once   bool   `help:"Process everything, print the ledger, stop; the exit status is 1 if anything was lost or rang wrongly."`
	Listen string `help:"Address of the desk." default:"127.0.0.1:8420"`
}

// Help is shown by --help.
func (demoCmd) Help() string {
	return `Example: haidang demo
Three fictional outlets are served on loopback and crawled for real; nothing outside loopback is touched.
State goes to a new temporary folder unless --data names one.`
}

// Run runs the demonstration.
func (c demoCmd) Run(e *env) error {
	data, err := demoFolder(e.cli.Data)
	if err != nil {
		return err
	}
	cfg, err := configs.Load(e.cli.Config, data)
	if err != nil {
		return err
	}
	cfg.Web.Listen = c.Listen
	if c.Once {
		cfg.Web.Listen = "127.0.0.1:0"
	}
	if cfg.Log.Level == "info" {
		cfg.Log.Level = "warn" // the demo tells its own story
	}
	return app.Demo(e.ctx, app.DemoOptions{
		Options: app.Options{Config: cfg, DataDir: data, Version: version, Logger: e.logger(cfg), Now: time.Now},
		Once:    c.Once, Out: e.out, Begun: e.begun,
	})
}

// defaultData is the data folder when no flag names one.
const defaultData = "haidang-data"

// demoFolder is a new folder unless the user named one: a demonstration begins with empty hands.
func demoFolder(data string) (string, error) {
	if !isDefaultData(data) {
		return data, nil
	}
	return os.MkdirTemp("", "haidang-demo-")
}

type checkCmd struct{}

// Help is shown by --help.
func (checkCmd) Help() string {
	return `Example: haidang check --config haidang.yaml
Reads everything as 'run' would and starts nothing.`
}

// Run checks and reports.
func (checkCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	summary, err := app.Check(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, summary)
	return nil
}

type versionCmd struct{}

// Help is shown by --help.
func (versionCmd) Help() string { return "Example: haidang version" }

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "haidang", app.BuildVersion(version))
	return err
}
