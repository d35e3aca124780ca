package dev.lathe.cli;

import dev.lathe.compiler.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code lathe training-run}: uses the other commands on a small network. The launcher makes the
 * JVM's ahead-of-time cache from what this loads and links.
 */
@Command(
    name = "training-run",
    hidden = true,
    description = "Compiles and runs a small network, to train the launcher's cache.")
final class TrainingCommand implements Callable<Integer> {
  private static final String NETWORK = "training.ir";
  private static final List<String> SHAPES =
      List.of("--shape", "ids=1x16", "--shape", "mask=1x16", "--shape", "image=1x3x32x32");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Commands.require(spec);
    Path folder = Files.createTempDirectory("lathe-training-");
    try {
      Path network = folder.resolve(NETWORK);
      try (InputStream in = TrainingCommand.class.getResourceAsStream(NETWORK)) {
        if (in == null) {
          throw new BadInputException(NETWORK + " is missing from the jar of the command");
        }
        Files.copy(in, network);
      }
      String jar = folder.resolve("training.jar").toString();
      int status = run(List.of("compile", network.toString(), "-o", jar));
      status = Math.max(status, run(with("bench", jar, "--seconds", "0.05", "--profile")));
      return Math.max(status, run(with("bench", jar, "--seconds", "0.05", "--json")));
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static List<String> with(String... arguments) {
    return Stream.concat(Arrays.stream(arguments), SHAPES.stream()).toList();
  }

  private static int run(List<String> arguments) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return Main.execute(arguments.toArray(String[]::new), nowhere, nowhere);
  }
}
