package dev.lathe.jmh;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;

/**
 * What JMH measured with one combination of parameters.
 *
 * @param benchmark the benchmark's class, without its package
 * @param parameters by name, without the folder
 * @param median of all samples, of all iterations, or of all processes, whichever there are
 * @param unit of the median
 * @param others what profilers added, by name
 */
record Measured(
    String benchmark,
    SortedMap<String, String> parameters,
    double median,
    String unit,
    Map<String, Double> others) {
  /** The parameter that says which engine ran. */
  static final String ENGINE = "with";

  private static final String FOLDER = "folder";

  Measured {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
  }

  static Measured of(RunResult result) {
    SortedMap<String, String> parameters = new TreeMap<>();
    for (String key : result.getParams().getParamsKeys()) {
      if (!key.equals(FOLDER)) {
        parameters.put(key, result.getParams().getParam(key));
      }
    }
    Map<String, Double> others = new LinkedHashMap<>();
    result
        .getSecondaryResults()
        .forEach((label, other) -> others.put(label.replace("·", ""), other.getScore()));
    String[] name = result.getParams().getBenchmark().split("\\.", -1);
    return new Measured(
        name[name.length - 2],
        parameters,
        result.getPrimaryResult().getStatistics().getPercentile(50),
        result.getPrimaryResult().getScoreUnit().replace("/op", ""),
        others);
  }

  /** The parameters without the engine. */
  SortedMap<String, String> withoutEngine() {
    SortedMap<String, String> rest = new TreeMap<>(parameters);
    rest.remove(ENGINE);
    return rest;
  }
}
