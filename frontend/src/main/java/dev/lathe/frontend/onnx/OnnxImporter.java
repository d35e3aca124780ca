package dev.lathe.frontend.onnx;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Turns ONNX models into graphs: opset 7 to the newest, all that is peculiar to ONNX resolved.
 *
 * <p>The graph's {@code forward} function has the model's inputs and outputs under their names.
 * Initializers that look like weights become parameters under theirs; their data, and that of
 * constants, are slices of the mapped file wherever the file holds them as they are used, so the
 * graph may be used until the arena is closed.
 *
 * <p>The methods keep no state and may be called by any number of threads at once.
 */
public final class OnnxImporter {

  private OnnxImporter() {}

  /**
   * Reads a model file and lowers it.
   *
   * @param file the model; external data is looked for in its folder
   * @param arena owns the mapping of the file and whatever is decoded from it
   * @throws ImportException when the file is missing or damaged, breaks the rules of ONNX, or needs
   *     what Lathe cannot do; in the latter case the message lists all unsupported operators
   */
  public static Graph importModel(Path file, Arena arena) {
    return importModel(file, arena, Map.of());
  }

  /**
   * Reads a model file and lowers it with given shapes of inputs.
   *
   * @param file the model; external data is looked for in its folder
   * @param arena owns the mapping of the file and whatever is decoded from it
   * @param shapes shapes that take the place of those in the file, by input name, with fixed sizes
   *     or symbols
   * @throws ImportException as for {@link #importModel(Path, Arena)}, and when a shape is given for
   *     an input that does not exist or contradicts the file
   */
  public static Graph importModel(Path file, Arena arena, Map<String, Shape> shapes) {
    return importModel(file, arena, new ImportOptions(shapes, Map.of()));
  }

  /**
   * Reads a model file and lowers it.
   *
   * @param file the model; external data is looked for in its folder
   * @param arena owns the mapping of the file and whatever is decoded from it
   * @param options what is known of inputs
   * @throws ImportException as for {@link #importModel(Path, Arena)}, and when the options name an
   *     input that does not exist or contradict the file
   */
  public static Graph importModel(Path file, Arena arena, ImportOptions options) {
    return lower(OnnxReader.readModel(file, arena), file.toString(), options);
  }

  /**
   * Lowers a model that was read before.
   *
   * @param model the model
   * @param name what messages call the file
   * @param options what is known of inputs
   * @throws ImportException as for {@link #importModel(Path, Arena, ImportOptions)}
   */
  public static Graph lower(ModelProto model, String name, ImportOptions options) {
    return new ModelLowering(model, name, options).lower();
  }

  /**
   * The operators that can be imported, sorted; those of other domains than ONNX's with the domain.
   */
  public static Set<String> supportedOperators() {
    Set<String> names = Handlers.names();
    names.add("Constant");
    return names;
  }
}
