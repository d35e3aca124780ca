package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import java.lang.foreign.Arena;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What sources mean: types of outputs, paths of weights, and what is decided at compile time. */
class LatheCompilerTest {

  private static LatheModel model(String text) {
    LatheCompiler.Result result =
        LatheCompiler.read(Source.of("test.lathe", text), null, Arena.ofAuto());
    assertThat(result.diagnostics()).isEmpty();
    assertThat(result.models()).hasSize(1);
    LatheModel model = result.models().values().iterator().next();
    Verifier.verify(model.withWeights(Map.of(), Arena.ofAuto()));
    return model;
  }

  private static String output(String text) {
    Graph graph = model(text).graph();
    return graph.forward().outputs().get(0).type().toString();
  }

  /** The type of {@code y} after statements about {@code x: f32[N, 4, 6]}. */
  private static String type(String statements) {
    return output("model M(x: f32[N, 4, 6]) -> (y) {\n" + statements + "\n}");
  }

  @Test
  void namesOfCompileTimeAreTensorFunctionsWhereTensorsAreMeant() {
    assertThat(type("y = x + zeros([4, 6])")).isEqualTo("f32[N, 4, 6]");
    assertThat(type("y = max(x, axis: -1) + sum(x, 2)")).isEqualTo("f32[N, 4]");
    assertThat(type("y = x[:, :max(1, 2), :min([3, 5])]")).isEqualTo("f32[N, 2, 3]");
    assertThat(type("y = einsum(\"nij,jk->nik\", x, ones([6, 2]))")).isEqualTo("f32[N, 4, 2]");
    assertThat(type("y = einsum(x, subscripts: \"nij->nji\")")).isEqualTo("f32[N, 6, 4]");
    assertThat(type("y = x @ ops.identity(6)")).isEqualTo("f32[N, 4, 6]");
  }

  @Test
  void layersOfOneKindAreNumberedInTheirScope() {
    LatheModel model =
        model(
            """
            block twice(x, units: int) {
              return x |> dense(units) |> dense(units, name: "last")
            }
            model M(x: f32[N, 8]) -> (y: f32[N, 2]) {
              shared tower = twice(units: 8)
              a = tower(x) + tower(x * 2)
              param scale: f32[8] = ones()
              y = twice(twice(a, 4) |> dense(8) , 2, name: "head") * reduce_sum(scale)
            }
            """);
    assertThat(model.parameters().keySet())
        .containsExactly(
            "tower/dense/kernel",
            "tower/dense/bias",
            "tower/last/kernel",
            "tower/last/bias",
            "scale",
            "twice/dense/kernel",
            "twice/dense/bias",
            "twice/last/kernel",
            "twice/last/bias",
            "dense/kernel",
            "dense/bias",
            "head/dense/kernel",
            "head/dense/bias",
            "head/last/kernel",
            "head/last/bias");
  }

  @Test
  void loopsAndConditionsAreDecidedAtCompileTime() {
    LatheModel model =
        model(
            """
            const SIZES = [8, 4]
            model M(x: f32[N, 8]) -> (y) {
              for i, size in enumerate(SIZES) {
                x = dense(x, size * 2 if i == 0 else size)
                if i == len(SIZES) - 1 and size < 5 {
                  x = relu(x)
                } else {
                  x = tanh(x)
                }
              }
              y = x
            }
            """);
    assertThat(model.parameters().get("dense/kernel").type()).hasToString("f32[8, 16]");
    assertThat(model.parameters().get("dense_1/kernel").type()).hasToString("f32[16, 4]");
    assertThat(model.graph().forward().outputs().get(0).type()).hasToString("f32[N, 4]");
  }

  @Test
  void tensorsAreIndexedAsInNumPy() {
    assertThat(type("y = x[:, 0, ::2]")).isEqualTo("f32[N, 3]");
    assertThat(type("y = x[..., -1]")).isEqualTo("f32[N, 4]");
    assertThat(type("y = x[:, newaxis, 1:3]")).isEqualTo("f32[N, 1, 2, 6]");
    assertThat(type("y = x[:, [0, 0, 2, 1, 3]]")).isEqualTo("f32[N, 5, 6]");
  }

  @Test
  void sizesAreValues() {
    assertThat(type("y = ops.reshape(x, [N, x.shape[1] * x.shape[2] / 3, 3])"))
        .isEqualTo("f32[N, 8, 3]");
    assertThat(type("_, s, d = x.shape\n y = dense(x, d * 2)[:, s - 1]")).isEqualTo("f32[N, 12]");
    assertThat(
            output(
                """
                block split(x: f32[B, S, D], heads: int) -> (y: f32[B, S, heads, D / heads]) {
                  y = ops.reshape(x, [B, S, heads, D / heads])
                }
                model M(x: f32[N, T, 64]) -> (y) {
                  y = split(x, 4)
                }
                """))
        .isEqualTo("f32[N, T, 4, 16]");
  }

  @Test
  void layersAndBlocksAreValues() {
    LatheModel model =
        model(
            """
            block scaled(x, by: float = 2.0) {
              return x * by
            }
            model M(x: f32[N, 8]) -> (y) {
              stages = [dense(4, activation: relu), scaled(by: 3.0), tanh, dense(3)]
              for stage in stages {
                x = x |> stage
              }
              y = x
            }
            """);
    assertThat(model.graph().forward().outputs().get(0).type()).hasToString("f32[N, 3]");
    assertThat(model.parameters()).hasSize(4);
  }

  @Test
  void linesGoOnAfterAndBeforeOperators() {
    assertThat(
            type(
                """
                y = x // the input
                  |> dense(
                       3,   // units
                       activation: "relu",
                     )
                  |> softmax
                """))
        .isEqualTo("f32[N, 4, 3]");
  }

  @Test
  void parametersMayStandOnLinesOfTheirOwn() {
    assertThat(
            output(
                """
                block scaled(
                  by = 2.0,
                  x: f32[N, 4] = none, offset:
                  float
                  = 3.0, last:
                  float = 1.0,
                ) {
                  return x * by + offset + last
                }
                model M(x: f32[N, 4]) -> (y) {
                  y = scaled(x: x)
                }
                """))
        .isEqualTo("f32[N, 4]");
  }

  @Test
  void anyCharacterMayStandInCommentsAndStrings() {
    assertThat(type("// \ud83d\ude00\ny = dense(x, 3, name: \"\u00e9\") // \ud83d\ude00 \u2192 y"))
        .isEqualTo("f32[N, 4, 3]");
  }
}
