package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.frontend.onnx.export.OnnxExporter;
import dev.lathe.ir.Block;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite of cases in ONNX Runtime: it loads what is exported, and computes the same. */
class ExportedCasesTest {
  /** What ONNX Runtime has kernels for throughout; of f16, bf16 and f64 it lacks many. */
  private static final Set<ElementType> TYPES =
      EnumSet.of(
          ElementType.F32,
          ElementType.I64,
          ElementType.I32,
          ElementType.I8,
          ElementType.U8,
          ElementType.BOOL);

  /** Float sums in another order. */
  private static final double ROUNDING = 1e-5;

  /** Cases that are right in ONNX, and that ONNX Runtime refuses or computes otherwise. */
  private static final List<Pattern> NOT_THERE =
      List.of(
          // One zero point for all channels only.
          Pattern.compile("conv_integer/zero_point_each_channel"),
          // Odd sizes only.
          Pattern.compile("lrn/4_f32"),
          // Crops after it has wrapped around.
          Pattern.compile("pad/WRAP\\[-1, 1, 0, -2]"),
          // Rounds the resized length before it divides by it.
          Pattern.compile("resize/.*_ALIGN_CORNERS_.*_scales"),
          // Cubic filters alone leave out what is outside, and have two axes.
          Pattern.compile("resize/LINEAR_inside"),
          Pattern.compile("resize/CUBIC_3_axes"),
          // Clips before it adds what peepholes give.
          Pattern.compile("lstm/.*_peepholes_clip"));

  @TempDir Path folder;

  @Test
  void onnxRuntimeComputesTheSame() throws IOException, OrtException {
    List<String> failures = new ArrayList<>();
    int count = 0;
    for (OpCase each : OpCases.all()) {
      if (isSkipped(each)) {
        continue;
      }
      count++;
      Path file = folder.resolve("case.onnx");
      OnnxExporter.export(each.graph(), file);
      try (Arena arena = Arena.ofConfined()) {
        List<Tensor> expected = CaseRunner.run(new ReferenceBackend(), each.graph(), each.inputs());
        List<Tensor> actual = run(file, each, arena);
        for (int i = 0; i < expected.size(); i++) {
          boolean isFloat = expected.get(i).elementType().isFloat();
          double tolerance = isFloat ? Math.max(each.tolerance(), ROUNDING) : each.tolerance();
          CaseRunner.assertClose(each.name(), actual.get(i), expected.get(i), tolerance);
        }
      } catch (OrtException | AssertionError e) {
        failures.add(each.name() + ": " + e.getMessage());
      }
    }
    assertThat(failures).isEmpty();
    assertThat(count).isGreaterThan(1000);
  }

  private static boolean isSkipped(OpCase each) {
    return !hasTypes(each.graph().forward().body())
        || NOT_THERE.stream().anyMatch(name -> name.matcher(each.name()).matches());
  }

  private static boolean hasTypes(Block block) {
    for (Value argument : block.arguments()) {
      if (!TYPES.contains(argument.type().elementType())) {
        return false;
      }
    }
    for (Node node : block.nodes()) {
      for (Value result : node.results()) {
        if (!TYPES.contains(result.type().elementType())) {
          return false;
        }
      }
      if (!node.op().blocks().stream().allMatch(ExportedCasesTest::hasTypes)) {
        return false;
      }
    }
    return true;
  }

  private static List<Tensor> run(Path file, OpCase each, Arena arena) throws OrtException {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(file.toString(), options)) {
        for (int i = 0; i < each.inputs().size(); i++) {
          String name = each.graph().forward().inputNames().get(i);
          inputs.put(name, OnnxRuntimeContender.convert(environment, each.inputs().get(i)));
        }
        try (OrtSession.Result result = session.run(inputs)) {
          List<Tensor> outputs = new ArrayList<>();
          for (String name : each.graph().forward().outputNames()) {
            outputs.add(copy((OnnxTensor) result.get(name).orElseThrow(), each, name, arena));
          }
          return outputs;
        }
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static Tensor copy(OnnxTensor tensor, OpCase each, String name, Arena arena) {
    int index = each.graph().forward().outputNames().indexOf(name);
    ElementType type = each.graph().forward().outputs().get(index).type().elementType();
    Tensor copy = Tensor.allocate(arena, type, tensor.getInfo().getShape());
    ByteBuffer bytes = tensor.getByteBuffer();
    copy.segment().copyFrom(MemorySegment.ofBuffer(bytes));
    return copy;
  }
}
