package dev.lathe.frontend.onnx.proto;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads sequences and optional values. A method reads the message the cursor has just opened.
 *
 * <p>Source: {@code onnx-data.proto}, messages {@code SequenceProto} and {@code OptionalProto}.
 */
final class ValueReader {

  private final WireReader in;
  private final TensorReader tensors;

  ValueReader(WireReader in, TensorReader tensors) {
    this.in = in;
    this.tensors = tensors;
  }

  SequenceProto sequence() throws IOException {
    String name = "";
    List<ValueProto> values = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text("name");
        case 2 -> in.integer("elem_type");
        case 3 -> values.add(in.message("tensor_values", values.size(), tensors::read));
        case 5 -> values.add(in.message("sequence_values", values.size(), this::sequence));
        case 7 -> values.add(in.message("optional_values", values.size(), this::optional));
        case 4, 6 -> throw in.fail("sparse tensors and maps are not read", "");
        default -> in.skip();
      }
    }
    return new SequenceProto(name, values);
  }

  OptionalProto optional() throws IOException {
    String name = "";
    @Nullable ValueProto value = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text("name");
        case 2 -> in.integer("elem_type");
        case 3 -> value = one(value, in.message("tensor_value", tensors::read));
        case 5 -> value = one(value, in.message("sequence_value", this::sequence));
        case 7 -> value = one(value, in.message("optional_value", this::optional));
        case 4, 6 -> throw in.fail("sparse tensors and maps are not read", "");
        default -> in.skip();
      }
    }
    return new OptionalProto(name, Optional.ofNullable(value));
  }

  private ValueProto one(@Nullable ValueProto before, ValueProto value) {
    if (before != null) {
      throw in.whole().fail("the optional holds two values", WireReader.damaged());
    }
    return value;
  }
}
