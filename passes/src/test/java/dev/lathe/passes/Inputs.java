package dev.lathe.passes;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Value;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** Random inputs for small graphs, the same at every call. */
final class Inputs {
  private Inputs() {}

  /**
   * A tensor for each input of the forward function. Symbols are 2, 3, … in the order of their
   * names; floats are f32 from -3 to 3, integers i64 of 0 and 1.
   */
  static List<Tensor> random(Graph graph) {
    Map<String, Long> sizes = new TreeMap<>();
    TreeSet<String> symbols = new TreeSet<>();
    for (Value input : graph.forward().inputs()) {
      input.type().shape().dims().forEach(d -> symbols.addAll(d.symbols()));
    }
    for (String symbol : symbols) {
      sizes.put(symbol, sizes.size() + 2L);
    }
    Random random = new Random(1);
    List<Tensor> tensors = new ArrayList<>();
    for (Value input : graph.forward().inputs()) {
      long[] shape =
          input.type().shape().dims().stream().mapToLong((Dim d) -> d.evaluate(sizes)).toArray();
      tensors.add(random(input.type().elementType(), shape, random));
    }
    return tensors;
  }

  private static Tensor random(ElementType type, long[] shape, Random random) {
    int count = 1;
    for (long size : shape) {
      count *= Math.toIntExact(size);
    }
    return switch (type) {
      case F32 -> {
        float[] elements = new float[count];
        for (int i = 0; i < count; i++) {
          elements[i] = random.nextFloat() * 6 - 3;
        }
        yield Tensor.of(elements, shape);
      }
      case I64 -> Tensor.of(random.longs(count, 0, 2).toArray(), shape);
      case BOOL -> {
        boolean[] elements = new boolean[count];
        for (int i = 0; i < count; i++) {
          elements[i] = random.nextBoolean();
        }
        yield Tensor.of(elements, shape);
      }
      default -> throw new IllegalArgumentException("no random inputs of type " + type);
    };
  }
}
