package dev.lathe.backend.onednn.program;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Places scratch buffers in one arena, so that buffers whose lives overlap do not.
 *
 * <p>A buffer lives from the first to the last instruction that names it, and takes whole cache
 * lines. Where it goes is for {@link ArenaPlacer} to find.
 */
final class MemoryPlan {
  private static final long ALIGNMENT = 64;

  private MemoryPlan() {}

  /** Places the scratch buffers of {@code instructions} and returns the size of the arena. */
  static long place(List<Instruction> instructions) {
    List<Map.Entry<Buffer, int[]>> lives = List.copyOf(lives(instructions).entrySet());
    int count = lives.size();
    int[] from = new int[count];
    int[] to = new int[count];
    long[] lines = new long[count];
    for (int i = 0; i < count; i++) {
      int[] life = lives.get(i).getValue();
      from[i] = life[0];
      to[i] = life[1];
      lines[i] = lines(lives.get(i).getKey().bytes());
    }
    ArenaPlacer placer = new ArenaPlacer(from, to, lines);
    for (int i = 0; i < count; i++) {
      lives.get(i).getKey().place(placer.offset(i) * ALIGNMENT);
    }
    return placer.size() * ALIGNMENT;
  }

  /**
   * The most bytes of scratch buffers alive at one instruction, which no plan can go below: what an
   * instruction names, and what lies there for later ones. Of the two programs of a branch only the
   * larger counts, with what is alive in it.
   */
  static long liveBytes(List<Instruction> instructions) {
    long[] change = new long[instructions.size() + 1];
    lives(instructions)
        .forEach(
            (buffer, life) -> {
              change[life[0]] += lines(buffer.bytes());
              change[life[1] + 1] -= lines(buffer.bytes());
            });
    long live = 0;
    long most = 0;
    for (int i = 0; i < instructions.size(); i++) {
      live += change[i];
      long now = live;
      if (instructions.get(i) instanceof Instruction.Branch branch) {
        long nested = Math.max(branch.thenProgram().liveBytes(), branch.elseProgram().liveBytes());
        now += lines(nested) - lines(branch.workspace().bytes());
      }
      most = Math.max(most, now);
    }
    return most * ALIGNMENT;
  }

  private static long lines(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT;
  }

  /** The first and the last instruction that names each scratch buffer. */
  private static Map<Buffer, int[]> lives(List<Instruction> instructions) {
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
    return spans;
  }
}
