package dev.lathe.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build tool that takes {@code invokedynamic} out of classes: run as the build runs it. */
class DesugarTest {
  private static final Path TOOL = Path.of("../tools/desugar/Desugar.java");
  private static final Path SOURCES = Path.of("src/test/resources/desugar/kinds");

  @TempDir private Path folder;

  @Test
  void everyKindOfCallSiteDoesWhatItDid() throws Exception {
    Path classes = folder.resolve("classes");
    compile(classes, classes, SOURCES.resolve("Kinds.java"), SOURCES.resolve("base/Base.java"));
    assertThat(callSites(classes)).hasSizeGreaterThan(90);
    String before = java("-Xverify:all", "-cp", classes.toString(), "kinds.Kinds");

    assertThat(desugar(classes, classes)).contains(" 1 left,");
    assertThat(callSites(classes)).containsExactly("altMetafactory");
    assertThat(errors(classes)).isEmpty();
    assertThat(java("-Xverify:all", "-cp", classes.toString(), "kinds.Kinds")).isEqualTo(before);
    // Everything that was checked is in the text.
    assertThat(before.lines().count()).isGreaterThan(70);
  }

  @Test
  void whatIsPrivateIsReachedThroughTheNest() throws Exception {
    Path classes = folder.resolve("classes");
    compile(classes, classes, source("Outer", OUTER));
    desugar(classes, classes);
    assertThat(names(classes))
        .contains("Outer.class", "Outer$Inner.class", "Outer$Inner$$Lathe1.class");
    assertThat(java("-cp", classes.toString(), "Outer")).isEqualTo("inner\n");
  }

  @Test
  void aSecondRunWritesNothing() throws Exception {
    Path classes = folder.resolve("classes");
    compile(classes, classes, source("Outer", OUTER));
    desugar(classes, classes);
    Map<String, byte[]> once = contents(classes);
    assertThat(desugar(classes, classes)).contains(" 0 files written, 0 deleted");
    Map<String, byte[]> twice = contents(classes);
    assertThat(twice.keySet()).isEqualTo(once.keySet());
    twice.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(once.get(name)));
  }

  @Test
  void generatedClassesGoWithTheirCallSites() throws Exception {
    Path classes = folder.resolve("classes");
    compile(classes, classes, source("Outer", OUTER));
    desugar(classes, classes);
    Path other = classes.resolve("Other.class");
    Files.copy(classes.resolve("Outer.class"), other);
    String less = OUTER.replace("() -> name()", "null").replace("inner.get().get()", "\"none\"");
    compile(classes, classes, source("Outer", less));
    assertThat(desugar(classes, classes)).contains(" 1 deleted");
    assertThat(names(classes)).contains("Other.class").noneMatch(name -> name.contains("$$Lathe"));
    assertThat(java("-cp", classes.toString(), "Outer")).isEqualTo("none\n");
  }

  @Test
  void aClassOfUnknownTypesStaysAsItIs() throws Exception {
    Path library = folder.resolve("library");
    compile(
        library,
        library,
        source("A", "public class A { }"),
        source("B", "public class B extends A { }"),
        source("C", "public class C extends A { }"));
    Path classes = folder.resolve("classes");
    compile(
        classes,
        library,
        source(
            "Merge",
            """
            class Merge {
              static Runnable of(boolean b, B x, C y) {
                A a = b ? x : y;
                return () -> System.out.println(a);
              }
            }
            """));
    byte[] before = contents(classes).get("Merge.class");
    assertThat(desugar(classes, classes)).contains("1 left in Merge: ", " 0 files written");
    assertThat(contents(classes).get("Merge.class")).isEqualTo(before);
    assertThat(desugar(classes, library)).contains("1 call sites rewritten, 0 left");
  }

  private static final String OUTER =
      """
      import java.util.function.Supplier;
      class Outer {
        private static class Inner {
          private String name() { return "inner"; }
          private Supplier<Supplier<String>> later() {
            return new Supplier<>() {
              @Override public Supplier<String> get() { return make(); }
            };
          }
          private Supplier<String> make() { return () -> name(); }
        }
        public static void main(String[] args) {
          Supplier<Supplier<String>> inner = new Inner().later();
          System.out.println(inner.get().get());
        }
      }
      """;

  private Path source(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".java"), text);
  }

  private static void compile(Path output, Path classPath, Path... sources) throws IOException {
    Files.createDirectories(output);
    List<String> arguments =
        new ArrayList<>(
            List.of("-XDstringConcat=inline", "-nowarn", "-proc:none", "-d", output.toString()));
    arguments.addAll(List.of("-cp", classPath.toString()));
    Arrays.stream(sources).forEach(source -> arguments.add(source.toString()));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(status).isZero();
  }

  private static String desugar(Path classes, Path classPath) throws Exception {
    return java(
        "-XX:TieredStopAtLevel=1", TOOL.toString(), classes.toString(), classPath.toString());
  }

  /** Runs a JVM and returns what it printed; fails where it failed. */
  private static String java(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static Map<String, byte[]> contents(Path classes) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (var walk = Files.walk(classes)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
        contents.put(name, Files.readAllBytes(file));
      }
    }
    return contents;
  }

  private static List<String> names(Path classes) throws IOException {
    return List.copyOf(contents(classes).keySet());
  }

  /** The bootstrap methods of all call sites. */
  private static List<String> callSites(Path classes) throws IOException {
    List<String> found = new ArrayList<>();
    for (byte[] bytes : contents(classes).values()) {
      for (var entry : ClassFile.of().parse(bytes).constantPool()) {
        if (entry instanceof InvokeDynamicEntry site) {
          found.add(site.bootstrap().bootstrapMethod().asSymbol().methodName());
        }
      }
    }
    return found;
  }

  private static List<String> errors(Path classes) throws IOException {
    Map<String, byte[]> contents = contents(classes);
    ClassFile verifier =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(
                        type -> {
                          String descriptor = type.descriptorString();
                          byte[] bytes =
                              contents.get(
                                  descriptor.substring(1, descriptor.length() - 1) + ".class");
                          return bytes == null ? null : new java.io.ByteArrayInputStream(bytes);
                        })
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    List<String> errors = new ArrayList<>();
    for (byte[] bytes : contents.values()) {
      ClassModel model = verifier.parse(bytes);
      verifier.verify(model).forEach(error -> errors.add(error.getMessage()));
    }
    return errors;
  }
}
