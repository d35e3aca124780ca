package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sources that ask for more than anybody has end soon, with a diagnostic. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LimitsTest {
  private static List<String> messages(String text) {
    return LatheCompiler.read(Source.of("large.lathe", text), Path.of("."), Arena.ofAuto())
        .diagnostics()
        .stream()
        .map(Diagnostic::message)
        .toList();
  }

  private static String model(String... statements) {
    return "model M(x: f32[N, 8]) -> (y) {\n  " + String.join("\n  ", statements) + "\n}\n";
  }

  @Test
  void loopsWithoutEnd() {
    assertThat(
            messages(
                model(
                    "t = 0",
                    "for i in range(1_000_000) {",
                    "for j in range(1_000_000) {",
                    "t = t + i * j",
                    "}",
                    "}",
                    "y = x * t")))
        .contains("the model takes more than 2_000_000 steps to build");
    assertThat(messages(model("y = x", "for i in range(1_000_000) {", "y = y |> dense(8)", "}")))
        .contains("the model takes more than 2_000_000 steps to build");
  }

  @Test
  void loopsThatFailEachTime() {
    assertThat(
            messages(model("y = x", "for i in range(1_000_000) {", "y = y + ii", "z = i[0]", "}")))
        .containsExactly("there is nothing named 'ii'", "the integer 0 has no elements to index");
  }

  @Test
  void listsOfListsOfLists() {
    assertThat(
            messages(model("k = [1, 2]", "for i in range(100) {", "k = [k, k]", "}", "y = x + k")))
        .containsExactly("the lists in this would have more than 1000000 elements together");
    assertThat(messages(model("k = [range(1_000_000)] * 1000", "y = x + k")))
        .containsExactly("the lists in this would have more than 1000000 elements together");
    assertThat(messages(model("k = [1] * 2_000_000", "y = x + k")))
        .containsExactly("the list would be longer than 1000000");
    assertThat(messages(model("k = [1]", "for i in range(100_000) {", "k = [k]", "}", "y = x + k")))
        .containsExactly("the source is nested too deeply");
  }

  @Test
  void longStrings() {
    assertThat(
            messages(model("s = \"s\"", "for i in range(40) {", "s = s + s", "}", "y = relu(x)")))
        .containsExactly("the string would be longer than 1000000 characters");
  }

  @Test
  void deepNesting() {
    assertThat(messages("(".repeat(200_000))).contains("this '(' is never closed");
    assertThat(messages(model("y = " + "(".repeat(5_000) + "x" + ")".repeat(5_000)))).isNotEmpty();
    assertThat(messages(model("y = x" + " + x".repeat(30_000))))
        .containsExactly("the source is nested too deeply");
    assertThat(messages(model("if true {\n".repeat(3_000) + "y = x" + "}\n".repeat(3_000))))
        .isNotEmpty();
  }

  @Test
  void sizesThatDependOnData() {
    assertThat(
            messages(
                """
                block count(_x: f32[K]) {
                  return arange(K)
                }

                model M(x: f32[P, T]) -> (y) {
                  y = count(cast(arange(P, P, T), "f32")) + cast(sum(x), "i32")
                }
                """))
        .containsExactly("the size ?0 depends on data, and a size that is computed with must not");
  }
}
