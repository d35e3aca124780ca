package dev.lathe.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a command did.
 *
 * @param status its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandResult(int status, String out, String err) {
  /** Runs the command in this process. */
  static CommandResult of(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] texts = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status =
        Main.execute(
            texts,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new CommandResult(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
