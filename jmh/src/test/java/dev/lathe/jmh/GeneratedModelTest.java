package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.lathe.Lathe;
import dev.lathe.runtime.Batcher;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedModelTest {
  @ParameterizedTest
  @EnumSource
  void bothEnginesGiveTheSame(GeneratedModel network) throws OrtException {
    try (Arena arena = Arena.ofShared();
        TemporaryFolder folder = new TemporaryFolder()) {
      Path file = folder.path().resolve("model.onnx");
      network.write(file);
      Tensor input = network.input(arena);
      try (Model model = Lathe.compile(file);
          Session session = model.newSession()) {
        assertThat(model.signature().inputs()).extracting("name").containsExactly("x");
        Tensor actual = session.run(input)[0];
        try (Tensor expected = InOnnxRuntime.run(file, "x", input, "y", actual)) {
          CaseRunner.assertClose(network.name(), actual, expected, 1e-5);
        }
      }
      for (String engine : List.of(Contender.LATHE, Contender.PEER)) {
        try (Contender contender = Contender.of(engine, file, List.of(input), 1)) {
          contender.run();
        }
      }
    }
  }

  @Test
  void rowsOfABatchAreThoseOfSingleRuns() {
    try (Arena arena = Arena.ofShared();
        TemporaryFolder folder = new TemporaryFolder()) {
      Path file = folder.path().resolve("model.onnx");
      GeneratedModel.MLP.write(file);
      Tensor first = GeneratedModel.MLP.input(arena);
      Tensor second = Tensor.allocate(arena, first.elementType(), first.shape());
      for (long i = 0; i < second.elementCount(); i++) {
        second.setDouble(i, 1 - first.getDouble(i));
      }
      Batcher.Options options = new Batcher.Options(2, Duration.ofDays(1), 2);
      try (Model model = Lathe.compile(file);
          Session session = model.newSession();
          Batcher batcher = new Batcher(model, options)) {
        CompletableFuture<Tensor[]> one = batcher.submit(first);
        CompletableFuture<Tensor[]> two = batcher.submit(second);
        CaseRunner.assertClose("first", one.join()[0], session.run(first)[0], 1e-6);
        CaseRunner.assertClose("second", two.join()[0], session.run(second)[0], 1e-6);
      }
    }
  }

  @Test
  void filesAreDeleted() {
    Path path;
    try (TemporaryFolder folder = new TemporaryFolder()) {
      path = folder.path();
      GeneratedModel.IDENTITY.write(path.resolve("model.onnx"));
      assertThat(path).isNotEmptyDirectory();
    }
    assertThat(Files.exists(path)).isFalse();
  }
}
