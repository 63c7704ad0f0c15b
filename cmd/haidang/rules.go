package main

import (
	"context"
	"io"
	"os"

	"haidang/classifier"
	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/filters"
)

type rulesCmd struct {
	List      rulesListCmd    `cmd:"" help:"List the claims."`
	Show      rulesShowCmd    `cmd:"" help:"Show one claim: its clauses with their queries, its evidence."`
	Test      rulesTestCmd    `cmd:"" help:"Run the examples of claims."`
	Why       rulesWhyCmd     `cmd:"" help:"Say why articles ring or do not: each clause, met or not, and the addition."`
	WhyMissed rulesMissedCmd  `cmd:"" help:"Say what an article lacks to ring for a claim, down to the words."`
	Preview   rulesPreviewCmd `cmd:"" help:"Say how often claims would have rung on the archive, or on JSON lines."`
	Schema    rulesSchemaCmd  `cmd:"" help:"Print the JSON Schema of files of claims, for editors."`
	Diff      rulesDiffCmd    `cmd:"" help:"Say which articles start or stop ringing with another folder of rules."`
	Train     rulesTrainCmd   `cmd:"" help:"Learn how rumours are told from a gold set and ordinary news, and print telling.txt."`

	Feedback       rulesFeedbackCmd `cmd:"" help:"Say how right the rules were, by the outcomes of their stories, and which to mend or retire."`
	CounterExample rulesTeachCmd    `cmd:"" help:"Write a wrong ring into the draft of the rules."`
}

// rulesFlags are common to the rules commands.
type rulesFlags struct {
	Lang  string `help:"Language of what is said: vi or en." enum:"vi,en" default:"vi"`
	JSON  bool   `help:"Print JSON objects, one a line."`
	Rules string `help:"Folder of rules, instead of the configuration's." placeholder:"DIR" type:"existingdir"`
}

func (f rulesFlags) options(out io.Writer) filters.QueryOptions {
	return queryFlags{Lang: f.Lang, JSON: f.JSON}.options(out)
}

// load reads the rules that the flags name.
func (f rulesFlags) load(e *env) (*classifier.Classifier, error) {
	cfg, err := e.config()
	if err != nil {
		return nil, err
	}
	folder := cfg.RulesFS()
	if f.Rules != "" {
		folder = os.DirFS(f.Rules)
	}
	return filters.LoadRules(cfg.Classifier, folder)
}

// articlesOf are those of the files, or of the archive without any.
func articlesOf(e *env, files []string) (filters.Articles, error) {
	if len(files) > 0 {
		return filters.LineArticles(files, e.streams()), nil
	}
	opts, err := e.options()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, each func(*article.Article) error) error {
		return index.Each(ctx, opts.Config.Index.Dir, each)
	}, nil
}

type rulesSchemaCmd struct{}

// Run prints.
func (rulesSchemaCmd) Run(e *env) error {
	schema, err := classifier.Schema()
	if err != nil {
		return err
	}
	_, err = e.out.Write(append(schema, '\n'))
	return err
}

type rulesTrainCmd struct {
	rulesFlags
	Gold  string   `required:"" help:"Folder of the gold set." placeholder:"DIR" type:"existingdir"`
	Files []string `arg:"" name:"file" help:"Ordinary articles as JSON lines, plain or .gz." type:"existingfile"`
}

// Run learns.
func (c rulesTrainCmd) Run(e *env) error {
	rules, err := c.load(e)
	if err != nil {
		return err
	}
	return filters.TrainTelling(e.ctx, rules, os.DirFS(c.Gold), filters.LineArticles(c.Files, e.streams()), e.streams())
}

type rulesListCmd struct{ rulesFlags }

// Run lists.
func (c rulesListCmd) Run(e *env) error {
	rules, err := c.load(e)
	if err != nil {
		return err
	}
	return filters.ListRules(rules, c.options(e.out), e.streams())
}

type rulesShowCmd struct {
	ID string `arg:"" help:"Of the claim."`
	rulesFlags
}

// Run shows.
func (c rulesShowCmd) Run(e *env) error {
	rules, err := c.load(e)
	if err != nil {
		return err
	}
	return filters.ShowRule(rules, c.ID, c.options(e.out), e.streams())
}

type rulesTestCmd struct {
	ID []string `arg:"" optional:"" help:"Of the claims; all without any."`
	rulesFlags
}

// Help is shown by --help.
func (rulesTestCmd) Help() string {
	return `Example: haidang rules test --rules my-rules
Rules whose examples fail do not load at all: each failure is named with file and line, and the exit status is 1.`
}

// Run tests.
func (c rulesTestCmd) Run(e *env) error {
	rules, err := c.load(e)
	if err != nil {
		return err
	}
	return filters.TestRules(rules, c.ID, c.options(e.out), e.streams())
}

type rulesWhyCmd struct {
	File  string   `arg:"" optional:"" help:"Articles as JSON lines, plain or .gz; '-' or none for standard input." default:"-"`
	Claim []string `help:"Only of this claim; may be given again." placeholder:"ID"`
	rulesFlags
}

// Help is shown by --help.
func (rulesWhyCmd) Help() string {
	return `Example: haidang fetch page.html --url https://example.vn/a.html | haidang rules why
Without --claim it tells of the claims in the verdict, and of an article without any of the three that come nearest.`
}

// Run explains.
func (c rulesWhyCmd) Run(e *env) error {
	rules, err := c.load(e)
	if err != nil {
		return err
	}
	return filters.Why(rules, c.Claim, c.File, false, c.options(e.out), e.streams())
}

type rulesMissedCmd struct {
	ID   string `arg:"" help:"Of the claim that should have rung."`
	File string `arg:"" optional:"" help:"Articles as JSON lines, plain or .gz; '-' or none for standard input." default:"-"`
	rulesFlags
}

// Run explains.
func (c rulesMissedCmd) Run(e *env) error {
	rules, err := c.load(e)
	if err != nil {
		return err
	}
	return filters.Why(rules, []string{c.ID}, c.File, true, c.options(e.out), e.streams())
}

type rulesPreviewCmd struct {
	File  []string `arg:"" optional:"" help:"Articles as JSON lines; the archive without any."`
	Claim []string `help:"Only this claim; may be given again." placeholder:"ID"`
	rulesFlags
}

// Help is shown by --help.
func (rulesPreviewCmd) Help() string {
	return `Example: haidang rules preview --claim disaster-dam-burst --rules my-rules
It reads the archive beside a running process: rings per day and per source, 20 samples, overlap, and a warning when it is noise.`
}

// Run previews.
func (c rulesPreviewCmd) Run(e *env) error {
	rules, err := c.load(e)
	if err != nil {
		return err
	}
	in, err := articlesOf(e, c.File)
	if err != nil {
		return err
	}
	return filters.PreviewRules(e.ctx, rules, c.Claim, in, c.options(e.out), e.streams())
}

type rulesDiffCmd struct {
	New  string   `arg:"" help:"The other folder of rules." type:"existingdir"`
	File []string `arg:"" optional:"" help:"Articles as JSON lines; the archive without any."`
	rulesFlags
}

// Help is shown by --help.
func (rulesDiffCmd) Help() string {
	return `Example: haidang rules diff my-rules
Compares the rules of the configuration, or of --rules, with those of another folder: + rings now, − rings no more, ~ for another claim.`
}

// Run compares.
func (c rulesDiffCmd) Run(e *env) error {
	before, err := c.load(e)
	if err != nil {
		return err
	}
	other := c.rulesFlags
	other.Rules = c.New
	after, err := other.load(e)
	if err != nil {
		return err
	}
	in, err := articlesOf(e, c.File)
	if err != nil {
		return err
	}
	return filters.DiffRules(e.ctx, before, after, in, c.options(e.out), e.streams())
}
