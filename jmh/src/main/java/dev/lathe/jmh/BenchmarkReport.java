package dev.lathe.jmh;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Markdown tables of what JMH measured, one a benchmark: where it ran on both engines a row has
 * both medians and their ratio, else the median and what profilers added.
 */
final class BenchmarkReport {
  private final List<Measured> all;

  BenchmarkReport(List<Measured> all) {
    this.all = List.copyOf(all);
  }

  /** The conditions, one an item, and the tables. */
  String markdown(List<String> conditions) {
    StringBuilder text = new StringBuilder();
    conditions.forEach(condition -> text.append("- ").append(condition).append('\n'));
    Map<String, List<Measured>> benchmarks = new LinkedHashMap<>();
    for (Measured measured : all) {
      benchmarks.computeIfAbsent(measured.benchmark(), _ -> new ArrayList<>()).add(measured);
    }
    benchmarks.forEach(
        (name, results) -> {
          text.append("\n## ").append(name).append("\n\n");
          boolean compared = results.getFirst().parameters().containsKey(Measured.ENGINE);
          text.append(compared ? ratios(results) : parts(results));
        });
    return text.toString();
  }

  private static String ratios(List<Measured> results) {
    Map<SortedMap<String, String>, Map<String, Measured>> rows = new LinkedHashMap<>();
    for (Measured measured : results) {
      rows.computeIfAbsent(measured.withoutEngine(), _ -> new LinkedHashMap<>())
          .put(String.valueOf(measured.parameters().get(Measured.ENGINE)), measured);
    }
    String unit = results.getFirst().unit();
    Set<String> keys = results.getFirst().withoutEngine().keySet();
    List<String> header = new ArrayList<>(keys);
    for (String engine : List.of(Contender.LATHE, Contender.PEER)) {
      header.add(engine + " " + unit);
    }
    header.add("ratio");
    for (String engine : List.of(Contender.LATHE, Contender.PEER)) {
      header.add(engine + " peak MB");
    }
    header.add("ratio of peaks");
    StringBuilder text = new StringBuilder(header(header));
    List<Double> times = new ArrayList<>();
    List<Double> peaks = new ArrayList<>();
    rows.forEach(
        (parameters, engines) -> {
          List<String> cells = new ArrayList<>(parameters.values());
          Measured ours = engines.get(Contender.LATHE);
          Measured theirs = engines.get(Contender.PEER);
          pair(cells, median(ours), median(theirs), "%.3f", times);
          pair(cells, peak(ours), peak(theirs), "%.0f", peaks);
          text.append(row(cells));
        });
    List<String> mean = new ArrayList<>(keys.stream().map(_ -> "").toList());
    mean.set(0, "geometric mean of " + times.size());
    mean.addAll(List.of("", "", mean(times), "", "", mean(peaks)));
    return text.append(row(mean)).toString();
  }

  private static double median(@Nullable Measured measured) {
    return measured == null ? Double.NaN : measured.median();
  }

  private static double peak(@Nullable Measured measured) {
    return measured == null
        ? Double.NaN
        : measured.others().getOrDefault(PeakMemory.LABEL, Double.NaN);
  }

  /** Adds both values, empty where there is none, and their ratio where there are both. */
  private static void pair(
      List<String> cells, double ours, double theirs, String format, List<Double> ratios) {
    for (double value : new double[] {ours, theirs}) {
      cells.add(Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value));
    }
    double ratio = ours / theirs;
    cells.add(Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.3f", ratio));
    if (!Double.isNaN(ratio)) {
      ratios.add(ratio);
    }
  }

  private static String mean(List<Double> ratios) {
    return ratios.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%.3f",
            Statistics.geometricMean(ratios.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  private static String parts(List<Measured> results) {
    Set<String> parts = new LinkedHashSet<>();
    results.forEach(measured -> parts.addAll(measured.others().keySet()));
    List<String> header = new ArrayList<>(results.getFirst().parameters().keySet());
    header.add("whole " + results.getFirst().unit());
    header.addAll(parts);
    StringBuilder text = new StringBuilder(header(header));
    for (Measured measured : results) {
      List<String> cells = new ArrayList<>(measured.parameters().values());
      cells.add(String.format(Locale.ROOT, "%.1f", measured.median()));
      for (String part : parts) {
        Double value = measured.others().get(part);
        cells.add(value == null ? "" : String.format(Locale.ROOT, "%.1f", value));
      }
      text.append(row(cells));
    }
    return text.toString();
  }

  private static String header(List<String> names) {
    return row(names) + "|" + "---|".repeat(names.size()) + "\n";
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
