package dev.lathe.frontend.onnx.proto;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.onnx.proto.TypeProto.Dimension;
import dev.lathe.frontend.onnx.proto.TypeProto.FixedDimension;
import dev.lathe.frontend.onnx.proto.TypeProto.NamedDimension;
import dev.lathe.frontend.onnx.proto.TypeProto.OptionalType;
import dev.lathe.frontend.onnx.proto.TypeProto.OtherType;
import dev.lathe.frontend.onnx.proto.TypeProto.SequenceType;
import dev.lathe.frontend.onnx.proto.TypeProto.TensorType;
import dev.lathe.frontend.onnx.proto.TypeProto.UnknownDimension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads types and the names that have them. A method reads the message the cursor has just opened.
 *
 * <p>Source: {@code onnx.proto}, messages {@code ValueInfoProto}, {@code TypeProto} and {@code
 * TensorShapeProto}.
 */
final class TypeReader {

  private final WireReader in;

  TypeReader(WireReader in) {
    this.in = in;
  }

  ValueInfoProto valueInfo() throws IOException {
    String name = "";
    @Nullable TypeProto type = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          name = in.text("name");
          in.label(quote(name));
        }
        case 2 -> type = in.message("type", this::type);
        default -> in.skip();
      }
    }
    return new ValueInfoProto(name, Optional.ofNullable(type));
  }

  TypeProto type() throws IOException {
    @Nullable TypeProto type = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> type = one(type, in.message("tensor_type", this::tensor));
        case 4 -> type = one(type, new SequenceType(in.message("sequence_type", this::element)));
        case 5 -> type = one(type, other("map"));
        case 7 -> type = one(type, other("opaque"));
        case 8 -> type = one(type, other("sparse_tensor"));
        case 9 -> type = one(type, new OptionalType(in.message("optional_type", this::element)));
        default -> in.skip();
      }
    }
    return type == null ? new OtherType("untyped") : type;
  }

  private TypeProto one(@Nullable TypeProto before, TypeProto type) {
    if (before != null) {
      throw in.whole().fail("the value has two types", WireReader.damaged());
    }
    return type;
  }

  private OtherType other(String kind) throws IOException {
    in.skip();
    return new OtherType(kind);
  }

  private Optional<TypeProto> element() throws IOException {
    @Nullable TypeProto element = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> element = in.message("elem_type", this::type);
        default -> in.skip();
      }
    }
    return Optional.ofNullable(element);
  }

  private TensorType tensor() throws IOException {
    DataType elementType = DataType.UNDEFINED;
    @Nullable List<Dimension> shape = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          long number = in.integer("elem_type");
          elementType =
              DataType.of(number)
                  .orElseThrow(
                      () ->
                          in.fail(
                              "element type " + number + " is not known", WireReader.damaged()));
        }
        case 2 -> shape = in.message("shape", this::shape);
        default -> in.skip();
      }
    }
    return new TensorType(elementType, Optional.ofNullable(shape));
  }

  private List<Dimension> shape() throws IOException {
    List<Dimension> dims = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> dims.add(in.message("dim", dims.size(), this::dimension));
        default -> in.skip();
      }
    }
    return dims;
  }

  private Dimension dimension() throws IOException {
    Dimension dim = new UnknownDimension();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> dim = new FixedDimension(in.integer("dim_value"));
        case 2 -> {
          String symbol = in.text("dim_param");
          dim = symbol.isBlank() ? new UnknownDimension() : new NamedDimension(symbol);
        }
        default -> in.skip();
      }
    }
    return dim;
  }
}
