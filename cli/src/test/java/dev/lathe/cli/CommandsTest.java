package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.TestGraphs;
import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  @TempDir Path folder;
  private Path model;
  private Path ones;

  @BeforeEach
  void write() throws IOException {
    model = Files.writeString(folder.resolve("affine.ir"), TestGraphs.AFFINE);
    ones = folder.resolve("ones.npy");
    float[] elements = new float[400];
    Arrays.fill(elements, 1);
    try (Tensor tensor = Tensor.of(elements, 1, 400)) {
      Npy.write(ones, tensor);
    }
  }

  private static String succeeded(CommandResult result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    return result.out();
  }

  private static void failed(int status, String message, Object... args) {
    CommandResult result = CommandResult.of(args);
    assertThat(result.err()).startsWith("lathe: error: ").contains(message);
    assertThat(result.err().lines().filter(line -> !line.startsWith("Try '"))).hasSize(1);
    assertThat(result.status()).isEqualTo(status);
  }

  private void expectOutputs(Path out) throws IOException {
    assertThat(OnnxFiles.list(out)).containsExactly("doubled_0.npy", "last_hidden_state.npy");
    try (Tensor doubled = Npy.read(out.resolve("doubled_0.npy"))) {
      assertThat(doubled.toFloats()).hasSize(400).containsOnly(8);
    }
  }

  @Test
  void compileThenRun() throws IOException {
    Path jar = folder.resolve("affine.jar");
    Path report = folder.resolve("report.json");
    String said =
        succeeded(
            CommandResult.of(
                "compile",
                model,
                "-o",
                jar,
                "--package",
                "a.b",
                "--class",
                "C",
                "--report",
                report));
    assertThat(said).startsWith(jar + ": a.b.C, ");
    Map<String, Object> json = JSON.std.mapFrom(Files.readString(report));
    assertThat(json).containsEntry("name", "affine").containsKeys("before", "after");
    Path out = folder.resolve("out");
    said =
        succeeded(
            CommandResult.of(
                "run",
                jar,
                "--backend",
                "reference",
                "--output-dir",
                out,
                "--input",
                "x.1=" + ones,
                "--input",
                "class=" + ones));
    assertThat(said.lines())
        .containsExactly(
            out.resolve("last_hidden_state.npy").toString(),
            out.resolve("doubled_0.npy").toString());
    expectOutputs(out);
  }

  @Test
  void runFromSource() throws IOException {
    Path out = folder.resolve("deep/out");
    succeeded(
        CommandResult.of(
            "run",
            model,
            "--backend",
            "reference",
            "--output-dir",
            out,
            "--shape",
            "x.1=1x400",
            "--input",
            "x.1=" + ones,
            "--input",
            "class=" + ones));
    expectOutputs(out);
  }

  @Test
  void inspectTellsAllFigures() throws IOException {
    String text = succeeded(CommandResult.of("inspect", model, "--ir"));
    assertThat(text)
        .contains("input       x.1: f32[N, 400]")
        .contains("output      doubled/0: f32[N, 400]")
        .contains("parameters  400 in 1.6 kB")
        .contains("FLOPs       1200*N")
        .contains("activations depend on open sizes")
        .containsPattern(
            "(?m)^compiled    for (onednn|reference): activations .* planned, .* alive at most \\(")
        .contains("add 2, mul 1")
        .contains("// before the passes\ngraph \"affine\" {")
        .contains("// after the passes\ngraph \"affine\" {");
    text = succeeded(CommandResult.of("inspect", model, "--json", "--shape", "x.1=2x400"));
    Map<String, Object> json = JSON.std.mapFrom(text);
    assertThat(json.get("inputs")).isEqualTo(Map.of("x.1", "f32[2, 400]", "class", "f32[2, 400]"));
    assertThat(json.get("after").toString()).contains("flops=2400");
    assertThat(json.get("compiled").toString())
        .contains("backend=", "live_activation_bytes=", ", activation_bytes=");
    text = succeeded(CommandResult.of("inspect", model, "--backend", "reference"));
    assertThat(text).containsPattern("compiled    for reference: .* alive at most \\(1.00\\)");
  }

  @Test
  void inspectCompilesNothingWhereSizesAreOpen() throws IOException {
    Path open = folder.resolve("open.ir");
    Files.writeString(
        open,
        """
        graph "open" {
          function "forward"(%x "x": f32[N, T]) -> ("y") {
            %y = relu(%x) : f32[N, T]
            return %y
          }
        }
        """);
    assertThat(succeeded(CommandResult.of("inspect", open))).doesNotContain("compiled");
    assertThat(succeeded(CommandResult.of("inspect", open, "--json"))).doesNotContain("compiled");
    assertThat(succeeded(CommandResult.of("inspect", open, "--shape", "x=2x3")))
        .contains("compiled");
  }

  @Test
  void inspectNamesUnsupportedOps() throws IOException {
    Path onnx = Files.write(folder.resolve("m.onnx"), OnnxFiles.model("Frobnicate", "x"));
    CommandResult result = CommandResult.of("inspect", onnx);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).startsWith("unsupported: ").contains("Frobnicate", "node_0");
    assertThat(CommandResult.of("inspect", onnx, "--json").out()).contains("\"unsupported\"");
  }

  @Test
  void benchMeasures() throws IOException {
    String text =
        succeeded(
            CommandResult.of(
                "bench",
                model,
                "--backend",
                "reference",
                "--seconds",
                "0.02",
                "--json",
                "--shape",
                "x.1=1x400",
                "--threads",
                "1",
                "--profile"));
    Map<String, Object> json = JSON.std.mapFrom(text);
    assertThat(json)
        .containsKeys(
            "median_ms",
            "p90_ms",
            "p99_ms",
            "min_ms",
            "load_ms",
            "first_ms",
            "iterations",
            "activation_bytes",
            "live_activation_bytes");
    assertThat(json).containsEntry("threads", 1);
    assertThat(json.get("kernels").toString()).contains("implementation=");
    text =
        succeeded(
            CommandResult.of(
                "bench",
                model,
                "--backend",
                "reference",
                "--seconds",
                "0.02",
                "--profile",
                "--input",
                "x.1=" + ones,
                "--shape",
                "x.1=1x400"));
    assertThat(text).contains("median", "runs/s", "load", "alive at most", "kernels, of which");
  }

  @Test
  void benchMeasuresSeveralSessionsAtOnce() throws IOException {
    Object[] command = {
      "bench",
      model,
      "--backend",
      "reference",
      "--seconds",
      "0.02",
      "--sessions",
      "3",
      "--threads",
      "1",
      "--wait",
      "passive",
      "--json"
    };
    Map<String, Object> json = JSON.std.mapFrom(succeeded(CommandResult.of(command)));
    assertThat(json).containsEntry("sessions", 3).containsEntry("threads", 1);
    // Each session runs three times at least.
    assertThat((int) json.get("iterations")).isGreaterThanOrEqualTo(9);
    assertThat((double) json.get("throughput_per_s")).isPositive();
    command[command.length - 1] = "--profile";
    assertThat(succeeded(CommandResult.of(command))).contains("3 sessions of 1 thread: median");
    failed(2, "--sessions must be from 1 to 1000, not 0", "bench", model, "--sessions", "0");
    failed(2, "Invalid value for option '--wait'", "bench", model, "--wait", "never");
  }

  @Test
  void benchTakesABatchOfOneAndAsksForOtherOpenSizes() throws IOException {
    assertThat(
            succeeded(
                CommandResult.of("bench", model, "--backend", "reference", "--seconds", "0.02")))
        .contains("median");
    Path open = folder.resolve("open.ir");
    Files.writeString(
        open,
        """
        graph "open" {
          function "forward"(%x "x": f32[N, T]) -> ("y") {
            %y = relu(%x) : f32[N, T]
            return %y
          }
        }
        """);
    failed(
        2,
        "input x: f32[N, T] has open sizes; fix them with --shape x=...",
        "bench",
        open,
        "--backend",
        "reference");
    failed(2, "--seconds must be positive", "bench", model, "--seconds", "0");
  }

  @Test
  void verifyCountsWhatPassesFailsAndIsSkipped() throws IOException {
    Path tests = folder.resolve("tests");
    OnnxFiles.test(tests.resolve("good"), OnnxFiles.model("Add", "a", "b"), 2, 2, 4, 6, 8);
    OnnxFiles.test(tests.resolve("in/wrong"), OnnxFiles.model("Add", "a", "b"), 2, 2, 4, 6, 9);
    OnnxFiles.test(tests.resolve("unknown"), OnnxFiles.model("Frobnicate", "a"), 1, 1, 2, 3, 4);
    OnnxFiles.test(tests.resolve("few"), OnnxFiles.model("Add", "a", "b"), 1, 2, 4, 6, 8);
    Path broken = OnnxFiles.test(tests.resolve("broken"), new byte[] {1, 2, 3}, 1, 1, 2);
    Files.createDirectories(tests.resolve("none"));
    Files.write(tests.resolve("none/model.onnx"), OnnxFiles.model("Relu", "a"));
    Path report = folder.resolve("report.tsv");
    CommandResult result =
        CommandResult.of("verify", tests, "--backend", "reference", "--report", report);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out().lines())
        .hasSize(6)
        .contains(
            "failed in/wrong: test_data_set_0: output 'y' 1 of 4 elements differ, the most at"
                + " [1, 1]: 8.000000 instead of 9.000000",
            "skipped none: there is no test_data_set_*",
            "1 passed, 2 failed, 3 skipped")
        .anyMatch(line -> line.startsWith("skipped unknown: ") && line.contains("Frobnicate"))
        .anyMatch(line -> line.startsWith("failed broken: " + broken.resolve("model.onnx")))
        .anyMatch(line -> line.startsWith("skipped few: the test data contradicts the model"));
    assertThat(Files.readAllLines(report))
        .hasSize(7)
        .startsWith("name\tresult\treason")
        .contains("good\tpassed\t")
        .anyMatch(line -> line.startsWith("in/wrong\tfailed\ttest_data_set_0: "));
  }

  @Test
  void verifyByCompiledJar() {
    Path tests = folder.resolve("tests");
    OnnxFiles.test(tests.resolve("good"), OnnxFiles.model("Add", "a", "b"), 2, 2, 4, 6, 8);
    assertThat(succeeded(CommandResult.of("verify", tests, "--backend", "reference", "--jar")))
        .isEqualTo("1 passed, 0 failed, 0 skipped\n");
    assertThat(
            succeeded(CommandResult.of("verify", tests.resolve("good"), "--backend", "reference")))
        .isEqualTo("1 passed, 0 failed, 0 skipped\n");
  }

  @Test
  void verifyNeedsTests() {
    failed(2, "there is no test below", "verify", folder);
    failed(2, "none: there is no such folder", "verify", folder.resolve("none"));
  }

  @Test
  void wrongUsageIsTold() {
    failed(2, "Unknown option: '--nonsense'", "compile", model, "-o", "a.jar", "--nonsense");
    failed(2, "Missing required option: '--output=OUT.jar'", "compile", model);
    failed(2, "Unmatched argument", "frobnicate");
    failed(2, "--input takes NAME=FILE, not 'x'", runWith("--input", "x"));
    failed(2, "--shape takes NAME=SHAPE, not '3'", runWith("--shape", "3"));
    failed(2, "'1x-3' is no shape", runWith("--shape", "x.1=1x-3"));
    failed(2, "the number of threads must be at least 1, not -2", runWith("--threads", "-2"));
    failed(2, "the optimisation level must be", runWith("-O", "7"));
    failed(2, "there is no backend 'abacus'", runWith("--backend", "abacus"));
    assertThat(succeeded(CommandResult.of("--help"))).contains("compile", "verify", "bench");
    assertThat(succeeded(CommandResult.of("--version"))).startsWith("lathe ");
    assertThat(succeeded(CommandResult.of())).contains("Usage: lathe");
  }

  private Object[] runWith(String... more) {
    Object[] args = {"run", model, "--output-dir", folder.resolve("out")};
    Object[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return all;
  }

  @Test
  void badInputIsTold() throws IOException {
    failed(
        2, "input 'class' is missing", runWith("--backend", "reference", "--input", "x.1=" + ones));
    failed(2, "there is no input 'z'", runWith("--backend", "reference", "--input", "z=" + ones));
    failed(2, "input 'z' is given twice", runWith("--input", "z=" + ones, "--input", "z=" + ones));
    failed(2, "there is no such file", runWith("--input", "z=none.npy"));
    failed(2, "inputs are read from .npy and .pb files", runWith("--input", "z=a.txt"));
    Path text = Files.writeString(folder.resolve("text.npy"), "not what it claims to be");
    failed(2, "this is no .npy file", runWith("--input", "z=" + text));
    failed(2, "input 'x.1' is f32[N, 400] and cannot be [1, 3]", runWith("--shape", "x.1=1x3"));
    failed(2, "there is no input 'q'", runWith("--shape", "q=1x3"));
  }

  @Test
  void badModelsAreTold() throws IOException {
    Path out = folder.resolve("out.jar");
    failed(2, "none.onnx: there is no such file", "compile", "none.onnx", "-o", out);
    failed(2, "cannot tell what kind of model this is", "compile", "model.txt", "-o", out);
    Path jar = Files.writeString(folder.resolve("a.jar"), "no jar");
    failed(2, "this is compiled already", "compile", jar, "-o", out);
    failed(2, "it is no jar", "run", jar, "--output-dir", folder.resolve("out"));
    Path ir = Files.writeString(folder.resolve("a.ir"), "graph \"g\" {\n oops\n}");
    failed(2, "a.ir:line 2", "inspect", ir);
    Path onnx = Files.write(folder.resolve("a.onnx"), new byte[] {8, 1, 99});
    failed(2, "a.onnx: ", "compile", onnx, "-o", out);
    failed(2, "there is no such folder", "compile", model, "-o", folder.resolve("none/out.jar"));
    failed(2, "'new' is no name of a Java class", "compile", model, "-o", out, "--class", "new");
    assertThat(out).doesNotExist();
  }

  @Test
  void debugShowsTheStackTrace() {
    CommandResult result = CommandResult.of("inspect", "none.onnx", "--debug");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("lathe: error: none.onnx", "\tat dev.lathe.");
  }

  @Test
  void aFailedRunLeavesNoOutput() throws IOException {
    Path out = Files.writeString(folder.resolve("file"), "in the way");
    failed(
        1,
        "name a folder for the outputs",
        "run",
        model,
        "--backend",
        "reference",
        "--output-dir",
        out,
        "--input",
        "x.1=" + ones,
        "--input",
        "class=" + ones);
    assertThat(out).hasContent("in the way");
  }
}
