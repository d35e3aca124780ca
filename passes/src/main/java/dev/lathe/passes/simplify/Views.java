package dev.lathe.passes.simplify;

import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.RewriteContext;

/** Builds views with explicit shapes. */
public final class Views {
  private Views() {}

  /**
   * {@code x} with another shape of as many elements.
   *
   * @param shape a shape whose dimensions are backed
   */
  public static Value reshape(Value x, Shape shape, RewriteContext context) {
    if (x.type().shape().equals(shape)) {
      return x;
    }
    return context.add(new ShapeOp.Reshape(true), x, context.builder().dims(shape.dims()));
  }
}
