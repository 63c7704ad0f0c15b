package filters

import (
	"context"
	"fmt"
	"io/fs"

	"haidang/classifier"
	"haidang/classifier/gold"
	"haidang/classifier/telling"
	"haidang/internal/article"
	"haidang/internal/text"
)

// TrainTelling learns how rumours are told and writes the model (telling.txt) to std.Out. It learns from the gold set, but
// for what is kept for exams, and from those of the ordinary articles in which nobody competent speaks: only of such does
// the classifier ask.
func TrainTelling(ctx context.Context, c *classifier.Classifier, goldSet fs.FS, ordinary Articles, std Streams) error {
	items, err := gold.Read(goldSet)
	if err != nil {
		return err
	}
	var samples []telling.Sample
	rumours := 0
	for _, item := range items {
		if item.Exam() {
			continue
		}
		s := telling.Sample{Title: item.Title, Body: item.Text, Rumour: item.Rumour(), Chosen: true}
		if item.Language == "en" {
			s.Language = telling.English
		}
		if s.Rumour {
			rumours++
		}
		samples = append(samples, s)
	}
	ours := len(samples)
	err = ordinary(ctx, func(a *article.Article) error {
		if !c.Unanswered(a) {
			return nil
		}
		s := telling.Sample{Title: a.Title, Body: a.Lead + "\n" + a.Text}
		if text.Analyze(s.Body).Language() == text.English {
			s.Language = telling.English
		}
		samples = append(samples, s)
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Err, "learning from %d texts of the gold set, %d of them rumours, and %d ordinary articles\n", ours, rumours, len(samples)-ours)
	_, err = telling.Train(samples).WriteTo(std.Out)
	return err
}
