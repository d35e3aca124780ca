package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.jit.RecurrentCell;
import dev.lathe.backend.onednn.jit.RecurrentShape;
import dev.lathe.ir.op.RecurrentOp.Direction;
import java.util.Optional;

/**
 * How threads divide the steps of a recurrent layer. A step reads all recurrent weights, which
 * takes one thread as long as they come from its second-level cache, however few the sequences; so
 * where there are fewer sequences than threads, or the weights are more than that cache has room
 * for, several threads have a part of the weights each, and wait for each other after every step.
 * The numbers are those of a core with AVX-512 and need only be of the right order.
 */
final class StepsDivision {
  /** Recurrent weights of a part that stay in a second-level cache of a megabyte. */
  private static final double SECOND_LEVEL = 800_000;

  private static final double FIRST_LEVEL = 24_000;
  private static final double FIRST_LEVEL_BYTES_PER_NANO = 300;
  private static final double SECOND_LEVEL_BYTES_PER_NANO = 105;

  /** Of weights that are multiplied with one sequence. */
  private static final double PRODUCT_BYTES_PER_NANO = 400;

  /** What a vector of the state costs behind the product. */
  private static final double GATES_NANOS = 15;

  /** How long threads wait for each other. */
  private static final double WAIT_NANOS = 150;

  /** What has to be gained for that. */
  private static final double WORTH_WAITING_NANOS = 5_000;

  private final RecurrentCell cell;
  private final int steps;
  private final int batch;
  private final int hidden;
  private final Direction direction;

  /** Of a layer; see {@link RecurrentShape}. */
  StepsDivision(RecurrentCell cell, int steps, int batch, int hidden, Direction direction) {
    this.cell = cell;
    this.steps = steps;
    this.batch = batch;
    this.hidden = hidden;
    this.direction = direction;
  }

  /** The division that is done first; empty if the weights are more than caches have room for. */
  Optional<RecurrentShape> best(int threads) {
    RecurrentShape best = null;
    int mostRows = Math.min(batch, RecurrentShape.mostRows(cell));
    for (int rows = 1; rows <= mostRows; rows++) {
      int mostParts = Math.min(threads, RecurrentShape.vectors(hidden));
      for (int parts = 1; parts <= mostParts; parts++) {
        RecurrentShape shape =
            new RecurrentShape(cell, steps, batch, hidden, direction, rows, parts);
        if (shape.isAddressable()
            && partBytes(shape) <= SECOND_LEVEL
            && (best == null || nanos(shape, threads) < nanos(best, threads))) {
          best = shape;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private static double partBytes(RecurrentShape shape) {
    return (double) shape.packing().weightBytes() * shape.largestPart() / shape.vectors();
  }

  /** How long so many threads take. */
  static double nanos(RecurrentShape shape, int threads) {
    double bytes = partBytes(shape);
    double read =
        bytes / (bytes <= FIRST_LEVEL ? FIRST_LEVEL_BYTES_PER_NANO : SECOND_LEVEL_BYTES_PER_NANO);
    double multiplied = shape.rows() * bytes / PRODUCT_BYTES_PER_NANO;
    int waits = shape.parts() == 1 ? 0 : shape.cell().phaseCount();
    double step =
        Math.max(read, multiplied)
            + shape.rows() * GATES_NANOS * shape.largestPart()
            + waits * WAIT_NANOS;
    int units = shape.parts() * shape.sequences();
    double all = step * shape.steps() * Math.ceilDiv(units, threads);
    return shape.parts() == 1 ? all : all + WORTH_WAITING_NANOS;
  }
}
