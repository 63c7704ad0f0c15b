package text

// Matches is the marks rule: whether the token stands for w, a word of a term that somebody looks for. marked says whether any word of
// the term has marks.
//
// A term without marks matches whatever folds to it. A term with marks matches the same marks, or a word in a run of Vietnamese
// written without any; never a word with other marks. So "vỡ đập" finds "vo dap" in a post without marks, and not "vợ đáp"; and
// its words without marks do not match marked ones: "ban hành" does not find "bán hàng", nor "bạn hành".
func (t Token) Matches(w *Word, marked bool) bool {
	if marked && !t.Unmarked {
		return t.Word.Is(w)
	}
	if t.Word.FoldID != 0 && w.FoldID != 0 {
		return t.Word.FoldID == w.FoldID
	}
	return t.Word.Fold == w.Fold
}
