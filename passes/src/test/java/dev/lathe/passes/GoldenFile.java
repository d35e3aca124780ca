package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrParser;
import dev.lathe.ir.text.IrPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of one rule: {@code === name}, a graph's content in the textual form, {@code --- after},
 * and what the rule makes of it. A case whose name begins with {@code keeps} has no second part,
 * for the rule must not change it.
 */
final class GoldenFile {
  private static final String CASE = "=== ";
  private static final String AFTER = "--- after";

  /**
   * A case.
   *
   * @param name unique in the file
   * @param before the content of a graph
   * @param after the content after the rule; empty for a case that is kept
   */
  record Case(String name, String before, String after) {
    boolean keeps() {
      return name.startsWith("keeps ");
    }

    /** The graph before the rule, built anew. */
    Graph graph() {
      return IrParser.parse("graph \"case\" {\n" + before + "}\n");
    }
  }

  private GoldenFile() {}

  static List<Case> read(Path file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String text : Files.readString(file).split("(?m)^" + CASE, -1)) {
      if (text.isBlank()) {
        continue;
      }
      int line = text.indexOf('\n');
      String[] parts = text.substring(line + 1).split("(?m)^" + AFTER + "\n", -1);
      cases.add(new Case(text.substring(0, line), parts[0], parts.length > 1 ? parts[1] : ""));
    }
    return cases;
  }

  static void write(Path file, List<Case> cases) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Case each : cases) {
      text.append(CASE).append(each.name()).append('\n').append(each.before());
      if (!each.keeps()) {
        text.append(AFTER).append('\n').append(each.after());
      }
    }
    Files.writeString(file, text);
  }

  /** The printed graph without its first and last line. */
  static String content(Graph graph) {
    String text = IrPrinter.print(graph);
    return text.substring(text.indexOf('\n') + 1, text.length() - "}\n".length());
  }
}
