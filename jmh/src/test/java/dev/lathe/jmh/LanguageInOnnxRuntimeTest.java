package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.lathe.Lathe;
import dev.lathe.cli.Main;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models written in the Lathe language and converted to ONNX give the same in ONNX Runtime. */
class LanguageInOnnxRuntimeTest {
  /** Of the output's range, over whole deep networks in f32. */
  private static final double TOLERANCE = 1e-3;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"resnet50, 224, 3", "residual_cnn, 32, 3", "mnist_cnn, 28, 1"})
  void imageClassifiers(String example, long size, long channels) throws OrtException {
    Path source = Path.of("../examples/" + example + ".lathe");
    Path onnx = folder.resolve(example + ".onnx");
    String[] command = {"convert", source.toString(), "-o", onnx.toString()};
    assertThat(Main.execute(command, System.out, System.err)).isZero();
    try (Tensor image = Tensor.allocate(ElementType.F32, 2, size, size, channels);
        Model model = Lathe.compile(source);
        Session session = model.newSession()) {
      Random random = new Random(11);
      for (long i = 0; i < image.elementCount(); i++) {
        image.setDouble(i, random.nextGaussian());
      }
      Tensor actual = session.run(image)[0];
      try (Tensor expected = InOnnxRuntime.run(onnx, "image", image, "probs", actual)) {
        CaseRunner.assertClose(example, actual, expected, TOLERANCE);
      }
    }
  }
}
