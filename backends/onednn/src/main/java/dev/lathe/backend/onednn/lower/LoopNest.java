package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.Loops;
import dev.lathe.backend.onednn.jit.Loops.Together;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The loops of a function of elements: those dimensions of the result that cannot be seen as one,
 * ordered such that most of what is in vectors lies side by side.
 */
final class LoopNest {
  /** Elements of a unit, unless there are few or the innermost loops have more. */
  private static final long UNIT = 8192;

  /** A vector whose elements stand apart takes so many times as long. */
  private static final int APART = 16;

  private static final long LEAST_UNITS = 16;
  private static final int WORD_BITS = 32;

  /** A loop: its iterations, and the step of every tensor. */
  private static final class Loop {
    private long size;
    private final long[] strides;

    Loop(long size, long[] strides) {
      this.size = size;
      this.strides = strides;
    }

    /** Whether the iterations of an inner loop go on where one of this ends. */
    boolean continues(Loop inner) {
      for (int i = 0; i < strides.length; i++) {
        if (strides[i] != inner.strides[i] * inner.size) {
          return false;
        }
      }
      return true;
    }
  }

  private LoopNest() {}

  /** Whether elements of a type can be read and written. */
  static boolean takes(ElementType type) {
    return type == ElementType.BOOL || type.bits() == WORD_BITS;
  }

  /**
   * The code that computes {@code into} from what broadcasts to it.
   *
   * @param views what is read, and last what is written
   * @return null where there is no such code: without AVX-512, for other types, too many dimensions
   *     or too large tensors
   */
  static @Nullable Loops of(List<View> views, List<Loops.Step> steps) {
    if (!OneDnn.hasAvx512() || views.size() > Loops.MOST_ACCESSES) {
      return null;
    }
    List<Layout> layouts = new ArrayList<>();
    long[] dims = views.getLast().layout().dims();
    for (View view : views) {
      Layout layout = view.layout().broadcast(dims);
      if (!takes(view.elementType()) || layout.span() * Float.BYTES > Integer.MAX_VALUE) {
        return null;
      }
      layouts.add(layout);
    }
    List<Loop> loops = merged(layouts, layouts.getLast(), axis -> true);
    boolean[] bytes = new boolean[views.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = views.get(i).elementType() == ElementType.BOOL;
    }
    int inner = vectors(loops, bytes);
    if (inner < 0 || loops.size() > Loops.MOST_LOOPS) {
      return null;
    }
    loops.add(loops.remove(inner));
    return code(loops, List.of(), bytes, steps, null);
  }

  /**
   * The code of a reduction of f32.
   *
   * @param from how the operand lies
   * @param into how the result lies, in the dimensions of the operand
   * @param axes that are reduced
   * @return null where there is no such code, or where nothing lies side by side
   */
  static @Nullable Loops of(Layout from, Layout into, Together together, List<Integer> axes) {
    if (!OneDnn.hasAvx512()
        || from.count() == 0
        || Math.max(from.span(), into.span()) * Float.BYTES > Integer.MAX_VALUE) {
      return null;
    }
    List<Layout> layouts = List.of(from, into);
    List<Loop> kept = merged(layouts, from, axis -> !axes.contains(axis));
    List<Loop> reduced = merged(layouts, from, axes::contains);
    int inKept = neighbours(kept);
    int inReduced = neighbours(reduced);
    boolean side = inKept >= 0 && (inReduced < 0 || kept.get(inKept).size >= CodeSource.LANES / 2);
    List<Loop> chosen = side ? kept : reduced;
    int vectors = side ? inKept : inReduced;
    if (vectors < 0 || kept.size() + reduced.size() > Loops.MOST_LOOPS) {
      return null;
    }
    chosen.add(chosen.remove(vectors));
    if (side && kept.getLast().strides[1] != 1) {
      return null;
    }
    Loops.Reduction reduction = new Loops.Reduction(together, reduced.size(), side);
    return code(kept, reduced, new boolean[2], List.of(), reduction);
  }

  /** The loop of several iterations whose elements are neighbours in the first tensor. */
  private static int neighbours(List<Loop> loops) {
    for (int i = 0; i < loops.size(); i++) {
      if (loops.get(i).strides[0] == 1 && loops.get(i).size > 1) {
        return i;
      }
    }
    return -1;
  }

  /** Whether code copies whole vectors of neighbours. */
  static boolean isCopyOfRuns(Loops code) {
    int last = code.sizes().size() - 1;
    return code.sizes().get(last) >= CodeSource.LANES
        && code.accesses().stream().allMatch(access -> access.strides().get(last) == 1);
  }

  /** The chosen dimensions by the strides of a leader, as few as there can be. */
  private static List<Loop> merged(List<Layout> layouts, Layout leader, IntPredicate chosen) {
    List<Loop> loops = new ArrayList<>();
    for (int axis : leader.order()) {
      if (leader.dim(axis) == 1 || !chosen.test(axis)) {
        continue;
      }
      Loop loop =
          new Loop(leader.dim(axis), layouts.stream().mapToLong(l -> l.stride(axis)).toArray());
      if (!loops.isEmpty() && loops.getLast().continues(loop)) {
        loop.size *= loops.removeLast().size;
      }
      loops.add(loop);
    }
    if (loops.isEmpty()) {
      loops.add(new Loop(1, layouts.stream().mapToLong(l -> 1).toArray()));
    }
    return loops;
  }

  /** The loop whose elements are best in vectors; -1 for none. */
  private static int vectors(List<Loop> loops, boolean[] bytes) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = loops.size() - 1; i >= 0; i--) {
      Loop loop = loops.get(i);
      double cost = 0;
      for (int j = 0; j < bytes.length; j++) {
        boolean apart = loop.strides[j] > 1;
        cost += apart ? bytes[j] ? Double.POSITIVE_INFINITY : APART : 1;
      }
      cost *= (double) Math.ceilDiv(loop.size, CodeSource.LANES) / loop.size;
      if (cost < least) {
        least = cost;
        best = i;
      }
    }
    return best;
  }

  private static Loops code(
      List<Loop> loops,
      List<Loop> reduced,
      boolean[] bytes,
      List<Loops.Step> steps,
      Loops.@Nullable Reduction reduction) {
    long inner = 1;
    for (Loop loop : reduced) {
      inner *= loop.size;
    }
    long count = inner;
    for (Loop loop : loops) {
      count *= loop.size;
    }
    long most = Math.clamp(count / LEAST_UNITS, CodeSource.LANES * 4, UNIT);
    int unitLoop = loops.size() - 1;
    while (unitLoop > 0 && inner * loops.get(unitLoop).size <= most) {
      inner *= loops.get(unitLoop--).size;
    }
    long size = loops.get(unitLoop).size;
    long part = Math.clamp(most / inner, 1, size);
    if (unitLoop == loops.size() - 1 && part < size) {
      part = Math.min(size, Math.ceilDiv(part, CodeSource.LANES) * CodeSource.LANES);
    }
    List<Loop> all = new ArrayList<>(loops);
    all.addAll(reduced);
    List<Loops.Access> accesses = new ArrayList<>();
    for (int j = 0; j < bytes.length; j++) {
      List<Integer> strides = new ArrayList<>();
      for (Loop loop : all) {
        strides.add((int) loop.strides[j]);
      }
      accesses.add(new Loops.Access(bytes[j], strides));
    }
    List<Integer> sizes = all.stream().map(loop -> (int) loop.size).toList();
    return new Loops(sizes, accesses, steps, reduction, unitLoop, (int) part);
  }
}
