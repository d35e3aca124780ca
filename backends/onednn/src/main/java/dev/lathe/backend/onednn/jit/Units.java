package dev.lathe.backend.onednn.jit;

import dev.lathe.backend.onednn.jit.Assembler.Label;

/** How code begins and ends, and finds its work in the array that {@link CodeSource} describes. */
final class Units {
  private Units() {}

  /** Where a number of the array lies, in bytes from its beginning. */
  static int field(int index) {
    return index * Long.BYTES;
  }

  /** Where an address of the array lies, in bytes from its beginning. */
  static int address(int index) {
    return field(CodeSource.ADDRESSES + index);
  }

  /** Begins the code: keeps the registers that belong to the caller and are changed. */
  static void enter(Assembler a, int... saved) {
    for (int register : saved) {
      a.push(register);
    }
  }

  /** Ends the code that began by keeping {@code saved}. */
  static void leave(Assembler a, int... saved) {
    for (int i = saved.length - 1; i >= 0; i--) {
      a.pop(saved[i]);
    }
    a.vzeroupper();
    a.ret();
  }

  /**
   * Takes the next unit, whose number is then in RAX, or goes on at {@code done}. It looks before
   * it takes: to take costs as much as a small kernel.
   *
   * @param array the register that points to the array
   */
  static void take(Assembler a, int array, Label done) {
    a.load(Assembler.RAX, array, field(CodeSource.BEGUN));
    a.cmp(Assembler.RAX, array, field(CodeSource.UNITS));
    a.jump(Assembler.NOT_BELOW, done);
    a.movImmediate(Assembler.RAX, 1);
    a.lockXadd(array, field(CodeSource.BEGUN), Assembler.RAX);
    a.cmp(Assembler.RAX, array, field(CodeSource.UNITS));
    a.jump(Assembler.NOT_BELOW, done);
  }

  /** What is left of {@code whole} behind {@code register}, or {@code most} if that is less. */
  static void rest(Assembler a, int to, int register, int whole, int most) {
    Label less = a.label();
    a.imul(to, register, -1);
    a.addImmediate(to, whole);
    a.cmpImmediate(to, most);
    a.jump(Assembler.BELOW, less);
    a.movImmediate(to, most);
    a.bind(less);
  }
}
