package dev.lathe.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Markdown table of both engines' figures, a row a model, and the geometric mean of ratios. */
final class Report {
  private static final String RULE = "|---|---|---|---|---|---|---|";

  private final String second;
  private final boolean errors;
  private final List<String> rows = new ArrayList<>();
  private final List<Double> ratios = new ArrayList<>();

  /**
   * @param second what the last two columns have beside the names of the engines
   * @param errors whether a last column has the error of our outputs
   */
  Report(String second, boolean errors) {
    this.second = second;
    this.errors = errors;
  }

  /**
   * The figures of one engine.
   *
   * @param milliseconds the median time
   * @param second the figure of the engine's column among the last
   */
  record Figures(double milliseconds, double second) {}

  /** The two lines above the rows. */
  String header() {
    String ours = Contender.LATHE;
    String peer = Contender.PEER;
    String line =
        String.format(
            Locale.ROOT,
            "| model | inputs | %s ms | %s ms | ratio | %s %s | %s %s |",
            ours,
            peer,
            ours,
            second,
            peer,
            second);
    return errors ? line + " RMS error |\n" + RULE + "---|" : line + "\n" + RULE;
  }

  /**
   * Adds a model, and gives its row.
   *
   * @param inputs the shapes that were run
   * @param error of our outputs, relative; left out where the table has no column for it
   */
  String add(String model, String inputs, Figures ours, Figures theirs, double error) {
    double ratio = ours.milliseconds() / theirs.milliseconds();
    ratios.add(ratio);
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %s | %.3f | %.3f | %.3f | %.3f | %.3f |",
            model,
            inputs,
            ours.milliseconds(),
            theirs.milliseconds(),
            ratio,
            ours.second(),
            theirs.second());
    row = errors ? row + String.format(Locale.ROOT, " %.2g |", error) : row;
    rows.add(row);
    return row;
  }

  /** The last row: how much of the peer's time Lathe takes over all models. */
  String mean() {
    double mean =
        Statistics.geometricMean(ratios.stream().mapToDouble(Double::doubleValue).toArray());
    String row =
        String.format(
            Locale.ROOT, "| geometric mean of %d | | | | %.3f | | |", ratios.size(), mean);
    return errors ? row + " |" : row;
  }

  /** The conditions, one an item, and the whole table. */
  String markdown(List<String> conditions) {
    StringBuilder text = new StringBuilder();
    conditions.forEach(condition -> text.append("- ").append(condition).append('\n'));
    text.append('\n').append(header()).append('\n');
    rows.forEach(row -> text.append(row).append('\n'));
    return text.append(mean()).append('\n').toString();
  }
}
