package dev.lathe.cli;

import dev.lathe.CompileOptions;
import dev.lathe.cli.ModelTest.Result;
import dev.lathe.cli.ModelTest.Status;
import dev.lathe.compiler.BadInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lathe verify}. */
@Command(
    name = "verify",
    description = {
      "Runs models on test data and compares the outputs.",
      "",
      "Tests are the folders below DIR with a model.onnx and test_data_set_* folders of"
          + " input_*.pb and output_*.pb, as in ONNX's backend tests. A line is printed for each"
          + " test that does not pass. Models that need what Lathe cannot do are skipped."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  /** Links that lead far may be circles. */
  private static final int DEEPEST = 32;

  @Spec private @Nullable CommandSpec spec;
  @ParentCommand private @Nullable Main main;

  @Parameters(paramLabel = "DIR", arity = "1..*", description = "Where to look for tests.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = "--report",
      paramLabel = "FILE.tsv",
      description = "Write name, result and reason of every test, separated by tabs.")
  private @Nullable Path report;

  @Option(names = "--jar", description = "Write each model to a compiled jar and run that.")
  private boolean jar;

  @Mixin private BackendOption backend = new BackendOption();
  @Mixin private SourceOptions source = new SourceOptions();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Commands.require(spec);
    if (main != null) {
      // A note for each of a thousand tests helps nobody.
      main.onlyWarnings();
    }
    PrintWriter out = command.commandLine().getOut();
    CompileOptions options = backend.applyTo(source.toOptions());
    List<ModelTest> tests = find();
    Map<Status, Integer> counts = new EnumMap<>(Status.class);
    StringBuilder table = new StringBuilder("name\tresult\treason\n");
    Path jarFolder = jar ? Files.createTempDirectory("lathe-verify") : null;
    try (Progress progress = Progress.of(command)) {
      for (int i = 0; i < tests.size(); i++) {
        progress.accept((i + 1) + " of " + tests.size() + ": " + tests.get(i).name());
        Result result = tests.get(i).run(options, jarFolder);
        counts.merge(result.status(), 1, Integer::sum);
        table.append(result.name()).append('\t').append(text(result.status())).append('\t');
        table.append(result.reason()).append('\n');
        if (result.status() != Status.PASSED) {
          progress.clear();
          out.println(text(result.status()) + " " + result.name() + ": " + result.reason());
        }
      }
    } finally {
      if (jarFolder != null) {
        Files.delete(jarFolder);
      }
    }
    if (report != null) {
      Commands.writeText(report, table.toString());
    }
    int failed = counts.getOrDefault(Status.FAILED, 0);
    out.println(
        counts.getOrDefault(Status.PASSED, 0)
            + " passed, "
            + failed
            + " failed, "
            + counts.getOrDefault(Status.SKIPPED, 0)
            + " skipped");
    return failed == 0 ? 0 : ErrorHandler.FAILED;
  }

  private static String text(Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private List<ModelTest> find() throws IOException {
    List<ModelTest> tests = new ArrayList<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new BadInputException(folder + ": there is no such folder");
      }
      List<Path> found = new ArrayList<>();
      Files.walkFileTree(
          folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new Finder(found));
      found.sort(null);
      if (found.isEmpty()) {
        throw new BadInputException(
            folder + ": there is no test below, that is a folder with a " + ModelTest.MODEL);
      }
      for (Path test : found) {
        Path relative = folder.relativize(test);
        tests.add(
            new ModelTest(
                relative.toString().isEmpty()
                    ? String.valueOf(folder.toAbsolutePath().normalize().getFileName())
                    : relative.toString(),
                test));
      }
    }
    return tests;
  }

  private static final class Finder extends SimpleFileVisitor<Path> {
    private final List<Path> found;

    Finder(List<Path> found) {
      this.found = found;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      Path parent = file.getParent();
      if (parent != null && file.endsWith(ModelTest.MODEL)) {
        found.add(parent);
      }
      return FileVisitResult.CONTINUE;
    }

    /** A folder that cannot be read, or a circle of links, holds no test. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
