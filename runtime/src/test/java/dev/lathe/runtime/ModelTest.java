package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.Graph;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ModelTest {

  private static Model model() {
    return Model.of(AddBackend.graph("m", 10, 20), ModelOptions.defaults(), () -> {});
  }

  @Test
  void aModelSaysWhatItTakesAndGives() {
    try (Model model =
        Model.of(
            AddBackend.graph("m", 10, 20).metadata("producer", "tests"),
            ModelOptions.defaults().threads(3),
            () -> {})) {
      assertThat(model.name()).isEqualTo("m");
      assertThat(model.signature()).hasToString("(x: f32[N, 2], y: f32[N, 2]) -> (sum: f32[N, 2])");
      assertThat(model.metadata()).containsEntry("producer", "tests");
      assertThat(model.backend()).isEqualTo("add");
      assertThat(model.threads()).isEqualTo(3);
      assertThat(model).hasToString("model m" + model.signature());
    }
  }

  @Test
  void closingFreesTheOwnedMemoryOnce() {
    AtomicInteger closed = new AtomicInteger();
    Model model =
        Model.of(AddBackend.graph("m", 1, 1), ModelOptions.defaults(), closed::incrementAndGet);
    model.close();
    model.close();
    assertThat(closed).hasValue(1);
  }

  @Test
  void aModelWithOpenSessionsCannotBeClosed() {
    Model model = model();
    Session first = model.newSession();
    Session second = model.newSession();
    assertThatThrownBy(model::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "model m has 2 sessions that are still open; close every session before its model");
    first.close();
    first.close();
    assertThatThrownBy(model::close).hasMessageContaining("a session that is still open");
    second.close();
    model.close();
  }

  @Test
  void aClosedModelGivesNoSession() {
    Model model = model();
    model.close();
    assertThatThrownBy(model::newSession)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("model m is closed; load it again");
  }

  @Test
  void anUnknownBackendIsNamedWithThoseThereAre() {
    ModelOptions options = ModelOptions.defaults().backend("abacus");
    Graph graph = AddBackend.graph("m", 1, 1);
    assertThatThrownBy(() -> Model.of(graph, options, () -> {}))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(
            "there is no backend 'abacus'; on the class path are add; add"
                + " dev.lathe:lathe-backend-abacus if that is its name");
  }

  @Test
  void theNumberOfThreadsMustBePositive() {
    assertThatThrownBy(() -> ModelOptions.defaults().threads(0))
        .hasMessage("the number of threads must be at least 1, not 0");
  }
}
