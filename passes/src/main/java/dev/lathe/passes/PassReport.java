package dev.lathe.passes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the passes did to a graph.
 *
 * @param runs one entry for each pass that ran, in order
 */
public record PassReport(List<Run> runs) {
  public PassReport {
    runs = List.copyOf(runs);
  }

  /**
   * What one pass did.
   *
   * @param pass its name
   * @param nanos how long it took
   * @param rewrites how often each rule was applied, sorted by name; rules never applied are absent
   * @param nodesBefore the nodes of all functions and their nested blocks before it
   * @param nodesAfter the same after it
   */
  public record Run(
      String pass, long nanos, Map<String, Integer> rewrites, int nodesBefore, int nodesAfter) {
    public Run {
      rewrites = Collections.unmodifiableMap(new TreeMap<>(rewrites));
    }

    /** How many rewrites were made. */
    public long rewriteCount() {
      return rewrites.values().stream().mapToLong(Integer::longValue).sum();
    }
  }

  /** How often each rule was applied in all passes together, sorted by name. */
  public Map<String, Integer> rewrites() {
    Map<String, Integer> total = new TreeMap<>();
    for (Run run : runs) {
      run.rewrites().forEach((rule, count) -> total.merge(rule, count, Integer::sum));
    }
    return total;
  }

  /** How many rewrites were made: the largest useful {@link PassOptions#stopAfterRewrites}. */
  public long rewriteCount() {
    return runs.stream().mapToLong(Run::rewriteCount).sum();
  }

  /** A table for people: a line a pass, and under it a line a rule. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    for (Run run : runs) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-24s %8.1f ms %6d -> %d nodes",
              run.pass(),
              run.nanos() / 1e6,
              run.nodesBefore(),
              run.nodesAfter()));
      run.rewrites()
          .forEach((rule, count) -> lines.add(String.format(Locale.ROOT, "%8d %s", count, rule)));
    }
    return String.join("\n", lines);
  }
}
