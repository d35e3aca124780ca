package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.lathe.Lathe;
import dev.lathe.cli.Main;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
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
      CaseRunner.assertClose(example, actual, inOnnxRuntime(onnx, image, actual), TOLERANCE);
    }
  }

  private static Tensor inOnnxRuntime(Path file, Tensor image, Tensor like) throws OrtException {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(file.toString(), options);
        OnnxTensor input = OnnxRuntimeContender.convert(environment, image);
        OrtSession.Result result = session.run(Map.of("image", input))) {
      OnnxTensor output = (OnnxTensor) result.get("probs").orElseThrow();
      Tensor copy = Tensor.allocate(ElementType.F32, like.shape());
      copy.segment().copyFrom(MemorySegment.ofBuffer(output.getByteBuffer()));
      return copy;
    }
  }
}
