package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.passes.rewrite.RewriteContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A value as a number times powers of values, seen through multiplications, divisions by numbers
 * and powers with small exponents: exporters write the same product in many orders.
 */
final class Product {
  private static final int MAX_DEPTH = 6;

  private final Map<Value, Integer> powers = new LinkedHashMap<>();
  private double factor = 1;

  private Product() {}

  /**
   * The product that {@code value} is; {@code atom} is not looked into, for it is what is looked
   * for.
   */
  static Product of(Value value, Value atom, RewriteContext context) {
    Product product = new Product();
    product.multiply(value, atom, context, MAX_DEPTH);
    return product;
  }

  private void multiply(Value value, Value atom, RewriteContext context, int depth) {
    OptionalDouble number = context.uniform(value);
    if (number.isPresent()) {
      factor *= number.getAsDouble();
      return;
    }
    Node node = value.producer();
    if (value != atom && depth > 0 && node != null && node.op() instanceof Binary op) {
      switch (op.function()) {
        case MUL -> {
          multiply(node.operand(0), atom, context, depth - 1);
          multiply(node.operand(1), atom, context, depth - 1);
          return;
        }
        case DIV -> {
          OptionalDouble divisor = context.uniform(node.operand(1));
          if (divisor.isPresent() && divisor.getAsDouble() != 0) {
            factor /= divisor.getAsDouble();
            multiply(node.operand(0), atom, context, depth - 1);
            return;
          }
        }
        case POW -> {
          OptionalDouble exponent = context.uniform(node.operand(1));
          if (exponent.isPresent()
              && (exponent.getAsDouble() == 2 || exponent.getAsDouble() == 3)) {
            for (int i = 0; i < (int) exponent.getAsDouble(); i++) {
              multiply(node.operand(0), atom, context, depth - 1);
            }
            return;
          }
        }
        default -> {}
      }
    }
    powers.merge(value, 1, Integer::sum);
  }

  /** The number. */
  double factor() {
    return factor;
  }

  /** The values and their powers, in the order in which they stand. */
  Map<Value, Integer> powers() {
    return powers;
  }

  /** True if this is a number times {@code value} to the {@code power}, and nothing else. */
  boolean isPowerOf(Value value, int power) {
    return powers.size() == 1 && powers.getOrDefault(value, 0) == power;
  }

  /** True if this is a number times {@code a} times {@code b}, and nothing else. */
  boolean isProductOf(Value a, Value b) {
    return powers.size() == 2 && powers.getOrDefault(a, 0) == 1 && powers.getOrDefault(b, 0) == 1;
  }
}
