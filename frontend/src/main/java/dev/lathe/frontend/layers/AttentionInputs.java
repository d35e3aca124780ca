package dev.lathe.frontend.layers;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors that an attention layer is given: query and value, then a key that may be left out,
 * then masks. What is {@code bool} is a mask, so that masks may follow where the key is left out.
 */
record AttentionInputs(Value query, Value value, Value key, List<Value> masks) {

  /**
   * The inputs of a layer.
   *
   * @param most how many masks it takes at most
   * @throws LayerException if there are others
   */
  static AttentionInputs of(LayerScope scope, int most) {
    List<Value> tensors = new ArrayList<>();
    List<Value> masks = new ArrayList<>();
    for (Value input : scope.inputs()) {
      boolean isMask = input.type().elementType() == ElementType.BOOL || tensors.size() == 3;
      (isMask ? masks : tensors).add(input);
    }
    if (tensors.size() < 2 || masks.size() > most) {
      throw new LayerException(
          scope.name()
              + "() takes a query, a value, perhaps a key, and up to "
              + (most == 1 ? "1 mask" : most + " masks")
              + ", and is given "
              + scope.inputs().stream().map(input -> input.type().toString()).toList(),
          "only masks are bool");
    }
    List<Value> bools =
        masks.stream().map(mask -> scope.emit().cast(mask, ElementType.BOOL)).toList();
    return new AttentionInputs(
        tensors.get(0),
        tensors.get(1),
        tensors.size() == 3 ? tensors.get(2) : tensors.get(1),
        bools);
  }

  /**
   * Makes sure that key and value belong together, and to the query on the axes that attention does
   * not run over.
   *
   * @param attended the axes that it runs over
   * @throws LayerException if sizes are numbers that differ
   */
  void expectMatching(LayerScope scope, List<Integer> attended) {
    int features = query.type().rank() - 1;
    for (int axis = 0; axis < features; axis++) {
      Dim size = value.type().dim(axis);
      if (AttentionLayers.sizesDiffer(size, key.type().dim(axis))) {
        throw differing(scope, "the value", value, "the key", key, axis).aboutInput(2);
      }
      if (!attended.contains(axis) && AttentionLayers.sizesDiffer(query.type().dim(axis), size)) {
        throw differing(scope, "the query", query, "the value", value, axis).aboutInput(1);
      }
    }
  }

  private static LayerException differing(
      LayerScope scope, String first, Value a, String second, Value b, int axis) {
    return new LayerException(
        scope.name()
            + "() takes "
            + first
            + " and "
            + second
            + " of one size on axis "
            + axis
            + ", and they are "
            + a.type()
            + " and "
            + b.type(),
        "");
  }
}
