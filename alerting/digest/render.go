package digest

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"strings"
	"text/template"
	"time"
)

//go:embed templates/digest.html templates/digest.txt
var templates embed.FS

// Longest pieces of foreign text in a mail, in letters.
const (
	maxClaim  = 280
	maxTitle  = 140
	maxOutlet = 60
	maxReason = 80
)

// page is a mail put into words: what the templates write down.
type page struct {
	W                 words
	Lead, Day, Window string
	Warnings          []string
	Top               []card
	Changed           []group
	Review, Tally     string
	Note              []string
	Fields            []fieldLine
	WithBefore        bool
	Trend             trendPart
	Coverage          []coverageLine
	CoverageMissing   string
	Measured          []coverageLine
	Judged            bool // rules are told
	Rules             []line
	MoreRules         string
	Sources           sources
}

// card is one of the stories at the top.
type card struct {
	id                       string
	Severity, Field          string
	Urgent                   bool // critical or high
	Label, Claim             string
	Kind, FirstTitle         string
	Verdict, Spread          string
	FirstSeen, FirstOutlet   string
	Answered                 bool
	Response, ResponseDetail string
	Owner, Link              string
}

type group struct {
	Heading string
	Lines   []line
	More    string
}

// line is a story told in one line.
type line struct {
	Claim, Note, Link string
	id                string // of the story, or of the claim
	quoted            bool   // the claim is a headline
}

type fieldLine struct{ Name, New, Open, In, Before string }

// trendPart is the chart and what it says; without bars there is neither.
type trendPart struct{ Text, Alt, CID string }

type sources struct {
	Summary string
	Failing []string
	Last    string
}

func (d *Digest) render(c *content, list List) (Edition, error) {
	w := wordsFor(list)
	chart, err := drawChart(c.trend)
	if err != nil {
		d.log.Error("the mail goes without its chart", "date", c.date, "list", list.Name, "err", err)
		chart = nil
	}
	p := d.page(c, w, chart != nil)
	rewritten := p.rewrite(c.review.Rewrites)
	if rewritten > 0 {
		p.Review += "; " + w.rewritten(rewritten)
	}
	html, text, err := write(p)
	if err != nil {
		return Edition{}, err
	}
	return Edition{
		Date: c.date, List: list, MessageID: d.messageID(c.date, list),
		Subject: w.Brand + " " + c.to.Format("02.01.2006") + ": " + p.Lead, HTML: html, Text: text, Chart: chart, rewritten: rewritten,
	}, nil
}

// page puts a mail into words, as the house writes them.
func (d *Digest) page(c *content, w words, withChart bool) page {
	p := page{
		W: w, Lead: w.lead(c), Day: w.days[c.to.Weekday()] + ", " + w.date(c.to),
		Window:   fmt.Sprintf(w.window, w.moment(c.from), w.moment(c.to)),
		Warnings: d.warnings(c, w),
		Sources:  d.sources(c, w),
		Review:   w.NotReviewed, WithBefore: c.list.edition() != Daily,
		Trend: trendPart{Text: w.trendText(c.trend), Alt: chartInWords(c.trend, w), CID: chartID},
	}
	if !withChart {
		p.Trend = trendPart{}
	}
	if c.review.done() {
		p.Review = fmt.Sprintf(w.reviewed, c.review.By, w.moment(c.review.At.In(d.zone)))
		p.Note = strings.FieldsFunc(c.review.Note, func(r rune) bool { return r == '\n' })
	}
	if p.WithBefore {
		p.Tally = w.tally(c)
	}
	p.Coverage, p.CoverageMissing = d.coverageLines(c, w)
	p.Measured, p.Judged = measuredLines(c.measured, w), c.judged
	p.Rules, p.MoreRules = d.ruleLines(c.rules, w)
	for _, it := range c.top {
		p.Top = append(p.Top, d.card(it, w))
	}
	p.Changed = d.changed(c, w)
	for _, f := range c.fields {
		p.Fields = append(p.Fields, fieldLine{label(w.fields, f.name), w.number(f.fresh), w.number(f.open), w.number(f.active), w.number(f.before)})
	}
	return p
}

func (d *Digest) warnings(c *content, w words) (out []string) {
	if c.preview {
		out = append(out, fmt.Sprintf(w.preview, w.moment(c.now.In(d.zone))))
	}
	if c.late {
		due, _ := d.at(c.date, d.sendAt) // the date was read before
		out = append(out, fmt.Sprintf(w.late, w.moment(due)))
	}
	if c.health == nil {
		out = append(out, w.unknown)
	}
	if c.behind() {
		out = append(out, fmt.Sprintf(w.behind, w.span(c.health.Behind), w.number(int(c.health.Waiting))))
	}
	if c.dry() {
		out = append(out, fmt.Sprintf(w.dry, d.moment(c.health.LastArticle, w)))
	}
	return out
}

func (d *Digest) moment(t time.Time, w words) string {
	if t.IsZero() {
		return w.never
	}
	return w.moment(t.In(d.zone))
}

func (d *Digest) card(it item, w words) card {
	out := card{
		id:       it.ID,
		Severity: label(w.severities, string(it.Severity)), Urgent: it.Severity.Rank() <= 1,
		Field: label(w.fields, it.Field), Label: w.claimLabel, Claim: clean(it.Statement(w.Lang), maxClaim), FirstTitle: clean(it.FirstTitle, maxTitle),
		Verdict: label(w.verdicts, it.Verdict), Spread: w.spreadText(&it.Story),
		FirstSeen: d.moment(it.FirstSeen, w), FirstOutlet: outlet(it.FirstOutlet, w),
		Answered: it.Answered(), Owner: clean(it.Owner, maxOutlet), Link: d.link(it.ID),
	}
	if it.Pattern && out.FirstTitle != "" { // a kind of rumour: what it says this time stands in the article
		out.Label, out.Claim, out.Kind, out.FirstTitle = w.articleLabel, out.FirstTitle, out.Claim, ""
	}
	if by := clean(it.DecidedBy, maxOutlet); by != "" {
		out.Verdict += " (" + by + ")"
	}
	if out.Owner == "" {
		out.Owner = w.nobody
	}
	if out.Response = w.unansweredFor(w.span(it.since)); it.Answered() {
		who := outlet(it.AnswerOutlet, w) + " " + label(w.stances, string(it.AnswerStance))
		out.Response = w.answeredBy(who, w.span(it.since))
		out.ResponseDetail = clean(it.AnswerTitle, maxTitle)
	}
	return out
}

func outlet(name string, w words) string {
	if name = clean(name, maxOutlet); name == "" {
		return w.unnamed
	}
	return name
}

func (d *Digest) changed(c *content, w words) []group {
	var out []group
	for _, g := range []struct {
		heading string
		items   []item
		note    func(item) string
	}{
		{w.answered, c.answered, func(it item) string {
			return outlet(it.AnswerOutlet, w) + " " + label(w.stances, string(it.AnswerStance))
		}},
		{w.fresh, c.fresh, func(it item) string { return d.status(it, w) }},
		{w.spreading, c.spread, func(it item) string { return w.added(it.added) + "; " + w.spreadText(&it.Story) }},
		{w.waiting, c.waiting, func(it item) string { return w.span(it.since) }},
		{w.watching, c.watching, func(it item) string { return d.working(it, w) }},
	} {
		if len(g.items) == 0 {
			continue
		}
		out = append(out, group{Heading: g.heading, Lines: d.lines(g.items, g.note, w)})
		if n := len(g.items) - maxLines; n > 0 {
			out[len(out)-1].More = fmt.Sprintf(w.more, w.number(n))
		}
	}
	return out
}

func (d *Digest) lines(items []item, note func(item) string, w words) []line {
	var out []line
	for _, it := range items[:min(len(items), maxLines)] {
		l := line{Claim: it.Statement(w.Lang), Note: note(it), Link: d.link(it.ID), id: it.ID}
		if l.quoted = it.Pattern && it.FirstTitle != ""; l.quoted {
			l.Claim = it.FirstTitle
		}
		l.Claim = clean(l.Claim, maxTitle)
		out = append(out, l)
	}
	return out
}

// working says in which state a story is and with whom.
func (d *Digest) working(it item, w words) string {
	out := label(w.states, string(it.State))
	if owner := clean(it.Owner, maxOutlet); owner != "" {
		out += ", " + owner
	}
	return out
}

// chartInWords is the chart for whoever does not see it.
func chartInWords(t trend, w words) string {
	parts := make([]string, len(t.bars))
	for i, b := range t.bars {
		parts[i] = b.label + ": " + w.number(b.n)
	}
	return strings.Join(parts, ", ") + " (" + w.bars + ")"
}

func (d *Digest) status(it item, w words) string {
	if it.Answered() {
		return outlet(it.AnswerOutlet, w) + " " + label(w.stances, string(it.AnswerStance))
	}
	return w.unansweredFor(w.span(it.since))
}

func (d *Digest) link(storyID string) string {
	if d.cfg.Link == "" {
		return ""
	}
	return strings.TrimSuffix(d.cfg.Link, "/") + "/stories/" + url.PathEscape(storyID)
}

func (d *Digest) sources(c *content, w words) sources {
	h := c.health
	if h == nil {
		return sources{Summary: w.unknown}
	}
	out := sources{Last: fmt.Sprintf(w.lastArticle, d.moment(h.LastArticle, w))}
	if h.LastArticle.IsZero() {
		out.Last = ""
	}
	if len(h.Failing) == 0 {
		out.Summary = fmt.Sprintf(w.allWell, w.number(h.Sources))
		return out
	}
	out.Summary = fmt.Sprintf(w.failing, w.number(len(h.Failing)), w.number(h.Sources))
	for _, f := range h.Failing[:min(len(h.Failing), maxLines)] {
		text := outlet(f.Name, w)
		if !f.Since.IsZero() {
			text += ", " + d.moment(f.Since, w)
		}
		if reason := clean(w.sentence(f.Reason), maxReason); reason != "" {
			text += ": " + reason
		}
		out.Failing = append(out.Failing, text)
	}
	if n := len(h.Failing) - maxLines; n > 0 {
		out.Failing = append(out.Failing, fmt.Sprintf(w.more, w.number(n)))
	}
	return out
}

func write(p page) (html, text string, err error) {
	h, err := htmltemplate.New("digest.html").Funcs(htmltemplate.FuncMap{"css": css}).ParseFS(templates, "templates/digest.html")
	if err != nil {
		return "", "", err
	}
	t, err := template.ParseFS(templates, "templates/digest.txt")
	if err != nil {
		return "", "", err
	}
	var hb, tb strings.Builder
	if err := h.Execute(&hb, p); err != nil {
		return "", "", err
	}
	if err := t.Execute(&tb, p); err != nil {
		return "", "", err
	}
	return hb.String(), tb.String(), nil
}
