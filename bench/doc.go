// Package bench holds the matcher beside what else one could take: the naive loop, an alternation of regular expressions,
// an Aho-Corasick automaton, a bare token trie, a bleve index in memory per document, and Lucene Monitor. It is a module of
// its own, so that none of these is in the product, and it has only tests:
//
//	mvn -q -B -f lucene-monitor/pom.xml package        # once; without it Lucene Monitor is left out
//	go test .                                          # all sides agree on every document and query
//	go test -count=1 -v -timeout 2h -measure .         # how fast each is, and how our cost grows; make bench-peers
//
// All sides get the same documents and the same generated queries, in the language that all of them know: words and
// phrases of folded syllables, AND, OR and NOT. A result is printed only after both sides named the same queries for every
// document.
//
// Others get their text folded and cut into words beforehand, and we get the article analysed: what is compared is the
// matching. bleve and Lucene index the words of the document in that time, as they must, and so beside them our figure is
// told a second time "from article", with all of our analysis of the raw text in it, which theirs would need as well. Ours
// always tells the spans in the original text; of the others only Lucene does, with --spans.
//
// Sides take turns, A B A B, on the same documents. Told are the median of the ratios and their range, and the result is
// refused if the other side by itself swings by more than 1.5. Time is that of the processor over all threads of a side,
// its garbage collector included, because the machine may be shared: documents per second of one core.
package bench
