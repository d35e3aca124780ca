package dev.lathe.frontend.onnx;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.frontend.onnx.proto.TypeProto;
import dev.lathe.frontend.onnx.proto.ValueProto;
import dev.lathe.ir.ConstantData;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the {@code .pb} files with single tensors that stand beside models as test data. */
public final class OnnxTensors {
  private OnnxTensors() {}

  /**
   * Reads a tensor.
   *
   * @param arena owns the mapping of the file and what is decoded
   * @throws ImportException if the file is missing or damaged, or the elements are no numbers
   */
  public static ConstantData read(Path file, Arena arena) {
    TypeProto any = new TypeProto.TensorType(DataType.UNDEFINED, Optional.empty());
    ValueProto value = OnnxReader.readValue(file, any, arena);
    if (value instanceof TensorProto tensor) {
      return ElementTypes.data(tensor, file.toString());
    }
    throw new ImportException(file.toString(), "this is no tensor", "");
  }
}
