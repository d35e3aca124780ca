package dev.lathe.frontend.onnx.proto;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.onnx.proto.AttributeProto.FloatValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.FloatsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.GraphValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.GraphsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.IntValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.IntsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.ReferenceValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.SparseTensorValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.SparseTensorsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.StringValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.StringsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.TensorValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.TensorsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.TypeValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.TypesValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code AttributeProto}. The schema has one field for each kind of value and a field that
 * says which kind is meant; both must agree. Where the kind is not said (files of IR version 1) the
 * value that is there decides; where it is said and no value is there, proto3 writers meant 0 or
 * empty.
 *
 * <p>Source: {@code onnx.proto}, message {@code AttributeProto}.
 */
final class AttributeReader {

  /** What the fields of one attribute held. */
  private static final class Draft {
    String name = "";
    String reference = "";
    long kind;
    float number;
    long integer;
    Bytes text = Bytes.of("");
    @Nullable TensorProto tensor;
    @Nullable GraphProto graph;
    @Nullable TypeProto type;
    @Nullable SparseTensorProto sparse;
    final List<Float> floats = new ArrayList<>();
    final List<Long> integers = new ArrayList<>();
    final List<Bytes> texts = new ArrayList<>();
    final List<TensorProto> tensors = new ArrayList<>();
    final List<GraphProto> graphs = new ArrayList<>();
    final List<TypeProto> types = new ArrayList<>();
    final List<SparseTensorProto> sparses = new ArrayList<>();

    /** The kind the present value has, by the numbers of {@code AttributeType}; 0 for none. */
    int present;
  }

  private static final List<String> KINDS =
      List.of(
          "nothing",
          "f",
          "i",
          "s",
          "t",
          "g",
          "floats",
          "ints",
          "strings",
          "tensors",
          "graphs",
          "sparse_tensor",
          "sparse_tensors",
          "tp",
          "type_protos");

  private final WireReader in;
  private final TensorReader tensors;
  private final TypeReader types;
  private final MessageReader messages;

  AttributeReader(WireReader in, TensorReader tensors, TypeReader types, MessageReader messages) {
    this.in = in;
    this.tensors = tensors;
    this.types = types;
    this.messages = messages;
  }

  /** Reads the open message as an attribute. */
  AttributeProto read() throws IOException {
    Draft draft = new Draft();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          draft.name = in.text("name");
          in.label(quote(draft.name));
        }
        case 20 -> draft.kind = in.integer("type");
        case 21 -> draft.reference = in.text("ref_attr_name");
        case 2, 3, 4, 5, 6, 14, 22 -> single(draft);
        case 7, 8, 9, 10, 11, 15, 23 -> repeated(draft);
        default -> in.skip();
      }
    }
    if (draft.name.isEmpty()) {
      throw in.whole().fail("the attribute has no name", WireReader.damaged());
    }
    return new AttributeProto(draft.name, value(draft));
  }

  private void single(Draft draft) throws IOException {
    switch (in.field()) {
      case 2 -> {
        draft.number = in.float32("f");
        present(draft, 1);
      }
      case 3 -> {
        draft.integer = in.integer("i");
        present(draft, 2);
      }
      case 4 -> {
        in.once("s");
        draft.text = Bytes.owning(in.anyBytes("s"));
        present(draft, 3);
      }
      case 5 -> {
        draft.tensor = in.message("t", tensors::read);
        present(draft, 4);
      }
      case 6 -> {
        draft.graph = in.message("g", messages::graph);
        present(draft, 5);
      }
      case 14 -> {
        draft.type = in.message("tp", types::type);
        present(draft, 13);
      }
      default -> {
        draft.sparse = in.message("sparse_tensor", tensors::sparse);
        present(draft, 11);
      }
    }
  }

  private void repeated(Draft draft) throws IOException {
    switch (in.field()) {
      case 7 -> {
        in.floats("floats", draft.floats);
        present(draft, 6);
      }
      case 8 -> {
        in.integers("ints", draft.integers);
        present(draft, 7);
      }
      case 9 -> {
        draft.texts.add(Bytes.owning(in.anyBytes("strings")));
        present(draft, 8);
      }
      case 10 -> {
        draft.tensors.add(in.message("tensors", draft.tensors.size(), tensors::read));
        present(draft, 9);
      }
      case 11 -> {
        draft.graphs.add(in.message("graphs", draft.graphs.size(), messages::graph));
        present(draft, 10);
      }
      case 15 -> {
        draft.types.add(in.message("type_protos", draft.types.size(), types::type));
        present(draft, 14);
      }
      default -> {
        draft.sparses.add(in.message("sparse_tensors", draft.sparses.size(), tensors::sparse));
        present(draft, 12);
      }
    }
  }

  /**
   * Notes a value; a 0 or an empty text beside another value is how some proto3 writers say
   * nothing.
   */
  private void present(Draft draft, int kind) {
    boolean nothing =
        switch (kind) {
          case 1 -> draft.number == 0;
          case 2 -> draft.integer == 0;
          case 3 -> draft.text.length() == 0;
          default -> false;
        };
    if (draft.present == 0 || draft.present == kind) {
      draft.present = nothing ? draft.present : kind;
    } else if (!nothing) {
      throw in.fail(
          "the attribute holds "
              + KINDS.get(draft.present)
              + " and "
              + KINDS.get(kind)
              + ", which leaves open what is meant",
          WireReader.damaged());
    }
  }

  private Value value(Draft draft) {
    if (!draft.reference.isEmpty()) {
      return new ReferenceValue(draft.reference);
    }
    long kind = draft.kind == 0 ? draft.present : draft.kind;
    if (kind <= 0 || kind >= KINDS.size()) {
      throw in.whole()
          .fail(
              draft.kind == 0
                  ? "the attribute has neither a type nor a value"
                  : "attribute type " + kind + " is not known",
              WireReader.damaged());
    }
    if (draft.present != 0 && draft.present != kind) {
      throw in.whole()
          .fail(
              "the attribute says it holds "
                  + KINDS.get((int) kind)
                  + " but holds "
                  + KINDS.get(draft.present),
              WireReader.damaged());
    }
    return switch ((int) kind) {
      case 1 -> new FloatValue(draft.number);
      case 2 -> new IntValue(draft.integer);
      case 3 -> new StringValue(draft.text);
      case 4 -> new TensorValue(there(draft.tensor, "tensor"));
      case 5 -> new GraphValue(there(draft.graph, "graph"));
      case 6 -> new FloatsValue(draft.floats);
      case 7 -> new IntsValue(draft.integers);
      case 8 -> new StringsValue(draft.texts);
      case 9 -> new TensorsValue(draft.tensors);
      case 10 -> new GraphsValue(draft.graphs);
      case 11 -> new SparseTensorValue(there(draft.sparse, "sparse tensor"));
      case 12 -> new SparseTensorsValue(draft.sparses);
      case 13 -> new TypeValue(there(draft.type, "type"));
      default -> new TypesValue(draft.types);
    };
  }

  private <T> T there(@Nullable T value, String what) {
    if (value == null) {
      throw in.whole()
          .fail("the attribute says it holds a " + what + " but does not", WireReader.damaged());
    }
    return value;
  }
}
