package dev.lathe.backend.onednn.program;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a kernel in Java was made from, so that a stored program can make it again. */
public sealed interface HostSource {

  /**
   * An op on dense tensors.
   *
   * @param constants for each operand its elements where they were known, or null
   * @param threads the threads the kernel was made for
   */
  record OfOp(
      Op op,
      List<TensorType> operands,
      List<TensorType> results,
      List<@Nullable ConstantData> constants,
      int threads)
      implements HostSource {
    /** Copies the lists. */
    public OfOp {
      operands = List.copyOf(operands);
      results = List.copyOf(results);
      constants = Collections.unmodifiableList(new ArrayList<>(constants));
    }
  }

  /**
   * A copy of elements from one layout to another.
   *
   * @param bytes the size of an element
   * @param dims the sizes of the loops, the outermost first
   * @param from for each loop the step in bytes through the source
   * @param to for each loop the step in bytes through the destination
   */
  record OfCopy(int bytes, List<Long> dims, List<Long> from, List<Long> to) implements HostSource {
    /** Copies the lists. */
    public OfCopy {
      dims = List.copyOf(dims);
      from = List.copyOf(from);
      to = List.copyOf(to);
    }
  }
}
