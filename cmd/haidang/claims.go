package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"haidang/classifier"
	"haidang/internal/app"
	"haidang/internal/claims"
	"haidang/internal/filters"
)

type claimsCmd struct {
	List    claimsListCmd    `cmd:"" help:"List claims with the verdict that holds, who decided it and when."`
	Show    claimsShowCmd    `cmd:"" help:"Show what is decided on one claim, with its evidence."`
	Verdict claimsVerdictCmd `cmd:"" help:"Decide on a claim."`
	History claimsHistoryCmd `cmd:"" help:"Show all that was decided on a claim, newest first."`
	Export  claimsExportCmd  `cmd:"" help:"Write the decided claims as schema.org ClaimReview (JSON-LD)."`
	Import  claimsImportCmd  `cmd:"" help:"Read ClaimReviews of others (JSON-LD), and take over those about our claims."`
}

// recorded runs fn with the claims of the rules and what was decided on them.
func (e *env) recorded(fn func(*classifier.Classifier, *claims.Claims, app.Options) error) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	rules, err := rulesFlags{}.load(e)
	if err != nil {
		return err
	}
	return app.WithClaims(e.ctx, opts, func(c *claims.Claims) error { return fn(rules, c, opts) })
}

func claimOf(rules *classifier.Classifier, id string) (classifier.Claim, error) {
	claim, ok := rules.Claim(id)
	if !ok {
		return claim, fmt.Errorf("there is no claim %q: 'haidang claims list' lists them", id)
	}
	return claim, nil
}

type claimsListCmd struct {
	Verdict string `help:"Only claims with this verdict." placeholder:"VERDICT"`
	JSON    bool   `help:"Print JSON lines."`
}

// Run lists.
func (c claimsListCmd) Run(e *env) error {
	return e.recorded(func(rules *classifier.Classifier, record *claims.Claims, _ app.Options) error {
		current, err := record.Current(e.ctx, rules.Claims())
		if err != nil {
			return err
		}
		var list []claims.Decision
		for _, claim := range rules.Claims() {
			if d := current[claim.ID]; c.Verdict == "" || c.Verdict == d.Verdict {
				list = append(list, d)
			}
		}
		return printDecisions(e, rules, list, c.JSON)
	})
}

func printDecisions(e *env, rules *classifier.Classifier, list []claims.Decision, lines bool) error {
	if lines {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		for _, d := range list {
			if err := enc.Encode(d); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, d := range list {
		claim, _ := rules.Claim(d.ClaimID)
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.ClaimID, d.Verdict, filters.Plain(d.By), dayOf(d.At), claim.Statement.VI)
	}
	return t.Flush()
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

type claimsShowCmd struct {
	ID   string `arg:"" help:"Of the claim."`
	JSON bool   `help:"Print JSON."`
}

// Run shows the newest line of the history.
func (c claimsShowCmd) Run(e *env) error { return showHistory(e, c.ID, c.JSON, 1) }

type claimsHistoryCmd struct {
	ID   string `arg:"" help:"Of the claim."`
	JSON bool   `help:"Print JSON lines."`
}

// Run shows all lines.
func (c claimsHistoryCmd) Run(e *env) error { return showHistory(e, c.ID, c.JSON, 0) }

// showHistory prints the newest lines of a claim's history, all of them where most is 0.
func showHistory(e *env, id string, lines bool, most int) error {
	return e.recorded(func(rules *classifier.Classifier, record *claims.Claims, _ app.Options) error {
		claim, err := claimOf(rules, id)
		if err != nil {
			return err
		}
		list, err := record.History(e.ctx, claim)
		if err != nil {
			return err
		}
		if most > 0 && len(list) > most {
			list = list[:most]
		}
		if lines {
			return printDecisions(e, rules, list, true)
		}
		fmt.Fprintf(e.out, "%s\n%s\n%s\n", claim.ID, claim.Statement.VI, claim.Statement.EN)
		for _, d := range list {
			fmt.Fprintf(e.out, "\n%s  %s  %s\n", d.Verdict, dayOf(d.At), filters.Plain(d.By))
			if d.Note != "" {
				fmt.Fprintf(e.out, "  %s\n", filters.Plain(d.Note))
			}
			for _, v := range d.Evidence {
				fmt.Fprintf(e.out, "  %s %s %s\n", v.Effect, filters.Plain(v.URL), filters.Plain(v.Quote))
			}
		}
		return nil
	})
}

type claimsVerdictCmd struct {
	ID       string   `arg:"" help:"Of the claim."`
	Verdict  string   `arg:"" help:"undetermined, in_progress, false, misleading, out_of_context, true or not_checkable."`
	By       string   `help:"Who decides: the id of a person of the desk." required:""`
	Refutes  []string `help:"Address of evidence against the claim; may be given again." placeholder:"URL"`
	Supports []string `help:"Address of evidence for it; may be given again." placeholder:"URL"`
	Note     string   `help:"Why."`
}

// Help is shown by --help.
func (claimsVerdictCmd) Help() string {
	return `Example: haidang claims verdict disaster-dam-burst false --by lan --refutes https://example.gov.vn/thong-bao
It adds a line to the claim's history. What rings follows from the rules alone.`
}

// Run decides.
func (c claimsVerdictCmd) Run(e *env) error {
	return e.recorded(func(rules *classifier.Classifier, record *claims.Claims, opts app.Options) error {
		if _, err := claimOf(rules, c.ID); err != nil {
			return err
		}
		if err := app.Decider(opts, c.By); err != nil {
			return err
		}
		d := claims.Decision{ClaimID: c.ID, Verdict: c.Verdict, By: c.By, Note: c.Note}
		for _, u := range c.Refutes {
			d.Evidence = append(d.Evidence, classifier.Evidence{URL: u, Effect: "refutes"})
		}
		for _, u := range c.Supports {
			d.Evidence = append(d.Evidence, classifier.Evidence{URL: u, Effect: "supports"})
		}
		d, err := record.Decide(e.ctx, d)
		if err != nil {
			return err
		}
		return printDecisions(e, rules, []claims.Decision{d}, false)
	})
}

type claimsExportCmd struct {
	Site string `help:"Address under which the claims' pages are known to others." placeholder:"URL"`
	Org  string `help:"Name of the publisher." default:"Hải Đăng"`
}

// Run exports.
func (c claimsExportCmd) Run(e *env) error {
	return e.recorded(func(rules *classifier.Classifier, record *claims.Claims, _ app.Options) error {
		current, err := record.Current(e.ctx, rules.Claims())
		if err != nil {
			return err
		}
		_, err = claims.Export(e.out, rules.Claims(), current, c.Site, c.Org)
		return err
	})
}

type claimsImportCmd struct {
	File  string `arg:"" help:"JSON-LD; '-' for standard input."`
	By    string `help:"Who takes the reviews over: the id of a person of the desk." required:""`
	Claim string `help:"The claim that all of them are about; else those that name one of ours are taken." placeholder:"ID"`
}

// Run imports: each review once, however often it is given.
func (c claimsImportCmd) Run(e *env) error {
	var in io.Reader = e.streams().In
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		in = f
	}
	reviews, err := claims.Import(in)
	if err != nil {
		return err
	}
	return e.recorded(func(rules *classifier.Classifier, record *claims.Claims, opts app.Options) error {
		if err := app.Decider(opts, c.By); err != nil {
			return err
		}
		if c.Claim != "" {
			if _, err := claimOf(rules, c.Claim); err != nil {
				return err
			}
		}
		taken, known, strange := 0, 0, 0
		for _, r := range reviews {
			id := c.Claim
			if id == "" {
				id = r.Find(rules.Claims())
			}
			if id == "" {
				strange++
				fmt.Fprintf(e.out, "no claim of ours: %s (%s, %s)\n", filters.Plain(r.Claimed), filters.Plain(r.Author), filters.Plain(r.Rating))
				continue
			}
			switch _, err := record.Decide(e.ctx, r.Decision(id, c.By)); {
			case errors.Is(err, claims.ErrTwice):
				known++
			case err != nil:
				return err
			default:
				taken++
			}
		}
		fmt.Fprintf(e.out, "%d reviews: %d taken over, %d known already, %d about no claim of ours\n", len(reviews), taken, known, strange)
		return nil
	})
}
