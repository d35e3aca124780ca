package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lathe.artifact.Build;
import dev.lathe.frontend.language.LatheFormatter;
import dev.lathe.frontend.language.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewCommandTest {
  @TempDir Path folder;

  private Path created(Object... more) {
    Path project = folder.resolve("flowers");
    Object[] args = Stream.concat(Stream.of("new", "flowers"), Stream.of(more)).toArray();
    CommandResult result = CommandResult.of(args);
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    return project;
  }

  private static List<String> files(Path project) throws IOException {
    try (Stream<Path> files = Files.walk(project)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> project.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aProjectIsWritten() throws IOException {
    Path project = created("--dir", folder.resolve("flowers"), "--package", "a.b");
    assertThat(files(project))
        .containsExactly(
            ".gitignore",
            "README.md",
            "pom.xml",
            "src/main/java/a/b/Main.java",
            "src/main/lathe/model.lathe",
            "src/test/java/a/b/MainTest.java");
    for (String file : files(project)) {
      assertThat(Files.readString(project.resolve(file)))
          .doesNotContain("#{")
          .doesNotContain("${")
          .endsWith("\n");
    }
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).containsExactly(project);
    }
    String model = Files.readString(project.resolve("src/main/lathe/model.lathe"));
    assertThat(LatheFormatter.format(Source.of("model.lathe", model))).isEqualTo(model);
    CommandResult check = CommandResult.of("check", project.resolve("src/main/lathe/model.lathe"));
    assertThat(check.err()).isEmpty();
    assertThat(check.out()).contains("Classifier(measures: f32[N, 4]) -> (probs: f32[N, 3])");
  }

  @Test
  void anEmptyFolderIsFilled() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("flowers"));
    created("--dir", empty);
    assertThat(files(empty)).contains("src/main/java/com/example/flowers/Main.java");
  }

  @Test
  void pluginsAreThoseThatLatheIsBuiltWith() throws IOException {
    Path project = created("--dir", folder.resolve("flowers"));
    Pattern plugin = Pattern.compile("<artifactId>([a-z-]+-plugin)</artifactId>\\s*<version>(.*)<");
    String own = Files.readString(Path.of("../pom.xml"));
    List<MatchResult> plugins =
        plugin.matcher(Files.readString(project.resolve("pom.xml"))).results().toList();
    assertThat(plugins).hasSizeGreaterThan(3);
    for (MatchResult each : plugins) {
      assertThat(plugin.matcher(own).results().filter(one -> one.group(1).equals(each.group(1))))
          .isNotEmpty()
          .allMatch(one -> one.group(2).equals(each.group(2)));
    }
  }

  private static void failed(String message, Object... args) {
    CommandResult result = CommandResult.of(args);
    assertThat(result.err()).startsWith("lathe: error: ").contains(message);
    assertThat(result.status()).isEqualTo(2);
  }

  @Test
  void badInput() throws IOException {
    Path target = folder.resolve("target");
    failed("is no name for a project", "new", "../up", "--dir", target);
    failed("is no name for a project", "new", "two words", "--dir", target);
    failed("'com.example.new' is no name for a package", "new", "new", "--dir", target);
    failed("'a-b' is no name for a package", "new", "x", "--dir", target, "--package", "a-b");
    failed("'java.x' is no name for a package", "new", "x", "--dir", target, "--package", "java.x");
    failed("there is no such folder", "new", "x", "--dir", target.resolve("deep"));
    assertThat(target).doesNotExist();
    Path file = Files.writeString(folder.resolve("file"), "kept");
    failed("this is a file", "new", "x", "--dir", file);
    failed("this folder is not empty", "new", "x", "--dir", folder);
    assertThat(folder).isDirectoryContaining(each -> each.equals(file));
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).hasSize(1);
    }
  }

  /** Needs what Maven has fetched to build Lathe, and no more: the network is not used. */
  @Test
  @Tag("slow")
  void mavenBuildsAndTestsTheProject() throws IOException, InterruptedException {
    Path cached =
        Path.of(
            System.getProperty(
                "localRepository", System.getProperty("user.home") + "/.m2/repository"));
    assumeThat(cached.resolve("org/codehaus/mojo/exec-maven-plugin/3.6.4")).isDirectory();
    assumeThat(Stream.of(System.getenv("PATH").split(":")))
        .as("Maven is on the PATH")
        .anyMatch(path -> Files.isExecutable(Path.of(path, "mvn")));
    try (LocalRepository repository = new LocalRepository(folder.resolve("repository"), cached)) {
      repository.install(Path.of(".."), Build.version());
      Path project = created("--dir", folder.resolve("flowers"));
      String said = maven(project, repository, "test", "exec:exec@run");
      assertThat(said).contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0");
      assertThat(said.lines().filter(line -> line.matches(".*\\[0\\.\\d+(, 0\\.\\d+){2}]")))
          .hasSize(2);
      // Classes of the model are there beside those that javac has to write again.
      Path main = project.resolve("src/main/java/com/example/flowers/Main.java");
      Files.writeString(main, Files.readString(main) + "// changed\n");
      assertThat(maven(project, repository, "test")).contains("Tests run: 2, Failures: 0");
    }
  }

  private String maven(Path project, LocalRepository repository, String... goals)
      throws IOException, InterruptedException {
    Path log = folder.resolve("maven.log");
    ProcessBuilder builder = new ProcessBuilder("mvn", "-o", "-B");
    builder.command().add("-Dmaven.repo.local=" + repository.folder());
    builder.command().addAll(List.of(goals));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.directory(project.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("Maven ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
