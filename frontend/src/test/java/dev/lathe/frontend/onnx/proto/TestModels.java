package dev.lathe.frontend.onnx.proto;

import dev.lathe.frontend.onnx.OnnxBuilder;
import dev.lathe.frontend.onnx.ProtoWriter;
import java.util.List;

/** Three small models that between them hold every kind of message and field the reader knows. */
final class TestModels {

  private TestModels() {}

  static List<byte[]> all() {
    return List.of(convolution(), controlFlow(), typedFields());
  }

  /** A convolution with raw weights, symbolic dimensions and metadata. */
  static byte[] convolution() {
    return new OnnxBuilder()
        .input("x", DataType.FLOAT, "N", 3, 8, "?")
        .floats("w", OnnxBuilder.dims(4, 3, 3, 3), 0.5f)
        .floats("b", OnnxBuilder.dims(4), 1, 2, 3, 4)
        .node(
            "Conv",
            "x, w, b -> y",
            OnnxBuilder.ints("pads", 1, 1, 1, 1),
            OnnxBuilder.text("auto_pad", "NOTSET"),
            OnnxBuilder.integer("group", 1))
        .node("LeakyRelu", "y -> z", OnnxBuilder.number("alpha", 0.1f))
        .valueInfo("y", DataType.FLOAT, "N", 4, 8, "?")
        .output("z", DataType.FLOAT, "N", 4, 8, "?")
        .opset("com.example", 1)
        .model(17);
  }

  /** An If whose branches are graphs, a function, and a sequence input. */
  static byte[] controlFlow() {
    OnnxBuilder yes = new OnnxBuilder().node("Neg", "x -> a").outputs("a");
    OnnxBuilder no = new OnnxBuilder().node("Abs", "x -> a").outputs("a");
    return new OnnxBuilder()
        .input("c", DataType.BOOL)
        .input("x", DataType.FLOAT, 2)
        .input("s", OnnxBuilder.sequenceType(OnnxBuilder.tensorType(DataType.INT64, 2)))
        .node(
            "If",
            "c -> y",
            OnnxBuilder.graph("then_branch", yes),
            OnnxBuilder.graph("else_branch", no))
        .node("com.example", "Twice", "twice", "y -> z", OnnxBuilder.number("by", 2))
        .output("z", DataType.FLOAT, 2)
        .function(
            "com.example",
            "Twice",
            "v -> w",
            17,
            body -> {
              OnnxBuilder.functionAttribute(body, "by");
              OnnxBuilder.functionNode(
                  body, "LeakyRelu", "v -> w", OnnxBuilder.reference("alpha", 1, "by"));
            })
        .opset("com.example", 1)
        .model(17);
  }

  /** Initializers in every typed field, packed and not. */
  static byte[] typedFields() {
    ProtoWriter unpacked =
        OnnxBuilder.tensor("unpacked", DataType.FLOAT, 2).float32(4, 1.5f).float32(4, -2);
    return new OnnxBuilder()
        .initializer(OnnxBuilder.tensor("f", DataType.FLOAT, 3).packed(4, 1f, 2f, 3f))
        .initializer(OnnxBuilder.tensor("d", DataType.DOUBLE, 2).packed(10, 1.0, -1.0))
        .initializer(OnnxBuilder.tensor("i8", DataType.INT8, 2).packed(5, -128, 127))
        .initializer(OnnxBuilder.tensor("f16", DataType.FLOAT16, 2).packed(5, 0x3c00, 0xbc00))
        .initializer(OnnxBuilder.tensor("i4", DataType.INT4, 3).packed(5, 0x21, 0x0f))
        .initializer(OnnxBuilder.tensor("i64", DataType.INT64, 2).packed(7, -1L, Long.MAX_VALUE))
        .initializer(OnnxBuilder.tensor("u64", DataType.UINT64, 1).packed(11, -1L))
        .initializer(OnnxBuilder.tensor("flag", DataType.BOOL, 3).packed(5, 0L, 1L, 7L))
        .initializer(
            OnnxBuilder.tensor("s", DataType.STRING, 2).text(6, "ab").bytes(6, new byte[] {-1}))
        .initializer(OnnxBuilder.tensor("none", DataType.FLOAT, 0, 4))
        .initializer(unpacked)
        .node(
            "Constant",
            "-> k",
            OnnxBuilder.tensor("value", OnnxBuilder.longTensor("", OnnxBuilder.dims(2), 3, 4)))
        .node("Constant", "-> t", OnnxBuilder.texts("value_strings", "p", "q"))
        .node("Constant", "-> n", OnnxBuilder.numbers("value_floats", 1, 2))
        .outputs("k", "t", "n")
        .model(21);
  }
}
