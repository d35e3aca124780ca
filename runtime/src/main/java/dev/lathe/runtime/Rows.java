package dev.lathe.runtime;

import dev.lathe.ir.Dim;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a model's tensors along their first axis: puts those of several requests one
 * behind the other and takes the outputs apart. Its memory is used by one thread at a time.
 */
final class Rows implements AutoCloseable {
  private final Signature signature;
  private final int most;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] buffers;
  private final @Nullable Tensor[] outputs;

  /**
   * @param signature of a model that {@link #expectJoinable} lets pass
   * @param most the rows of the largest run
   */
  Rows(Signature signature, int most) {
    this.signature = signature;
    this.most = most;
    this.buffers = new MemorySegment[signature.inputs().size()];
    this.outputs = new Tensor[signature.outputs().size()];
    Arrays.fill(buffers, MemorySegment.NULL);
  }

  /**
   * @throws IllegalArgumentException if the model's rows cannot be told apart
   */
  static void expectJoinable(Model model) {
    String batch = null;
    for (TensorSpec spec : model.signature().inputs()) {
      batch = expect("input", spec, batch, model);
    }
    if (batch == null) {
      throw new IllegalArgumentException(
          "requests to model " + model.name() + " cannot be joined: it has no input");
    }
    for (TensorSpec spec : model.signature().outputs()) {
      batch = expect("output", spec, batch, model);
    }
  }

  /**
   * Refuses a tensor whose first size is not the batch, or is not the only one that depends on it.
   */
  private static String expect(String what, TensorSpec spec, @Nullable String batch, Model model) {
    TensorType type = spec.type();
    if (type.rank() == 0
        || !type.dim(0).isSymbol()
        || (batch != null && !type.dim(0).symbolName().equals(batch))) {
      throw refusal(
          what,
          spec,
          model,
          "its first size must be "
              + (batch == null ? "open, a symbol such as N" : batch + ", the batch of the inputs"));
    }
    String symbol = type.dim(0).symbolName();
    for (int axis = 1; axis < type.rank(); axis++) {
      Dim dim = type.dim(axis);
      if (dim.symbols().contains(symbol)) {
        throw refusal(what, spec, model, "its axis " + axis + " depends on the batch too");
      }
    }
    if (type.elementType().bits() < 8) {
      throw refusal(what, spec, model, "its elements share bytes");
    }
    return symbol;
  }

  private static IllegalArgumentException refusal(
      String what, TensorSpec spec, Model model, String why) {
    return new IllegalArgumentException(
        "requests to model "
            + model.name()
            + " cannot be joined: "
            + what
            + " "
            + spec
            + ": "
            + why);
  }

  /**
   * The rows of a request that fits the signature.
   *
   * @param reader the thread that will read it
   * @throws InvalidTensorException if there are none or too many, or the thread may not read them
   */
  long check(Tensor[] inputs, Thread reader) {
    long rows = inputs[0].dim(0);
    if (rows < 1 || rows > most) {
      throw new InvalidTensorException(
          "a request has from 1 to " + most + " rows, as many as a batch, but this has " + rows);
    }
    for (int i = 0; i < inputs.length; i++) {
      if (!inputs[i].segment().isAccessibleBy(reader)) {
        throw new InvalidTensorException(
            "input '"
                + signature.inputs().get(i).name()
                + "' lies in memory of an arena that is confined to a thread; use a shared arena");
      }
    }
    return rows;
  }

  /** Whether two requests differ in rows only. */
  static boolean agree(Tensor[] some, Tensor[] others) {
    for (int i = 0; i < some.length; i++) {
      for (int axis = 1; axis < some[i].rank(); axis++) {
        if (some[i].dim(axis) != others[i].dim(axis)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The outputs of each of some requests that agree and have no more rows than a batch. */
  List<Tensor[]> run(Session session, List<Tensor[]> requests) {
    long rows = 0;
    for (Tensor[] request : requests) {
      rows += request[0].dim(0);
    }
    List<Tensor[]> results = new ArrayList<>();
    long padded = padded(rows);
    if (requests.size() == 1 && padded == rows) {
      results.add(session.run(requests.getFirst()));
      return results;
    }
    Tensor[] joint = new Tensor[buffers.length];
    for (int i = 0; i < joint.length; i++) {
      joint[i] = join(requests, i, padded);
    }
    session.run(joint, outputs);
    long from = 0;
    for (Tensor[] request : requests) {
      long count = request[0].dim(0);
      Tensor[] parts = new Tensor[outputs.length];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = part(i, from, count);
      }
      results.add(parts);
      from += count;
    }
    return results;
  }

  /** The least of {@code most}, its half, its quarter, … that has place for so many rows. */
  private long padded(long rows) {
    long size = most;
    while (size / 2 >= rows) {
      size /= 2;
    }
    return size;
  }

  private Tensor join(List<Tensor[]> requests, int input, long rows) {
    Tensor first = requests.getFirst()[input];
    long[] shape = first.shape();
    long rowBytes = first.segment().byteSize() / shape[0];
    MemorySegment target = buffer(input, rowBytes * rows);
    long at = 0;
    for (Tensor[] request : requests) {
      MemorySegment source = request[input].segment();
      MemorySegment.copy(source, 0, target, at, source.byteSize());
      at += source.byteSize();
    }
    // Rows that are computed for nobody have to be valid, too.
    for (; at < target.byteSize(); at += rowBytes) {
      MemorySegment.copy(first.segment(), 0, target, at, rowBytes);
    }
    shape[0] = rows;
    return Tensor.wrap(target, first.elementType(), shape);
  }

  private MemorySegment buffer(int input, long bytes) {
    if (buffers[input].byteSize() < bytes) {
      // What was too small stays until the end: twice as much each time, it is less than this.
      buffers[input] =
          arena.allocate(Math.max(bytes, 2 * buffers[input].byteSize()), Tensor.ALIGNMENT);
    }
    return buffers[input].asSlice(0, bytes);
  }

  private Tensor part(int output, long from, long count) {
    Tensor whole = outputs[output];
    if (whole == null) {
      throw new IllegalStateException(
          "the backend left output '" + signature.outputs().get(output).name() + "' empty");
    }
    long[] shape = whole.shape();
    long rowBytes = whole.segment().byteSize() / shape[0];
    shape[0] = count;
    Tensor part = Tensor.allocate(Arena.ofAuto(), whole.elementType(), shape);
    MemorySegment.copy(whole.segment(), from * rowBytes, part.segment(), 0, count * rowBytes);
    return part;
  }

  @Override
  public void close() {
    arena.close();
  }
}
