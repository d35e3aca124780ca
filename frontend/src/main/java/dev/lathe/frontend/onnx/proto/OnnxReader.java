package dev.lathe.frontend.onnx.proto;

import dev.lathe.frontend.FileMapping;
import dev.lathe.frontend.ImportException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads ONNX files: whole models, and the {@code .pb} files with single values that stand beside a
 * model as test data.
 *
 * <p>Files are mapped, not read, into an arena the caller owns; what is returned may be used until
 * that arena is closed, by the threads the arena admits. The methods keep no state and may be
 * called by any number of threads at once.
 */
public final class OnnxReader {

  private OnnxReader() {}

  /**
   * Reads a model and finds its external data, which must lie in the model's folder.
   *
   * @param file the model
   * @param arena owns the mappings and what is decoded
   * @throws ImportException when the file or its external data is missing, damaged or not ONNX
   */
  public static ModelProto readModel(Path file, Arena arena) {
    MemorySegment bytes = map(file, arena);
    return model(bytes, file.toString(), arena, new MappedFiles(file, arena));
  }

  /**
   * Reads a model from memory; external data is refused.
   *
   * @param bytes the file's bytes, which the result refers to
   * @param name what messages call the file
   * @param arena owns what is decoded
   * @throws ImportException when the bytes are damaged or not ONNX
   */
  public static ModelProto readModel(MemorySegment bytes, String name, Arena arena) {
    return model(bytes, name, arena, null);
  }

  /**
   * Reads a file that holds one value, such as {@code input_0.pb} of a backend test. The file does
   * not say which kind of value it holds, so the type must come from the model.
   *
   * @param file the file
   * @param type the value's type in the model
   * @param arena owns the mapping and what is decoded
   * @throws ImportException when the file is missing or damaged, or the type is neither tensor,
   *     sequence nor optional
   */
  public static ValueProto readValue(Path file, TypeProto type, Arena arena) {
    MemorySegment bytes = map(file, arena);
    WireReader in = new WireReader(file.toString(), bytes);
    TensorReader tensors = new TensorReader(in, arena, new MappedFiles(file, arena));
    ValueReader values = new ValueReader(in, tensors);
    return in.root(
        () ->
            switch (type) {
              case TypeProto.TensorType tensor -> tensors.read();
              case TypeProto.SequenceType sequence -> values.sequence();
              case TypeProto.OptionalType optional -> values.optional();
              case TypeProto.OtherType other ->
                  throw new ImportException(
                      file.toString(), "values of type " + other.kind() + " are not read", "");
            });
  }

  private static ModelProto model(
      MemorySegment bytes, String name, Arena arena, @Nullable MappedFiles files) {
    if (bytes.byteSize() == 0) {
      throw new ImportException(name, "the file is empty", "fetch or export it again");
    }
    WireReader in = new WireReader(name, bytes);
    MessageReader messages = new MessageReader(in, new TensorReader(in, arena, files));
    return in.root(messages::model);
  }

  private static MemorySegment map(Path file, Arena arena) {
    MemorySegment bytes = FileMapping.map(file, arena);
    if (bytes.byteSize() > Integer.MAX_VALUE) {
      throw new ImportException(
          file.toString(),
          "the file has " + bytes.byteSize() + " bytes, and protobuf ends at 2^31 - 1",
          "save the model with external data");
    }
    return bytes;
  }
}
