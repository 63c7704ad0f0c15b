// Command haidang watches published news for checkable falsehoods about Việt Nam: it crawls, classifies, indexes and
// alerts in one process, or in one role of several. `haidang demo` shows all of it with nothing to install.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"haidang/configs"
	"haidang/internal/app"
)

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// version is set by the release build: -ldflags "-X main.version=…".
var version = "devel"

func main() { os.Exit(run(os.Args[1:], std{os.Stdin, os.Stdout, os.Stderr})) }

// std are the streams of the process.
type std struct {
	in       io.Reader
	out, err io.Writer
}

// cli is the whole command line.
type cli struct {
	Config string `help:"Configuration file (YAML). Without one the defaults hold." placeholder:"FILE" type:"path"`
	Data   string `help:"Folder for all state; made when it does not exist." placeholder:"DIR" default:"haidang-data" type:"path"`

	Run      runCmd      `cmd:"" help:"Run the pipeline: crawl, classify, index, alert, and serve the desk."`
	Demo     demoCmd     `cmd:"" help:"Show everything with three bundled outlets on loopback; nothing to install, no network."`
	Import   importCmd   `cmd:"" help:"Send articles of JSON-lines files through the pipeline as backfill, which never rings."`
	Crawl    crawlCmd    `cmd:"" help:"Read what an outlet published since a day, by its sitemaps, as backfill, which never rings."`
	Feed     feedCmd     `cmd:"" help:"Read a feed and print its items as JSON lines."`
	Fetch    fetchCmd    `cmd:"" help:"Read a page and print its article as one JSON line."`
	Classify classifyCmd `cmd:"" help:"Read articles as JSON lines and print them with their verdicts."`
	Search   searchCmd   `cmd:"" help:"Search the archive."`
	Coverage coverageCmd `cmd:"" help:"Count what was written about, compare two periods, find spikes."`
	Query    queryCmd    `cmd:"" help:"Check a query, or explain what it does with an article."`
	Saved    savedCmd    `cmd:"" help:"Keep searches, and see how often they rang or would have."`
	Rules    rulesCmd    `cmd:"" help:"List, test and explain the claims; try them on the past."`
	Claims   claimsCmd   `cmd:"" help:"Decide on claims, read their history, exchange verdicts with other fact-checkers."`
	Digest   digestCmd   `cmd:"" help:"Write or send the morning digest of one day."`
	Sources  sourcesCmd  `cmd:"" help:"List, check and find sources; exchange lists with feed readers."`
	Routes   routesCmd   `cmd:"" help:"Draw who is told of what, or test it with an article."`
	Response responseCmd `cmd:"" help:"Measure how fast the desk meets a rumour, by month, field or place."`
	Silence  silenceCmd  `cmd:"" help:"Hold stories back for a time."`
	User     userCmd     `cmd:"" help:"Passwords of the people of the desk."`
	Audit    auditCmd    `cmd:"" help:"Export or verify the trail of who did what."`
	Dead     deadCmd     `cmd:"" help:"See what stages gave up on, and try it again."`
	Backup   backupCmd   `cmd:"" help:"Copy articles and state to a folder, while everything runs."`
	Restore  restoreCmd  `cmd:"" help:"Put a backup into a new data folder, or one damaged shard back."`
	Verify   verifyCmd   `cmd:"" help:"Read the whole archive, or a backup, and report what is damaged."`
	Reindex  reindexCmd  `cmd:"" help:"Make the indexes of the archive again from its articles."`
	Check    checkCmd    `cmd:"" help:"Check configuration, sources and rules, with all examples of the claims; print every problem."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// env is what every command gets.
type env struct {
	std
	ctx   context.Context
	cli   *cli
	begun time.Time
}

// config loads the configuration that the flags name.
func (e *env) config() (configs.Config, error) { return configs.Load(e.cli.Config, e.cli.Data) }

// logger writes to standard error, as the configuration says.
func (e *env) logger(cfg configs.Config) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(cfg.Log.Level)) != nil {
		level = slog.LevelInfo // Load has refused anything else
	}
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(e.err, opts))
	}
	return slog.New(slog.NewTextHandler(e.err, opts))
}

// run parses the command line, runs the command and turns its error into an exit status.
func run(args []string, s std) int {
	begun := time.Now()
	var c cli
	parser, err := kong.New(&c, kong.Name("haidang"), kong.Description(description), kong.Writers(s.out, s.err), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Exit(func(code int) { panic(exit(code)) }))
	if err != nil {
		fmt.Fprintln(s.err, "haidang:", err)
		return exitFailed
	}
	parsed, code, err := parse(parser, args)
	if code != nil {
		return int(*code)
	}
	if err != nil {
		fmt.Fprintf(s.err, "haidang: %v\nTry 'haidang --help' or 'haidang COMMAND --help'.\n", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s.in = interruptible(ctx, s.in)
	return report(parsed.Run(&env{std: s, ctx: ctx, cli: &c, begun: begun}), s.err)
}

// exit carries kong's wish to leave, after --help, out of its parser.
type exit int

// parse parses the command line. After --help there is nothing left to do but to leave with a code.
func parse(parser *kong.Kong, args []string) (parsed *kong.Context, code *exit, err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case exit:
			code = &v
		default:
			panic(v) // a bug, and none that may pass for success
		}
	}()
	parsed, err = parser.Parse(args)
	return parsed, nil, err
}

// usageError is a mistake in how a command was called.
type usageError struct{ error }

func report(err error, w io.Writer) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, context.Canceled) && !errors.Is(err, app.ErrInterrupted) {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(w, "haidang:", strings.TrimSpace(err.Error()))
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

const description = `Hải Đăng watches published news for checkable falsehoods about Việt Nam, explains each flag with the words marked,
and puts one line per event in front of a rapid-response desk. A flag says "check this claim", never "this is hostile".`
