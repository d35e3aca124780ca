package dev.lathe.jmh;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/** One run of a model in ONNX Runtime. */
final class InOnnxRuntime {
  private InOnnxRuntime() {}

  /** The f32 output of a name, which has the shape of {@code like}, for one input. */
  static Tensor run(Path model, String inputName, Tensor input, String outputName, Tensor like)
      throws OrtException {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(model.toString(), options);
        OnnxTensor given = OnnxRuntimeContender.convert(environment, input);
        OrtSession.Result result = session.run(Map.of(inputName, given))) {
      OnnxTensor output = (OnnxTensor) result.get(outputName).orElseThrow();
      Tensor copy = Tensor.allocate(ElementType.F32, like.shape());
      copy.segment().copyFrom(MemorySegment.ofBuffer(output.getByteBuffer()));
      return copy;
    }
  }
}
