package dev.lathe.jmh;

import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads a model, runs it once, and prints nanoseconds and peak resident bytes. Inputs are read
 * before the clock starts: both engines get them alike.
 */
public final class ColdStart {
  private ColdStart() {}

  /** Runs {@code ENGINE MODEL FOLDER THREADS} in this process. */
  public static void main(String[] args) {
    Path model = Path.of(args[1]);
    int threads = Integer.parseInt(args[3]);
    try (Arena arena = Arena.ofShared()) {
      List<Tensor> inputs = new ModelFolder(Path.of(args[2])).inputs(arena);
      long start = System.nanoTime();
      try (Contender contender =
          args[0].equals("lathe")
              ? new LatheContender(model, inputs, threads)
              : new OnnxRuntimeContender(model, inputs, threads)) {
        contender.run();
        System.out.println("RESULT " + (System.nanoTime() - start) + " " + peakBytes());
      }
    }
  }

  private static long peakBytes() {
    for (String line : Compare.lines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  /** Nanoseconds until the first outputs, and peak resident bytes, of a fresh process. */
  static long[] inFreshProcess(String engine, Path model, ModelFolder folder, int threads) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ColdStart.class.getName()));
    command.addAll(
        List.of(engine, model.toString(), folder.path().toString(), Integer.toString(threads)));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      for (String line : output.lines().toList()) {
        if (status == 0 && line.startsWith("RESULT ")) {
          String[] parts = line.split(" ", -1);
          return new long[] {Long.parseLong(parts[1]), Long.parseLong(parts[2])};
        }
      }
      throw new IllegalStateException(engine + " failed on " + model + ": " + output);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
