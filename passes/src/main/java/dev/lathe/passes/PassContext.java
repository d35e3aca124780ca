package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the passes of one run of the pipeline share: options, the count of rewrites, and what is
 * reported. Not safe for use by several threads.
 */
public final class PassContext {
  private final PassOptions options;
  private final List<PassReport.Run> runs = new ArrayList<>();
  private final Map<String, Integer> rewrites = new HashMap<>();
  private long rewriteCount;
  private int dumps;

  /** A context without history. */
  public PassContext(PassOptions options) {
    this.options = options;
  }

  /** What was asked for. */
  public PassOptions options() {
    return options;
  }

  /** Whether the limit on rewrites allows one more. */
  public boolean mayRewrite() {
    return rewriteCount < options.stopAfterRewrites();
  }

  /** Counts an application of the rule named {@code rule} in the pass that runs now. */
  public void countRewrite(String rule) {
    rewriteCount++;
    rewrites.merge(rule, 1, Integer::sum);
  }

  /** What was done so far. */
  public PassReport report() {
    return new PassReport(runs);
  }

  /** Ends the entry of a pass: what was counted since the last one belongs to it. */
  void record(String pass, long nanos, int nodesBefore, int nodesAfter) {
    runs.add(new PassReport.Run(pass, nanos, rewrites, nodesBefore, nodesAfter));
    rewrites.clear();
  }

  /**
   * Writes the graph to the dump directory, if there is one, as {@code NN-stage.ir}.
   *
   * @throws UncheckedIOException if the file cannot be written; the message names it
   */
  void dump(Graph graph, String stage) {
    Path directory = options.dumpDirectory();
    if (directory == null) {
      return;
    }
    Path file = directory.resolve(String.format(Locale.ROOT, "%02d-%s.ir", dumps++, stage));
    try {
      Files.createDirectories(directory);
      Files.writeString(file, IrPrinter.summary(graph));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the IR to " + file + ": " + e.getMessage(), e);
    }
  }
}
