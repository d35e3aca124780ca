package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.onnx.OnnxBuilder.dims;
import static dev.lathe.frontend.onnx.OnnxBuilder.integer;
import static dev.lathe.frontend.onnx.OnnxBuilder.ints;
import static dev.lathe.frontend.onnx.OnnxBuilder.number;
import static dev.lathe.frontend.onnx.OnnxBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.onnx.OnnxBuilder.Attribute;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.ReductionOp.Reduce;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Operators whose attributes became inputs, or whose meaning changed, from one opset to another.
 */
class OperatorVersionsTest {

  private static OnnxBuilder onX(Object... dims) {
    return new OnnxBuilder().input("x", DataType.FLOAT, dims);
  }

  private static byte[] model(
      long opset, OnnxBuilder builder, String op, String inputs, Attribute... attributes) {
    return builder.node(op, inputs + " -> y", attributes).outputs("y").model(opset);
  }

  @Test
  void softmaxSawAMatrixUntilVersion12() {
    byte[] old = model(11, onX("N", 3, 4, 5), "Softmax", "x", integer("axis", 2));
    assertThat(ImportFixture.ops(old)).containsExactly("reshape", "softmax", "reshape");
    assertThat(ImportFixture.types(old)).containsExactly("f32[N, 3, 4, 5]");

    byte[] last = model(11, onX("N", 3, 4, 5), "Softmax", "x", integer("axis", -1));
    assertThat(ImportFixture.ops(last)).containsExactly("softmax");

    byte[] alone = model(9, onX(1, 1000, 1, 1), "Softmax", "x", integer("axis", 1));
    assertThat(ImportFixture.find(alone, Softmax.class).axis()).isEqualTo(1);

    byte[] now = model(13, onX("N", 3, 4, 5), "Softmax", "x", integer("axis", 2));
    assertThat(ImportFixture.find(now, Softmax.class).axis()).isEqualTo(2);
    assertThat(ImportFixture.ops(now)).containsExactly("softmax");
  }

  @Test
  void clipTakesBoundsFromAttributesThenFromInputs() {
    byte[] old = model(6, onX(4), "Clip", "x", number("min", 0), number("max", 6));
    assertThat(ImportFixture.find(old, Clamp.class)).isEqualTo(new Clamp(0, 6));

    OnnxBuilder bounded = onX(4).floats("six", dims(), 6);
    byte[] upper = model(13, bounded, "Clip", "x, , six");
    assertThat(ImportFixture.find(upper, Clamp.class))
        .isEqualTo(new Clamp(Double.NEGATIVE_INFINITY, 6));

    byte[] computed = model(13, onX(4).input("low", DataType.FLOAT), "Clip", "x, low");
    assertThat(ImportFixture.ops(computed)).containsExactly("max");
  }

  @Test
  void reductionsTakeAxesFromAttributesThenFromInputs() {
    List<Integer> last = List.of(1);
    byte[] attribute =
        model(11, onX(2, 3), "ReduceSum", "x", ints("axes", -1), integer("keepdims", 0));
    assertThat(ImportFixture.find(attribute, Reduce.class).axes()).isEqualTo(last);
    byte[] input = model(13, onX(2, 3).longs("axes", dims(1), -1), "ReduceSum", "x, axes");
    assertThat(ImportFixture.find(input, Reduce.class).axes()).isEqualTo(last);
    byte[] mean = model(17, onX(2, 3), "ReduceMean", "x", ints("axes", -1));
    assertThat(ImportFixture.find(mean, Reduce.class).axes()).isEqualTo(last);
    byte[] all = model(18, onX(2, 3), "ReduceMean", "x");
    assertThat(ImportFixture.find(all, Reduce.class).axes()).containsExactly(0, 1);
    byte[] none = model(18, onX(2, 3), "ReduceMean", "x", integer("noop_with_empty_axes", 1));
    assertThat(ImportFixture.ops(none)).isEmpty();
  }

  @Test
  void squeezeAndUnsqueezeTakeAxesFromAttributesThenFromInputs() {
    assertThat(ImportFixture.types(model(11, onX(1, 3, 1), "Squeeze", "x", ints("axes", -1))))
        .containsExactly("f32[1, 3]");
    assertThat(ImportFixture.types(model(13, onX(1, 3, 1), "Squeeze", "x")))
        .containsExactly("f32[3]");
    ImportFixture.refuses(model(13, onX("N", 3, 1), "Squeeze", "x"))
        .withMessageContaining("name the axes");
    assertThat(ImportFixture.types(model(11, onX(3), "Unsqueeze", "x", ints("axes", 2, 0))))
        .containsExactly("f32[1, 3, 1]");
    byte[] input = model(13, onX(3).longs("axes", dims(1), -1), "Unsqueeze", "x, axes");
    assertThat(ImportFixture.types(input)).containsExactly("f32[3, 1]");
  }

  @Test
  void sliceTakesBoundsFromAttributesThenFromInputs() {
    byte[] old =
        model(9, onX("N", 8), "Slice", "x", ints("starts", 1), ints("ends", -1), ints("axes", 1));
    assertThat(ImportFixture.types(old)).containsExactly("f32[N, 6]");
    OnnxBuilder inputs =
        onX("N", 8)
            .longs("one", dims(1), 1)
            .longs("end", dims(1), Long.MAX_VALUE)
            .longs("two", dims(1), 2);
    assertThat(ImportFixture.types(model(13, inputs, "Slice", "x, one, end, one, two")))
        .containsExactly("f32[N, 4]");
    OnnxBuilder computed = onX("N", 8).longs("one", dims(1), 1).input("axes", DataType.INT64, 1);
    assertThat(ImportFixture.types(model(13, computed, "Slice", "x, one, one, axes")).get(0))
        .matches("f32\\[\\?\\d+, \\?\\d+]");
  }

  @Test
  void splitTakesSizesFromAttributesThenFromInputs() {
    byte[] old =
        onX("N", 6)
            .node("Split", "x -> a, b", integer("axis", 1), ints("split", 2, 4))
            .outputs("a", "b")
            .model(11);
    assertThat(ImportFixture.types(old)).containsExactly("f32[N, 2]", "f32[N, 4]");
    byte[] input =
        onX("N", 6)
            .longs("sizes", dims(2), 2, 4)
            .node("Split", "x, sizes -> a, b", integer("axis", 1))
            .outputs("a", "b")
            .model(13);
    assertThat(ImportFixture.types(input)).containsExactly("f32[N, 2]", "f32[N, 4]");
    byte[] uneven =
        onX(7).node("Split", "x -> a, b", integer("num_outputs", 2)).outputs("a", "b").model(18);
    assertThat(ImportFixture.types(uneven)).containsExactly("f32[4]", "f32[3]");
    byte[] computed =
        onX(7)
            .input("sizes", DataType.INT64, 2)
            .node("Split", "x, sizes -> a, b")
            .outputs("a", "b")
            .model(18);
    assertThat(ImportFixture.ops(computed)).contains("cum_sum");
    ImportFixture.refuses(
            onX(6).node("Split", "x -> a, b", ints("split", 2, 5)).outputs("a", "b").model(11))
        .withMessageContaining("do not divide an axis of 6");
  }

  @Test
  void padTakesPadsFromAttributesThenFromInputs() {
    byte[] old = model(9, onX("N", 4), "Pad", "x", ints("pads", 0, 1, 0, 2));
    assertThat(ImportFixture.types(old)).containsExactly("f32[N, 7]");
    OnnxBuilder some = onX("N", 4).longs("pads", dims(2), 1, 2).longs("axes", dims(1), -1);
    assertThat(ImportFixture.types(model(18, some, "Pad", "x, pads, , axes")))
        .containsExactly("f32[N, 7]");
  }

  @Test
  void topKTookItsCountFromAnAttribute() {
    byte[] old = onX(2, 9).node("TopK", "x -> v, i", integer("k", 3)).outputs("v", "i").model(9);
    assertThat(ImportFixture.types(old)).containsExactly("f32[2, 3]", "i64[2, 3]");
    byte[] now =
        onX(2, 9).longs("k", dims(1), 3).node("TopK", "x, k -> v, i").outputs("v", "i").model(11);
    assertThat(ImportFixture.types(now)).containsExactly("f32[2, 3]", "i64[2, 3]");
  }

  @Test
  void upsampleIsAResize() {
    byte[] old =
        model(7, onX(1, 1, 2, 3), "Upsample", "x", OnnxBuilder.numbers("scales", 1, 1, 2, 3));
    assertThat(ImportFixture.types(old)).containsExactly("f32[1, 1, 4, 9]");
    OnnxBuilder scaled = onX(1, 1, "H", 3).floats("s", dims(4), 1, 1, 2, 3);
    assertThat(ImportFixture.types(model(9, scaled, "Upsample", "x, s")))
        .containsExactly("f32[1, 1, 2*H, 9]");
  }

  @Test
  void resizeTakesScalesOrSizesOfSomeAxes() {
    OnnxBuilder sized = onX("N", 3, 8, 8).longs("sizes", dims(2), 4, 5);
    byte[] file =
        model(18, sized, "Resize", "x, , , sizes", ints("axes", 2, 3), text("mode", "linear"));
    assertThat(ImportFixture.types(file)).containsExactly("f32[N, 3, 4, 5]");
    OnnxBuilder scaled = onX("N", 3, 8, 8).floats("scales", dims(1), 0.3f);
    byte[] some = model(18, scaled, "Resize", "x, , scales", ints("axes", 2));
    assertThat(ImportFixture.types(some)).containsExactly("f32[N, 3, 2, 8]");
    OnnxBuilder kept = onX(1, 1, 8, 4).longs("sizes", dims(2), 4, 4);
    byte[] ratio =
        model(
            18,
            kept,
            "Resize",
            "x, , , sizes",
            ints("axes", 2, 3),
            text("keep_aspect_ratio_policy", "not_larger"));
    assertThat(ImportFixture.types(ratio)).containsExactly("f32[1, 1, 4, 2]");
    ImportFixture.refuses(model(13, onX(1, 1, 8, 8), "Resize", "x"))
        .withMessageContaining("neither scales nor sizes");
  }

  @Test
  void operandsMetAtAnAxisUntilVersion6() {
    OnnxBuilder biased = onX(2, 3, 4, 5).floats("b", dims(3), 1);
    byte[] file = model(6, biased, "Add", "x, b", integer("broadcast", 1), integer("axis", 1));
    assertThat(ImportFixture.ops(file)).containsExactly("unsqueeze", "add");
    assertThat(ImportFixture.types(file)).containsExactly("f32[2, 3, 4, 5]");
  }

  @Test
  void groupNormalizationScalesGroupsThenChannels() {
    OnnxBuilder old = onX(1, 4, 2).floats("s", dims(2), 1).floats("b", dims(2), 0);
    assertThat(
            ImportFixture.types(
                model(18, old, "GroupNormalization", "x, s, b", integer("num_groups", 2))))
        .containsExactly("f32[1, 4, 2]");
    OnnxBuilder now = onX(1, 4, 2).floats("s", dims(4), 1).floats("b", dims(4), 0);
    assertThat(
            ImportFixture.ops(
                model(21, now, "GroupNormalization", "x, s, b", integer("num_groups", 2))))
        .containsExactly("group_normalization");
  }
}
