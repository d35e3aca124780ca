package dev.lathe.ir.text;

import dev.lathe.grammar.ir.LatheIrParser;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Base64;
import org.antlr.v4.runtime.Token;

/** Reads the elements of constants and parameters. */
final class DataParser {
  /**
   * What a text may make the reader allocate for a {@code splat}: it names sizes, it does not hold
   * them.
   */
  private static final long MAX_SPLAT_BYTES = 1L << 32;

  private DataParser() {}

  static ConstantData parse(TensorType type, LatheIrParser.DataContext context) {
    Token token = context.getStart();
    String form = token.getText();
    try {
      return switch (form) {
        case "base64" ->
            new ConstantData(
                type, copy(Base64.getDecoder().decode(IrParser.unquote(context.STRING()))));
        case "dense" -> dense(type, context);
        case "splat" -> splat(type, context);
        default ->
            throw new IllegalArgumentException(
                "the data was left out when this was written; print the whole graph to read it"
                    + " back");
      };
    } catch (IllegalArgumentException | ArithmeticException | IllegalStateException e) {
      throw new IrParseException(
          token.getLine(), token.getCharPositionInLine() + 1, String.valueOf(e.getMessage()));
    }
  }

  private static MemorySegment copy(byte[] bytes) {
    MemorySegment segment =
        Arena.ofAuto().allocate(Math.max(1, bytes.length), 64).asSlice(0, bytes.length);
    return segment.copyFrom(MemorySegment.ofArray(bytes));
  }

  private static ConstantData dense(TensorType type, LatheIrParser.DataContext context) {
    long count = type.shape().elementCount().value();
    if (count != context.number().size()) {
      throw new IllegalArgumentException(
          type + " has " + count + " elements, but " + context.number().size() + " are given");
    }
    long size = type.elementType().byteSize(1);
    MemorySegment segment =
        Arena.ofAuto().allocate(Math.max(1, count * size), 64).asSlice(0, count * size);
    for (int i = 0; i < count; i++) {
      MemorySegment.copy(
          element(type.elementType(), context.number(i).getText()), 0, segment, i * size, size);
    }
    return new ConstantData(type, segment);
  }

  private static ConstantData splat(TensorType type, LatheIrParser.DataContext context) {
    long bytes = type.byteSize();
    if (bytes > MAX_SPLAT_BYTES) {
      throw new IllegalArgumentException(
          type + " takes " + bytes + " bytes, more than a splat may");
    }
    MemorySegment element = element(type.elementType(), context.number(0).getText());
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, bytes), 64).asSlice(0, bytes);
    for (long at = 0; at < bytes; at += element.byteSize()) {
      MemorySegment.copy(element, 0, segment, at, element.byteSize());
    }
    return new ConstantData(type, segment);
  }

  private static MemorySegment element(ElementType type, String text) {
    if (type == ElementType.I64 || type == ElementType.U64) {
      long value = type == ElementType.I64 ? Long.parseLong(text) : Long.parseUnsignedLong(text);
      return ConstantData.ofLong(value).segment();
    }
    double value =
        type == ElementType.F64 ? Double.parseDouble(text) : (double) Float.parseFloat(text);
    return ConstantData.ofScalar(type, type.isFloat() ? value : (double) Long.parseLong(text))
        .segment();
  }
}
