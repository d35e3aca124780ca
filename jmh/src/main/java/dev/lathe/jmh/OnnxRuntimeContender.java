package dev.lathe.jmh;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.lathe.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime's Java binding with all optimisations. */
final class OnnxRuntimeContender implements Contender {
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();

  OnnxRuntimeContender(Path model, List<Tensor> tensors, int threads) {
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(threads);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        session = environment.createSession(model.toString(), options);
      }
      int index = 0;
      for (String name : session.getInputNames()) {
        inputs.put(name, convert(environment, tensors.get(index++)));
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot load " + model, e);
    }
  }

  static OnnxTensor convert(OrtEnvironment environment, Tensor tensor) throws OrtException {
    OnnxJavaType type =
        switch (tensor.elementType()) {
          case F32 -> OnnxJavaType.FLOAT;
          case F64 -> OnnxJavaType.DOUBLE;
          case I64 -> OnnxJavaType.INT64;
          case I32 -> OnnxJavaType.INT32;
          case I8 -> OnnxJavaType.INT8;
          case U8 -> OnnxJavaType.UINT8;
          case BOOL -> OnnxJavaType.BOOL;
          default -> throw new IllegalArgumentException("no peer type for " + tensor.elementType());
        };
    ByteBuffer copy =
        ByteBuffer.allocateDirect(tensor.toBytes().length).order(ByteOrder.LITTLE_ENDIAN);
    copy.put(tensor.asByteBuffer()).flip();
    return OnnxTensor.createTensor(environment, copy, tensor.shape(), type);
  }

  @Override
  public void run() {
    try (OrtSession.Result result = session.run(inputs)) {
      if (result.size() == 0) {
        throw new IllegalStateException("no outputs");
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed", e);
    }
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed to close", e);
    }
  }
}
