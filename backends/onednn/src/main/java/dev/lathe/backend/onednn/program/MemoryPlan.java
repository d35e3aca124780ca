package dev.lathe.backend.onednn.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Places scratch buffers in one arena, so that buffers whose lives overlap do not.
 *
 * <p>A buffer lives from the first to the last instruction that names it. The largest are placed
 * first, each in the lowest gap between those placed before that live at the same time (greedy by
 * size: Pisarchyk and Lee 2020, "Efficient Memory Management for Deep Neural Net Inference").
 */
final class MemoryPlan {
  private static final long ALIGNMENT = 64;

  private record Life(Buffer buffer, int from, int to) {
    boolean overlaps(Life other) {
      return from <= other.to && other.from <= to;
    }

    long size() {
      return (buffer.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
  }

  private MemoryPlan() {}

  /** Places the scratch buffers of {@code instructions} and returns the size of the arena. */
  static long place(List<Instruction> instructions) {
    List<Life> lives = lives(instructions);
    lives.sort(Comparator.comparingLong(Life::size).reversed());
    List<Life> placed = new ArrayList<>();
    long arena = 0;
    for (Life life : lives) {
      long offset = lowestGap(life, placed);
      life.buffer().place(offset);
      placed.add(life);
      arena = Math.max(arena, offset + life.size());
    }
    return arena;
  }

  private static List<Life> lives(List<Instruction> instructions) {
    Map<Buffer, int[]> spans = new LinkedHashMap<>();
    for (int i = 0; i < instructions.size(); i++) {
      int now = i;
      instructions
          .get(i)
          .forEachBuffer(
              buffer -> {
                if (buffer.kind() == Buffer.Kind.SCRATCH) {
                  spans.computeIfAbsent(buffer, b -> new int[] {now, now})[1] = now;
                }
              });
    }
    List<Life> lives = new ArrayList<>();
    spans.forEach((buffer, span) -> lives.add(new Life(buffer, span[0], span[1])));
    return lives;
  }

  private static long lowestGap(Life life, List<Life> placed) {
    List<Life> neighbours = new ArrayList<>();
    for (Life other : placed) {
      if (other.overlaps(life)) {
        neighbours.add(other);
      }
    }
    neighbours.sort(Comparator.comparingLong(other -> other.buffer().arenaOffset()));
    long offset = 0;
    for (Life other : neighbours) {
      long start = other.buffer().arenaOffset();
      if (start - offset >= life.size()) {
        break;
      }
      offset = Math.max(offset, start + other.size());
    }
    return offset;
  }
}
