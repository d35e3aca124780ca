package dev.lathe.cli;

import dev.lathe.compiler.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lathe new}. */
@Command(
    name = "new",
    description = {
      "Writes a starter project: a model in the Lathe language, a program that runs it through its"
          + " typed Java API, a test, and a Maven build of them.",
    },
    footer = {"", "Example:", "  lathe new flowers --package com.example.flowers"},
    mixinStandardHelpOptions = true)
final class NewCommand implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*");

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      description = "Name of the project: letters, digits, and - or _ between them.")
  private String name = "";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Folder to write, which must be empty if it is there. Default: NAME.")
  private @Nullable Path folder;

  @Option(
      names = "--package",
      paramLabel = "P",
      description = "Java package. Default: com.example. and the name's letters and digits.")
  private @Nullable String packageName;

  @Override
  public Integer call() throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new BadInputException(
          "'" + name + "' is no name for a project; take letters, digits, and - or _ between them");
    }
    String java = packageName == null ? "com.example." + simple(name) : packageName;
    if (!SourceVersion.isName(java) || java.equals("java") || java.startsWith("java.")) {
      throw new BadInputException(
          "'" + java + "' is no name for a package; give one with --package");
    }
    Path target = (folder == null ? Path.of(name) : folder).toAbsolutePath().normalize();
    checkFree(target);
    write(files(java), target);
    PrintWriter out = Commands.require(spec).commandLine().getOut();
    Path shown = folder == null ? Path.of(name) : folder;
    out.println(shown + ": a model, a program and a test; README.md there says how to build them");
    return 0;
  }

  private static String simple(String name) {
    return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
  }

  private static void checkFree(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      try (Stream<Path> inside = Files.list(target)) {
        if (inside.findAny().isPresent()) {
          throw new BadInputException(
              target + ": this folder is not empty; name another with --dir");
        }
      }
    } else if (Files.exists(target)) {
      throw new BadInputException(target + ": this is a file; name a folder with --dir");
    } else if (target.getParent() == null || !Files.isDirectory(target.getParent())) {
      throw new NoSuchFileException(
          String.valueOf(target.getParent()), null, "there is no such folder");
    }
  }

  /** The text of each file by its path in the project. */
  private Map<String, String> files(String java) throws IOException {
    String path = java.replace('.', '/');
    Map<String, String> places = new LinkedHashMap<>();
    places.put("pom.xml", "pom.xml");
    places.put("model.lathe", "src/main/lathe/model.lathe");
    places.put("Main.java", "src/main/java/" + path + "/Main.java");
    places.put("MainTest.java", "src/test/java/" + path + "/MainTest.java");
    places.put("gitignore", ".gitignore");
    places.put("README.md", "README.md");
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, String> place : places.entrySet()) {
      String text =
          template(place.getKey())
              .replace("#{name}", name)
              .replace("#{package}", java)
              .replace("#{path}", path);
      files.put(place.getValue(), text);
    }
    return files;
  }

  private static String template(String name) throws IOException {
    String resource = "starter/" + name + ".template";
    try (InputStream in = NewCommand.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + resource + " is missing: build again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes beside the folder, and moves it into place when all of it is there. */
  private static void write(Map<String, String> files, Path target) throws IOException {
    Path beside =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    Files.createDirectory(beside);
    boolean isMoved = false;
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = beside.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
      isMoved = true;
    } finally {
      if (!isMoved) {
        delete(beside);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path inner, @Nullable IOException failure)
              throws IOException {
            Files.delete(inner);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
