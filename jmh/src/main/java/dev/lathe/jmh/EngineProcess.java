package dev.lathe.jmh;

import dev.lathe.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A JVM of its own in which one engine is measured. Its answers are the lines that begin with
 * {@value #ANSWER}; everything else it writes is kept for the message if it fails.
 */
final class EngineProcess implements AutoCloseable {
  static final String ANSWER = "RESULT";

  private final String name;
  private final Process process;
  private final PrintWriter questions;
  private final BufferedReader answers;
  private final StringBuilder others = new StringBuilder();
  private boolean ended;

  private EngineProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts {@code main} with the class path of this process. */
  static EngineProcess start(Class<?> main, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    try {
      return new EngineProcess(
          String.join(" ", arguments),
          new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process", e);
    }
  }

  /**
   * Compiles a model in a JVM of its own.
   *
   * @throws IllegalStateException if it fails; the message has what it says
   */
  static void compile(Path model, Path jar) {
    try (EngineProcess process =
        start(Main.class, List.of(), "compile", model.toString(), "-o", jar.toString())) {
      process.end();
    }
  }

  /** Sends a line. */
  void ask(String question) {
    questions.println(question);
  }

  /** The numbers of the next answer. */
  long[] answer() {
    try {
      String line;
      while ((line = answers.readLine()) != null) {
        if (line.startsWith(ANSWER)) {
          return numbers(line.substring(ANSWER.length()));
        }
        others.append(line).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what " + name + " writes", e);
    }
    throw new IllegalStateException(name + " failed: " + others);
  }

  static long[] numbers(String text) {
    String trimmed = text.strip();
    return trimmed.isEmpty()
        ? new long[0]
        : Arrays.stream(trimmed.split(" +", -1)).mapToLong(Long::parseLong).toArray();
  }

  /**
   * Lets the process end, and waits for it.
   *
   * @throws IllegalStateException if it fails
   */
  void end() {
    close();
    if (process.exitValue() != 0) {
      throw new IllegalStateException(name + " failed: " + others);
    }
  }

  /** Lets the process end, and waits for it. A second call does nothing. */
  @Override
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    questions.close();
    try {
      // Archives are written at the end.
      others.append(String.join("\n", answers.readAllLines()));
      process.waitFor();
      answers.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what " + name + " writes", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
