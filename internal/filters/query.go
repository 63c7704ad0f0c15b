package filters

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"haidang/internal/article"
	"haidang/internal/query"
)

// QueryOptions say how the query commands read and print.
type QueryOptions struct {
	Lang  string            // of what is said: "en" or Vietnamese
	JSON  bool              // print objects for programs
	Color bool              // the output is a terminal
	Lists map[string]string // entries of @name, separated by commas

	Known func(name string) ([]string, bool) // entries of the other lists; nil for none
}

// parse reads a query with the named lists, one of filters only too, as the search page does.
func (o QueryOptions) parse(src string) (*query.Query, error) {
	return query.Options{Browse: true, Lists: func(name string) ([]string, bool) {
		entries, ok := o.Lists[name]
		if !ok && o.Known != nil {
			return o.Known(name)
		}
		var list []string
		for e := range strings.SplitSeq(entries, ",") {
			if e = strings.TrimSpace(e); e != "" {
				list = append(list, e)
			}
		}
		return list, ok
	}}.Parse(src)
}

// queryCheck is what check prints with --json.
type queryCheck struct {
	Query     string       `json:"query"`
	OK        bool         `json:"ok"`
	Canonical string       `json:"canonical,omitempty"`
	Plan      *query.Plan  `json:"plan,omitempty"`
	Alert     bool         `json:"alert"` // it has an anchor, so it may be one
	Story     string       `json:"story,omitempty"`
	Error     *query.Error `json:"error,omitempty"`
}

// CheckQuery prints a query's canonical form, by which words it is found and how far it is from the limits; or, as an error,
// what is wrong with it.
func CheckQuery(src string, o QueryOptions, std Streams) error {
	s := screen{std.Out, o}
	q, err := o.parse(src)
	if err != nil {
		return s.mistake(src, err, std)
	}
	plan := query.PlanOf(q)
	if o.JSON {
		out := queryCheck{Query: src, OK: true, Canonical: q.String(), Plan: &plan, Alert: len(plan.Anchors) > 0}
		if q.Story != nil {
			out.Story = q.Story.String()
		}
		return s.object(out)
	}
	s.plan(q, plan)
	return nil
}

// mistake shows where a query is wrong, and returns what is wrong as the command's error.
func (s screen) mistake(src string, err error, std Streams) error {
	wrong, ok := errors.AsType[*query.Error](err)
	if !ok {
		return err
	}
	if s.JSON {
		return errors.Join(s.object(queryCheck{Query: src, Error: wrong}), errors.New(wrong.In(s.Lang)))
	}
	if strings.TrimSpace(src) != "" {
		screen{std.Err, s.QueryOptions}.caret(src, wrong)
	}
	return errors.New(wrong.In(s.Lang))
}

// plan prints what check says of a good query.
func (s screen) plan(q *query.Query, p query.Plan) {
	s.line("%s %s", s.paint(green, s.say("đúng", "good")), Plain(q.String()))
	shown, rest := p.Anchors, ""
	if most := 10; len(shown) > most {
		shown, rest = shown[:most], fmt.Sprintf(s.say(" và %d nữa", " and %d more"), len(p.Anchors)-most)
	}
	if len(p.Anchors) > 0 {
		s.line("  %s %s%s  (%s)", s.say("neo:     ", "anchors: "), Plain(strings.Join(shown, ", ")), rest, s.share(p.Share))
	} else {
		s.line("  %s %s", s.say("neo:     ", "anchors: "), s.say("không có: dùng được để tìm và lọc, không dùng được làm cảnh báo",
			"none: good for searching and filtering, not for an alert"))
	}
	if len(p.Guards) > 0 {
		s.line("  %s %s", s.say("và có:   ", "besides: "), Plain(strings.Join(p.Guards, ", ")))
	}
	s.line("  %s %s", s.say("giới hạn:", "limits:  "), fmt.Sprintf(s.say(
		"%d/%d ký tự, %d/%d từ và cụm từ, %d/%d từ có *, ngoặc lồng %d/%d",
		"%d/%d characters, %d/%d words and phrases, %d/%d words with *, brackets in brackets %d/%d"),
		p.Characters, query.MaxLength, p.Terms, query.MaxTerms, p.Wildcards, query.MaxWildcards, p.Brackets, query.MaxDepth))
	s.story(q)
}

func (s screen) share(share float64) string {
	if share < 0.001 {
		return s.say("dưới 1 trên 1.000 bài", "fewer than 1 in 1,000 articles")
	}
	return fmt.Sprintf(s.say("khoảng %.0f trên 1.000 bài", "about %.0f in 1,000 articles"), share*1000)
}

// story says what one article cannot decide.
func (s screen) story(q *query.Query) {
	if q.Story != nil {
		s.line("  %s %s", q.Story.String(), s.say("được xét trên cả câu chuyện, không trên một bài",
			"is decided by the story, not by one article"))
	}
}

// explained is what explain prints of an article with --json.
type explained struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	Held        bool              `json:"held"`
	Score       float64           `json:"score,omitempty"`
	Clauses     []string          `json:"clauses,omitempty"`
	Spans       []article.Span    `json:"spans,omitempty"`
	Explanation query.Explanation `json:"explanation"`
}

// ExplainQuery prints for each article of a file what each part of a query found in it, or missed. The file has articles as
// JSON lines, or is itself one article as plain text, with its title on the first line. A broken line is told with its number,
// the rest goes on, and the error is ErrBroken.
func ExplainQuery(src, file string, o QueryOptions, std Streams) error {
	s := screen{std.Out, o}
	q, err := o.parse(src)
	if err != nil {
		return s.mistake(src, err, std)
	}
	in, err := open(file, std.In)
	if err != nil {
		return err
	}
	defer in.Close()
	reader := bufio.NewReader(in)
	switch first := firstByte(reader); {
	case isRecords(file) || first == '{' || first == 0:
		return s.explainRecords(q, file, reader, std)
	case first == '<':
		return fmt.Errorf("%s: %s", file, s.say("đây là trang HTML; lấy bài ra trước: haidang fetch TRANG --url ĐỊA-CHỈ | haidang query explain …",
			"this is an HTML page; take the article out first: haidang fetch PAGE --url ADDRESS | haidang query explain …"))
	}
	text, err := io.ReadAll(io.LimitReader(reader, maxLine+1))
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", file, err)
	case len(text) > maxLine:
		return fmt.Errorf("%s: longer than %d MB", file, maxLine>>20)
	}
	title, rest, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return s.explain(q, &article.Article{Title: strings.TrimSpace(title), Text: strings.TrimSpace(rest)})
}

// isRecords reports whether a file says by its name that it holds JSON.
func isRecords(file string) bool {
	name := strings.TrimSuffix(file, ".gz")
	return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".jsonl")
}

// firstByte skips what is blank and returns what comes next, without taking it; 0 at the end.
func firstByte(r *bufio.Reader) byte {
	for {
		switch next, _ := r.Peek(1); {
		case len(next) == 0:
			return 0
		case next[0] > ' ':
			return next[0]
		}
		_, _ = r.Discard(1)
	}
}

func (s screen) explainRecords(q *query.Query, file string, in io.Reader, std Streams) error {
	broken := 0
	complain := func(l Line, err error) {
		broken++
		fmt.Fprintf(std.Err, "%s:%d: %s\n", file, l.Number, Plain(err.Error()))
	}
	err := Lines(nil, in, func(l Line) error {
		record, err := article.ParseRecord(l.Data)
		if err != nil {
			complain(l, err)
			return nil
		}
		return s.explain(q, &record.Article)
	}, complain)
	if err == nil && broken > 0 {
		err = fmt.Errorf("%d lines: %w", broken, ErrBroken)
	}
	return err
}

func (s screen) explain(q *query.Query, a *article.Article) error {
	d := query.Document(a)
	m, held := q.Matches(d)
	e := query.Explain(q, d)
	if s.JSON {
		return s.object(explained{a.ID, a.Title, held, m.Score, m.Clauses, m.Spans, e})
	}
	verdict := s.paint(red, s.say("không khớp", "no match"))
	if held {
		verdict = s.paint(green, s.say("khớp", "match"))
	}
	s.line("%s  %s", verdict, s.paint(bold, Plain(cmp.Or(a.Title, a.URL, a.ID))))
	s.story(q)
	s.parts(e, 1)
	s.excerpts(d, e)
	return s.line("")
}

// Plain returns text of an outlet without control, direction or invisible characters, on one line: fit for a terminal.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
}
