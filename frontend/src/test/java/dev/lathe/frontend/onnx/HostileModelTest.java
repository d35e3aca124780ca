package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.onnx.OnnxBuilder.dims;
import static dev.lathe.frontend.onnx.OnnxBuilder.integer;
import static dev.lathe.frontend.onnx.OnnxBuilder.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Damaged models become graphs or one line, never anything else. */
class HostileModelTest {

  private static final int MUTANTS_OF_EACH = 1500;

  private static byte[] network() {
    return new OnnxBuilder()
        .input("x", DataType.FLOAT, "N", 3, 8, 8)
        .floats("w", dims(4, 3, 3, 3), 0.5f)
        .floats("s", dims(4), 1)
        .longs("shape", dims(2), 0, -1)
        .node("Conv", "x, w -> a", ints("pads", 1, 1, 1, 1), ints("strides", 2, 2))
        .node("BatchNormalization", "a, s, s, s, s -> b")
        .node("MaxPool", "b -> c", ints("kernel_shape", 2, 2))
        .node("Transpose", "c -> d", ints("perm", 0, 2, 3, 1))
        .node("Reshape", "d, shape -> e")
        .node("Softmax", "e -> y", integer("axis", 1))
        .output("y", DataType.FLOAT, "N", "M")
        .model(11);
  }

  private static byte[] control() {
    OnnxBuilder yes = new OnnxBuilder().node("Neg", "x -> r").outputs("r");
    OnnxBuilder no = new OnnxBuilder().node("Add", "x, k -> r").outputs("r");
    OnnxBuilder body =
        new OnnxBuilder()
            .input("i", DataType.INT64)
            .input("go", DataType.BOOL)
            .input("sum", DataType.FLOAT, 3)
            .node("Add", "sum, u -> next")
            .outputs("go", "next", "next");
    return new OnnxBuilder()
        .input("c", DataType.BOOL)
        .input("x", DataType.FLOAT, 3)
        .floats("k", dims(3), 2)
        .longs("n", dims(), 4)
        .node(
            "If",
            "c -> u",
            OnnxBuilder.graph("then_branch", yes),
            OnnxBuilder.graph("else_branch", no))
        .node("Loop", "n, , x -> v, all", OnnxBuilder.graph("body", body))
        .node("com.example", "F", "f", "v -> y")
        .function(
            "com.example", "F", "p -> q", 17, f -> OnnxBuilder.functionNode(f, "Exp", "p -> q"))
        .opset("com.example", 1)
        .outputs("y", "all")
        .model(17);
  }

  @Test
  void survivesMutants() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    int imported = 0;
    int refused = 0;
    for (byte[] original : List.of(network(), control())) {
      assertThat(imports(original)).isTrue();
      for (int i = 0; i < MUTANTS_OF_EACH; i++) {
        byte[] mutant = original.clone();
        int changes = 1 + random.nextInt(3);
        for (int j = 0; j < changes; j++) {
          mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
        }
        if (assertTimeoutPreemptively(Duration.ofSeconds(10), () -> imports(mutant))) {
          imported++;
        } else {
          refused++;
        }
      }
    }
    assertThat(imported).isPositive();
    assertThat(refused).isPositive();
  }

  private static boolean imports(byte[] file) {
    try {
      OnnxImporter.lower(
          OnnxReader.readModel(MemorySegment.ofArray(file), "test.onnx", Arena.ofAuto()),
          "test.onnx",
          ImportOptions.NONE);
      return true;
    } catch (ImportException e) {
      assertThat(e.getMessage()).startsWith("test.onnx: ").doesNotContain("\n");
      return false;
    }
  }

  @Test
  void functionsCannotMultiplyWithoutEnd() {
    OnnxBuilder bomb =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 1)
            .node("b", "F0", "call", "x -> y")
            .outputs("y");
    for (int i = 0; i < 40; i++) {
      String next = "F" + (i + 1);
      bomb.function(
          "b",
          "F" + i,
          "p -> r",
          17,
          body -> body.message(7, call(next, "p", "q")).message(7, call(next, "q", "r")));
    }
    bomb.function(
        "b", "F40", "p -> q", 17, body -> OnnxBuilder.functionNode(body, "Neg", "p -> q"));
    byte[] file = bomb.model(17);

    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> ImportFixture.refuses(file).withMessageContaining("more than"));
  }

  private static ProtoWriter call(String function, String input, String output) {
    return new ProtoWriter().text(1, input).text(2, output).text(4, function).text(7, "b");
  }
}
