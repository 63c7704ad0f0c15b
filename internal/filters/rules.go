package filters

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"haidang/classifier"
	"haidang/internal/article"
	"haidang/internal/query"
)

// ruleLine is what list prints of a claim with --json.
type ruleLine struct {
	ID       string           `json:"id"`
	Field    string           `json:"field"`
	Kind     classifier.Kind  `json:"kind"`
	Severity article.Severity `json:"severity"`
	Verdict  string           `json:"verdict"`
	Version  int              `json:"version"`
	VI       string           `json:"statement_vi"`
	EN       string           `json:"statement_en"`
	File     string           `json:"file"`
	Examples int              `json:"examples"`
}

func lineOf(c *classifier.Claim) ruleLine {
	return ruleLine{
		c.ID, c.Field, c.Kind, c.Severity, cmp.Or(c.Verdict, "undetermined"), c.Version, c.Statement.VI, c.Statement.EN, c.File,
		len(c.Examples.Match) + len(c.Examples.NoMatch) + len(c.Examples.Denies),
	}
}

// ListRules prints every claim, one a line.
func ListRules(c *classifier.Classifier, o QueryOptions, std Streams) error {
	s := screen{std.Out, o}
	if s.JSON {
		for i := range c.Claims() {
			if err := s.object(lineOf(&c.Claims()[i])); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for i := range c.Claims() {
		claim := &c.Claims()[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", claim.ID, claim.Severity, claim.Kind, cmp.Or(claim.Verdict, "undetermined"), query.Message{VI: claim.Statement.VI, EN: claim.Statement.EN}.In(o.Lang))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return s.line(s.say("%d nội dung, bộ quy tắc %s", "%d claims, rule set %s"), len(c.Claims()), c.Version())
}

// ShowRule prints one claim whole: what it says, its clauses with their queries, and its evidence.
func ShowRule(c *classifier.Classifier, id string, o QueryOptions, std Streams) error {
	claim, ok := c.Claim(id)
	if !ok {
		return noClaim(id)
	}
	s := screen{std.Out, o}
	if s.JSON {
		return s.object(claim)
	}
	s.line("%s  %s, %s, %s, %s %d (%s)", s.paint(bold, claim.ID), claim.Field, claim.Kind, claim.Severity, s.say("bản", "version"), claim.Version, claim.File)
	s.line("  vi: %s\n  en: %s", claim.Statement.VI, claim.Statement.EN)
	s.line("  %s: %s%s", s.say("kết luận", "verdict"), cmp.Or(claim.Verdict, "undetermined"), prefixed(", ", claim.DecidedBy))
	for _, cl := range claim.Clauses {
		need := ""
		if cl.Required {
			need = s.say(", bắt buộc", ", required")
		}
		s.line("  %s %+d%s", s.paint(bold, cl.Name), cl.Weight, need)
		s.line("    vi: %s\n    en: %s", cmp.Or(cl.VI, "—"), cmp.Or(cl.EN, "—"))
	}
	if claim.Exclude.VI+claim.Exclude.EN != "" {
		s.line("  %s\n    vi: %s\n    en: %s", s.paint(bold, s.say("loại trừ", "exclude")), cmp.Or(claim.Exclude.VI, "—"), cmp.Or(claim.Exclude.EN, "—"))
	}
	for _, ev := range claim.Evidence {
		s.line("  %s %s %s “%s”", ev.Effect, ev.Date, ev.URL, Plain(ev.Quote))
	}
	return nil
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func noClaim(id string) error {
	return fmt.Errorf("there is no claim %q; haidang rules list names them", id)
}

// ErrExamples is returned when an example of a claim does not come out as it must.
var ErrExamples = errors.New("examples are not as they must be")

// TestRules runs the examples of the claims with these IDs, of all without any.
func TestRules(c *classifier.Classifier, ids []string, o QueryOptions, std Streams) error {
	s := screen{std.Out, o}
	for _, id := range ids {
		if _, ok := c.Claim(id); !ok {
			return noClaim(id)
		}
	}
	examples, wrong, claims := 0, 0, 0
	for i := range c.Claims() {
		claim := &c.Claims()[i]
		if len(ids) > 0 && !slices.Contains(ids, claim.ID) {
			continue
		}
		claims++
		for _, r := range c.TestExamples(claim) {
			examples++
			if r.Wrong != "" {
				wrong++
			}
			if s.JSON {
				if err := s.object(struct {
					Claim string `json:"claim"`
					classifier.ExampleResult
				}{claim.ID, r}); err != nil {
					return err
				}
				continue
			}
			sign := s.paint(green, "✓")
			if r.Wrong != "" {
				sign = s.paint(red, "✗")
			}
			if len(ids) > 0 || r.Wrong != "" {
				s.line("%s %s %s: %s%s", sign, claim.ID, r.Kind, Plain(r.Title), prefixed("  ", r.Wrong))
			}
		}
	}
	if !s.JSON {
		s.line(s.say("%d ví dụ của %d nội dung, %d sai", "%d examples of %d claims, %d wrong"), examples, claims, wrong)
	}
	if wrong > 0 {
		return ErrExamples
	}
	return nil
}

// Why prints for each article of a file why it rings for claims, or does not: of the claims with these IDs, or of those
// that its verdict names, or, where it names none, of the nearest ones.
func Why(c *classifier.Classifier, ids []string, file string, missed bool, o QueryOptions, std Streams) error {
	s := screen{std.Out, o}
	for _, id := range ids {
		if _, ok := c.Claim(id); !ok {
			return noClaim(id)
		}
	}
	broken := 0
	complain := func(l Line, err error) {
		broken++
		fmt.Fprintf(std.Err, "%s:%d: %s\n", l.Name, l.Number, Plain(err.Error()))
	}
	err := Lines([]string{file}, std.In, func(l Line) error {
		record, err := article.ParseRecord(l.Data)
		if err != nil {
			complain(l, err)
			return nil
		}
		return s.why(c, ids, &record.Article, missed)
	}, complain)
	if err == nil && broken > 0 {
		err = fmt.Errorf("%d lines: %w", broken, ErrBroken)
	}
	return err
}

// nearest is how many claims are told of an article that none was found in.
const nearest = 3

func (s screen) why(c *classifier.Classifier, ids []string, a *article.Article, missed bool) error {
	if len(ids) == 0 {
		for _, m := range c.Classify(a).Claims {
			ids = append(ids, m.ID)
		}
	}
	var told []classifier.Explanation
	if len(ids) == 0 {
		told = near(c, a)
	}
	for _, id := range ids {
		e, err := c.Explain(id, a)
		if err != nil {
			return err
		}
		told = append(told, e)
	}
	if s.JSON {
		return s.object(struct {
			ID     string                   `json:"id"`
			Title  string                   `json:"title"`
			Claims []classifier.Explanation `json:"claims"`
		}{a.ID, a.Title, told})
	}
	s.line("%s", s.paint(bold, Plain(cmp.Or(a.Title, a.URL, a.ID))))
	if len(told) == 0 {
		s.line("  %s", s.say("không có nội dung nào ở gần", "no claim comes near"))
	}
	for i := range told {
		s.explanation(&told[i], missed)
	}
	return s.line("")
}

// near returns the claims of which an article has most of what they need.
func near(c *classifier.Classifier, a *article.Article) []classifier.Explanation {
	var out []classifier.Explanation
	for i := range c.Claims() {
		e, err := c.Explain(c.Claims()[i].ID, a)
		if err == nil && slices.ContainsFunc(e.Clauses, func(cl classifier.ClauseAnswer) bool { return cl.Held }) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b classifier.Explanation) int {
		return cmp.Or(cmp.Compare(len(a.Missing()), len(b.Missing())), cmp.Compare(heldWeight(b), heldWeight(a)))
	})
	return out[:min(nearest, len(out))]
}

func heldWeight(e classifier.Explanation) (sum int) {
	for _, c := range e.Clauses {
		if c.Held {
			sum += c.Weight
		}
	}
	return sum
}

// explanation prints why a claim rings or does not: each clause, then the addition, then the decision.
func (s screen) explanation(e *classifier.Explanation, missed bool) {
	verdict := s.paint(red, s.say("không báo", "silent"))
	if e.Rings {
		verdict = s.paint(green, s.say("báo", "rings"))
	}
	s.line("  %s  %s (%s, %s)", verdict, s.paint(bold, e.Claim), e.Language, e.Version)
	for _, cl := range e.Clauses {
		s.clause(&cl, e.Found, missed)
	}
	sum := make([]string, len(e.Parts))
	for i, p := range e.Parts {
		sum[i] = fmt.Sprintf("%s %+d", p.Clause, p.Points)
	}
	if e.Found {
		s.line("    %s: %s = %d, %s %d", s.say("điểm", "points"), strings.Join(sum, ", "), e.Score, s.say("cần", "needs"), e.Threshold)
		s.line("    %s: %s", s.say("lập trường", "stance"), e.Stance)
	}
	s.line("    %s", s.reason(e))
}

// clause prints one clause, met or not, by how much; for what was missed, each part of its query.
func (s screen) clause(cl *classifier.ClauseAnswer, found, missed bool) {
	sign, note := s.paint(green, "✓"), ""
	switch {
	case !cl.Held && cl.Required:
		sign, note = s.paint(red, "✗"), s.say("bắt buộc, không thấy", "required, not there")
	case !cl.Held:
		sign, note = s.paint(faint, "–"), s.say("không thấy", "not there")
	case found && !cl.Near:
		sign, note = s.paint(faint, "–"), s.say("có, nhưng xa nội dung", "there, but not near the claim")
	}
	s.line("    %s %s %+d %s", sign, cl.Name, cl.Weight, s.paint(faint, note))
	if missed && cl.Required && !cl.Held {
		s.parts(cl.Query, 3)
	}
}

// reasons are the sentences for what keeps a claim silent, in Vietnamese and English.
var reasons = map[classifier.Reason]query.Message{
	classifier.ReasonAnswered:     {VI: "bài bác bỏ, kiểm chứng hoặc đưa tin xử phạt", EN: "the article denies it, debunks it or reports a penalty"},
	classifier.ReasonDisputed:     {VI: "cáo buộc mà chỉ bên bị nêu tên phủ nhận", EN: "an allegation that only the accused denies"},
	classifier.ReasonOpinion:      {VI: "là ý kiến, phê bình", EN: "opinion or criticism"},
	classifier.ReasonSatire:       {VI: "là trào phúng, hư cấu", EN: "satire or fiction"},
	classifier.ReasonPrediction:   {VI: "là dự báo, kế hoạch", EN: "a forecast or a plan"},
	classifier.ReasonExperience:   {VI: "là chuyện cá nhân", EN: "a personal story"},
	classifier.ReasonOfficial:     {VI: "nguồn có thẩm quyền, nêu tên, xác nhận", EN: "a competent, named source confirms it"},
	classifier.ReasonAdvice:       {VI: "là lời khuyên, cảnh báo chung", EN: "advice about this kind of thing, not an instance"},
	classifier.ReasonForeign:      {VI: "không nói về Việt Nam", EN: "not about Việt Nam"},
	classifier.ReasonNoPlace:      {VI: "gần nội dung không có địa danh Việt Nam", EN: "no Vietnamese place near the claim"},
	classifier.ReasonScore:        {VI: "chưa đủ điểm hoặc thiếu dấu hiệu tin đồn", EN: "too few points, or no mark of a rumour"},
	classifier.ReasonNotCheckable: {VI: "tệp quy tắc ghi là không kiểm chứng được", EN: "its file says that it cannot be checked"},
	classifier.ReasonCovered:      {VI: "bài đã báo ở nội dung khác về cùng sự việc", EN: "the article rings for another claim on the same event"},
}

// reason says in a sentence what decided.
func (s screen) reason(e *classifier.Explanation) string {
	switch missing := e.Missing(); {
	case e.Rings:
		return s.say("→ báo: hãy kiểm chứng", "→ rings: check this claim")
	case e.Excluded:
		return s.say("→ không báo: phần loại trừ khớp", "→ silent: its exclusion holds")
	case len(missing) > 0:
		return fmt.Sprintf(s.say("→ không nhận ra: thiếu %s", "→ not recognised: %s missing"), strings.Join(missing, ", "))
	case !e.Found:
		return s.say("→ không nhận ra: các phần bắt buộc đứng cách xa nhau", "→ not recognised: what is required stands too far apart")
	case e.CoveredBy != "":
		return "→ " + reasons[e.Silent].In(s.Lang) + ": " + e.CoveredBy
	}
	return "→ " + s.say("không báo: ", "silent: ") + reasons[e.Silent].In(s.Lang)
}
