package dev.lathe.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.TestGraphs;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.Graph;
import dev.lathe.runtime.Model;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles programs against generated classes and runs them in processes of their own. */
class TypedApiTest {
  private static final String PROGRAM =
      """
      import com.example.Affine;
      import dev.lathe.runtime.ModelOptions;
      import dev.lathe.runtime.Tensor;
      import java.util.Arrays;

      public class Program {
        public static void main(String[] args) throws Exception {
          float[] ones = new float[400];
          Arrays.fill(ones, 1);
          try (Affine model = Affine.load(ModelOptions.defaults().threads(1));
              Affine fork = model.fork();
              Tensor x = Tensor.of(ones, 1, 400);
              Tensor y = Tensor.of(ones, 1, 400)) {
            Affine.Outputs outputs = model.run(x, y);
            System.out.println(outputs.lastHiddenState().getDouble(7));
            System.out.println(fork.run(x, y).doubled0().getDouble(7));
            System.out.println(outputs.equals(new Affine.Outputs(
                outputs.lastHiddenState(), outputs.doubled0())));
            System.out.println(outputs);
            System.out.println(outputs.hashCode() == outputs.hashCode());
            System.out.println(Affine.INPUT_X_1 + " " + Affine.OUTPUT_LAST_HIDDEN_STATE);
            System.out.println(model.session().model() == model.model());
            try {
              model.close();
            } catch (IllegalStateException e) {
              System.out.println(e.getMessage());
            }
          }
          for (String name : new String[] {
              "org.antlr.v4.runtime.Parser", "com.google.protobuf.CodedInputStream",
              "dev.lathe.passes.Passes", "dev.lathe.frontend.onnx.OnnxImporter",
              "dev.lathe.Lathe", "picocli.CommandLine"}) {
            try {
              Class.forName(name);
              System.out.println("there is " + name);
            } catch (ClassNotFoundException e) {
              // As it should be.
            }
          }
        }
      }
      """;

  private static final String EXPECTED =
      """
      4.0
      8.0
      true
      Outputs[lastHiddenState=f32[1, 400], doubled0=f32[1, 400]]
      true
      f32[N, 400] f32[N, 400]
      true
      model affine has a session that is still open; close every session before its model
      """;

  @TempDir Path folder;

  /** From where a class was loaded: a jar, or a folder of classes. */
  private static String origin(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  private static List<String> runtimeClosure() throws URISyntaxException {
    return List.of(origin(Model.class), origin(Graph.class), origin(ReferenceBackend.class));
  }

  private void compile(Path jar, String program) throws Exception {
    Path source = Files.writeString(folder.resolve("Program.java"), program);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-d",
              folder.toString(),
              "-proc:none",
              "-Xlint:all,-path,-try",
              "-Werror",
              "-cp",
              jar + File.pathSeparator + String.join(File.pathSeparator, runtimeClosure()));
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(messages::toString).isTrue();
    }
  }

  private String run(List<String> classPath) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xverify:all",
                "-XX:+UseSerialGC",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                String.join(File.pathSeparator, classPath)));
    command.add("Program");
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.waitFor();
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(status).as(text).isZero();
    return text.lines()
        .filter(line -> !line.contains("warning:"))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private List<String> with(String... first) throws URISyntaxException {
    return Stream.concat(
            Stream.concat(Stream.of(first), Stream.of(folder.toString())),
            runtimeClosure().stream())
        .toList();
  }

  @Test
  void aProgramUsesTheGeneratedClassFromItsJar() throws Exception {
    Path jar = folder.resolve("affine.jar");
    ArtifactWriter.write(jar, TestGraphs.affine(), "com.example.Affine", false);
    compile(jar, PROGRAM);
    assertThat(run(with(jar.toString()))).isEqualTo(EXPECTED);
  }

  @Test
  void aProgramUsesTheGeneratedClassFromAFolder() throws Exception {
    Path jar = folder.resolve("affine.jar");
    ArtifactWriter.write(jar, TestGraphs.affine(), "com.example.Affine", false);
    compile(jar, PROGRAM);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    unpack(jar, classes);
    Files.delete(jar);
    assertThat(run(with(classes.toString()))).isEqualTo(EXPECTED);
  }

  private static void unpack(Path jar, Path to) throws IOException {
    try (var zip = new java.util.zip.ZipFile(jar.toFile())) {
      for (var entry : java.util.Collections.list(zip.entries())) {
        Path file = to.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        try (var in = zip.getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
  }
}
