package dev.lathe.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Markdown table of both engines' figures, a row a model, and the geometric mean of ratios. */
final class Report {
  private final String second;
  private final List<String> rows = new ArrayList<>();
  private final List<Double> ratios = new ArrayList<>();

  /**
   * @param second what the last two columns have beside the names of the engines
   */
  Report(String second) {
    this.second = second;
  }

  /**
   * The figures of one engine.
   *
   * @param milliseconds the median time
   * @param second the figure of the engine's last column
   */
  record Figures(double milliseconds, double second) {}

  /** The two lines above the rows. */
  String header() {
    String ours = Contender.LATHE;
    String peer = Contender.PEER;
    return String.format(
        Locale.ROOT,
        "| model | inputs | %s ms | %s ms | ratio | %s %s | %s %s |\n|---|---|---|---|---|---|---|",
        ours,
        peer,
        ours,
        second,
        peer,
        second);
  }

  /**
   * Adds a model, and gives its row.
   *
   * @param inputs the shapes that were run
   */
  String add(String model, String inputs, Figures ours, Figures theirs) {
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
    rows.add(row);
    return row;
  }

  /** The last row: how much of the peer's time Lathe takes over all models. */
  String mean() {
    double mean =
        Statistics.geometricMean(ratios.stream().mapToDouble(Double::doubleValue).toArray());
    return String.format(
        Locale.ROOT, "| geometric mean of %d | | | | %.3f | | |", ratios.size(), mean);
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
