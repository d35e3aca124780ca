package dev.lathe.frontend.onnx;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Shape;
import java.util.Map;

/**
 * What is known of a model's inputs beyond what its file says.
 *
 * @param shapes shapes that take the place of those in the file, by input name, with fixed sizes or
 *     symbols
 * @param constants data of inputs, by name, that the graph then takes for granted: such an input
 *     stays in the signature, but whatever it is given at run time has no effect. Some operators
 *     need their axes beforehand, which a few models (ONNX's own tests among them) take as inputs
 */
public record ImportOptions(Map<String, Shape> shapes, Map<String, ConstantData> constants) {

  /** Nothing beyond what the file says. */
  public static final ImportOptions NONE = new ImportOptions(Map.of(), Map.of());

  /** Copies the maps. */
  public ImportOptions {
    shapes = Map.copyOf(shapes);
    constants = Map.copyOf(constants);
  }
}
