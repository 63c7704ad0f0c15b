package haidang.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.monitor.HighlightsMatch;
import org.apache.lucene.monitor.MatcherFactory;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;

/**
 * Runs Lucene Monitor over a file of documents with a file of queries.
 *
 * <p>Documents are lines "id TAB text", the text in tokens between blanks. Queries are lines "id TAB expression": see {@link
 * Expression}. With --serve it answers commands on standard input: "run FROM TO TIMES" with "done CPU-NS WALL-NS
 * MATCHES", "pairs FROM TO" with a line "pair DOCUMENT QUERY" each and "done". Otherwise it measures itself once over all
 * documents, after they ran once, and prints the pairs. With --warm it runs for some seconds before anything else.
 */
public final class Peer {
  private static final String FIELD = "t";
  private static final long WARM_NANOSECONDS = TimeUnit.SECONDS.toNanos(12); // of the processor

  private final Monitor monitor;
  private final List<String[]> documents;
  private final int batch;
  private final boolean spans;

  private Peer(Monitor monitor, List<String[]> documents, int batch, boolean spans) {
    this.monitor = monitor;
    this.documents = documents;
    this.batch = batch;
    this.spans = spans;
  }

  public static void main(String[] args) throws IOException {
    List<String> options = Arrays.asList(args);
    if (args.length < 2) {
      System.err.println("usage: Peer DOCUMENTS QUERIES [--frequencies] [--multipass] [--batch=N] [--spans] [--serve] [--warm]");
      System.exit(2);
    }
    List<String[]> documents = read(args[0]);
    TermWeightor weightor =
        options.contains("--frequencies") ? rarityIn(documents) : TermFilteredPresearcher.DEFAULT_WEIGHTOR;
    Presearcher presearcher =
        options.contains("--multipass")
            ? new MultipassTermFilteredPresearcher(4, 0, weightor, List.of(), Set.of())
            : new TermFilteredPresearcher(weightor, List.of(), Set.of());
    MonitorConfiguration configuration =
        new MonitorConfiguration().setQueryUpdateBufferSize(5000).setPurgeFrequency(1, TimeUnit.DAYS);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    try (Monitor monitor = new Monitor(new WhitespaceAnalyzer(), presearcher, configuration)) {
      long start = System.nanoTime();
      List<MonitorQuery> queries = new ArrayList<>();
      for (String[] line : read(args[1])) {
        queries.add(new MonitorQuery(line[0], Expression.parse(FIELD, line[1]), line[1], Map.of()));
      }
      monitor.register(queries);
      Peer peer = new Peer(monitor, documents, batchOf(options), options.contains("--spans"));
      if (options.contains("--warm")) {
        peer.warm();
      }
      out.printf("ready %d %d%n", queries.size(), System.nanoTime() - start);
      out.flush();
      if (options.contains("--serve")) {
        peer.serve(out);
      } else {
        peer.measure(out);
      }
    }
  }

  private static int batchOf(List<String> options) {
    for (String option : options) {
      if (option.startsWith("--batch=")) {
        return Integer.parseInt(option.substring("--batch=".length()));
      }
    }
    return 1;
  }

  private static List<String[]> read(String file) throws IOException {
    List<String[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(file), StandardCharsets.UTF_8)) {
      lines.add(line.split("\t", 2));
    }
    return lines;
  }

  /** Prefers words of few documents, as our matcher does; the frequencies are those of the very documents. */
  private static TermWeightor rarityIn(List<String[]> documents) {
    Map<String, Integer> frequencies = new HashMap<>();
    for (String[] document : documents) {
      for (String word : new HashSet<>(Arrays.asList(document[1].trim().split(" ")))) {
        frequencies.merge(word, 1, Integer::sum);
      }
    }
    return term -> 1.0 / (1 + frequencies.getOrDefault(term.text(), 0));
  }

  private void serve(PrintStream out) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] command = line.trim().split(" ");
      int from = Integer.parseInt(command[1]);
      int to = Integer.parseInt(command[2]);
      if (command[0].equals("pairs")) {
        match(from, to, out);
        out.println("done");
      } else {
        System.gc(); // as the other side does before its turn
        long cpu = processorTime();
        long wall = System.nanoTime();
        long matches = 0;
        for (int times = Integer.parseInt(command[3]); times > 0; times--) {
          matches += match(from, to, null);
        }
        out.printf("done %d %d %d%n", processorTime() - cpu, System.nanoTime() - wall, matches);
      }
      out.flush();
    }
  }

  private void warm() throws IOException {
    long start = processorTime();
    for (int from = 0; processorTime() - start < WARM_NANOSECONDS; from += 100) {
      if (from >= documents.size()) {
        from = 0;
      }
      match(from, Math.min(from + 100, documents.size()), null);
    }
  }

  private void measure(PrintStream out) throws IOException {
    match(0, documents.size(), null);
    long cpu = processorTime();
    match(0, documents.size(), null);
    out.printf("docs/s %.1f%n", documents.size() * 1e9 / (processorTime() - cpu));
    match(0, documents.size(), out);
    out.flush();
  }

  /** The processor time of the whole process, its compiler and collector included, as the other side counts. */
  private static long processorTime() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  /** Matches the documents of a range and returns the number of matches; prints them if there is where to. */
  private long match(int from, int to, PrintStream out) throws IOException {
    return spans
        ? match(from, to, out, HighlightsMatch.MATCHER)
        : match(from, to, out, QueryMatch.SIMPLE_MATCHER);
  }

  private <T extends QueryMatch> long match(int from, int to, PrintStream out, MatcherFactory<T> factory)
      throws IOException {
    long count = 0;
    for (int start = from; start < to; start += batch) {
      Document[] documents = new Document[Math.min(batch, to - start)];
      for (int i = 0; i < documents.length; i++) {
        documents[i] = new Document();
        documents[i].add(new TextField(FIELD, this.documents.get(start + i)[1], Field.Store.NO));
      }
      MultiMatchingQueries<T> matching = monitor.match(documents, factory);
      for (int i = 0; i < documents.length; i++) {
        for (QueryMatch match : matching.getMatches(i)) {
          count++;
          if (out != null) {
            out.println("pair " + this.documents.get(start + i)[0] + " " + match.getQueryId());
          }
        }
      }
    }
    return count;
  }
}
