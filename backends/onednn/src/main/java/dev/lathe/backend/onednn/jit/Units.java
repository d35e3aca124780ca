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

  /**
   * Begins the code, whose argument is in RDI: keeps the registers that belong to the caller and
   * are changed, and finds the thread's range, which is then at the top of the stack, below it the
   * one that it takes from. RAX is lost, and RCX, RDX, RSI and R8 to R11.
   */
  static void enter(Assembler a, int... saved) {
    Label alone = a.label();
    a.load(Assembler.RAX, Assembler.RDI, field(CodeSource.NUMBER));
    a.cmpImmediate(Assembler.RAX, 0);
    a.jump(Assembler.EQUAL, alone);
    // The stack is aligned for a call when one more register is on it.
    a.push(Assembler.RDI);
    a.call(Assembler.RAX);
    a.pop(Assembler.RDI);
    a.bind(alone);
    for (int register : saved) {
      a.push(register);
    }
    a.imul(Assembler.RAX, Assembler.RAX, CodeSource.RANGE);
    a.load(Assembler.RCX, Assembler.RDI, field(CodeSource.RANGES));
    a.add(Assembler.RAX, Assembler.RCX);
    a.push(Assembler.RAX);
    a.push(Assembler.RAX);
  }

  /** Ends the code that began by keeping {@code saved}. */
  static void leave(Assembler a, int... saved) {
    a.pop(Assembler.RCX);
    a.pop(Assembler.RCX);
    for (int i = saved.length - 1; i >= 0; i--) {
      a.pop(saved[i]);
    }
    a.vzeroupper();
    a.ret();
  }

  /**
   * Takes the next unit, whose number is then in RAX, or goes on at {@code done}: of the thread's
   * own range, and when that is empty, of the ranges behind it and then of those before it. It
   * looks before it takes: to take costs as much as a small kernel. RCX is lost.
   *
   * @param array the register that points to the array
   * @param stack the register that points to where {@link #enter} left the stack
   */
  static void take(Assembler a, int array, int stack, Label done) {
    Label own = a.label();
    Label taken = a.label();
    Label empty = a.label();
    Label again = a.label();
    int range = Assembler.RCX;
    a.load(range, stack, 0);
    a.bind(again);
    a.load(Assembler.RAX, range, CodeSource.NEXT);
    a.cmp(Assembler.RAX, range, CodeSource.END);
    a.jump(Assembler.NOT_BELOW, empty);
    a.movImmediate(Assembler.RAX, 1);
    a.lockXadd(range, CodeSource.NEXT, Assembler.RAX);
    a.cmp(Assembler.RAX, range, CodeSource.END);
    a.jump(Assembler.BELOW, taken);
    a.bind(empty);
    a.addImmediate(range, CodeSource.RANGE);
    a.cmp(range, array, field(CodeSource.RANGES_END));
    a.jump(Assembler.BELOW, own);
    a.load(range, array, field(CodeSource.RANGES));
    a.bind(own);
    a.store(stack, 0, range);
    a.cmp(range, stack, Long.BYTES);
    a.jump(Assembler.NOT_EQUAL, again);
    a.jump(done);
    a.bind(taken);
  }

  /** The same where the stack is as {@link #enter} left it. */
  static void take(Assembler a, int array, Label done) {
    take(a, array, Assembler.RSP, done);
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
