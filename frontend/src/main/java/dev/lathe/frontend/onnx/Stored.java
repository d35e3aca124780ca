package dev.lathe.frontend.onnx;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;

/**
 * A tensor of the file. It becomes a node of the graph where it is used: a parameter if it looks
 * like a weight, a constant if it looks like a part of the program.
 *
 * @param name the initializer's name, or that of the output of the {@code Constant} node
 * @param data the elements
 */
record Stored(String name, ConstantData data) {

  /** A float vector up to this length may be a list of scales or sizes as well as a weight. */
  private static final long SHORT = 8;

  /** Integers beyond this count are a weight (quantised, or a table), not a shape. */
  private static final long MANY = 64;

  /** Whether this is a trained weight: floats in more than a few elements, or many integers. */
  boolean isWeight() {
    TensorType type = data.type();
    long count = data.elementCount();
    return type.elementType().isFloat() ? count > SHORT || type.rank() > 1 : count > MANY;
  }
}
