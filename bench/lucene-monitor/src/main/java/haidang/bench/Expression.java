package haidang.bench;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * Reads a query in prefix form: {@code (and X Y)}, {@code (or X Y)}, {@code (not X)} inside and, and {@code (term w1 w2)} for
 * a word or phrase. Tokens stand between blanks, brackets too, so words may hold anything but blanks.
 */
final class Expression {
  private final String field;
  private final String[] tokens;
  private int next;

  private Expression(String field, String[] tokens) {
    this.field = field;
    this.tokens = tokens;
  }

  static Query parse(String field, String source) {
    Expression expression = new Expression(field, source.trim().split(" "));
    Query query = expression.query();
    if (expression.next != expression.tokens.length) {
      throw new IllegalArgumentException("left over in: " + source);
    }
    return query;
  }

  private Query query() {
    String operator = tokens[next++];
    switch (operator) {
      case "(term":
        return term();
      case "(and":
        return bool(BooleanClause.Occur.MUST);
      case "(or":
        return bool(BooleanClause.Occur.SHOULD);
      default:
        throw new IllegalArgumentException("unknown operator " + operator);
    }
  }

  private Query term() {
    List<String> words = new ArrayList<>();
    while (!tokens[next].equals(")")) {
      words.add(tokens[next++]);
    }
    next++;
    if (words.size() == 1) {
      return new TermQuery(new Term(field, words.get(0)));
    }
    return new PhraseQuery(field, words.toArray(new String[0]));
  }

  private Query bool(BooleanClause.Occur occur) {
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    while (!tokens[next].equals(")")) {
      if (tokens[next].equals("(not")) {
        next++;
        builder.add(query(), BooleanClause.Occur.MUST_NOT);
        next++; // its bracket
      } else {
        builder.add(query(), occur);
      }
    }
    next++;
    return builder.build();
  }
}
