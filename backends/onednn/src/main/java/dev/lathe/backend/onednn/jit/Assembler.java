package dev.lathe.backend.onednn.jit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes x86-64 machine code with the AVX-512 Foundation instructions on vectors of sixteen f32
 * (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2). Methods are named like
 * the instructions, operands are in Intel's order, the destination first; immediates and
 * displacements have 32 bits.
 */
final class Assembler {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;
  static final int R12 = 12;
  static final int R13 = 13;
  static final int R14 = 14;
  static final int R15 = 15;

  /** The bytes of a vector. */
  static final int VECTOR = CodeSource.LANES * Float.BYTES;

  /** The mask register that masks nothing. */
  static final int UNMASKED = 0;

  /** A comparison of vectors: equal, and both are numbers. */
  static final int EQUALS = 0;

  /** A comparison of vectors: one of both is not a number. */
  static final int UNORDERED = 3;

  /** Conditions of jumps: unsigned below, not below, equal, not equal, not above. */
  static final int BELOW = 2;

  static final int NOT_BELOW = 3;
  static final int EQUAL = 4;
  static final int NOT_EQUAL = 5;
  static final int NOT_ABOVE = 6;

  private static final int MAP_0F = 1;
  private static final int MAP_0F38 = 2;
  private static final int MAP_0F3A = 3;
  private static final int NO_PREFIX = 0;
  private static final int PREFIX_66 = 1;
  private static final int PREFIX_F3 = 2;
  private static final int NOWHERE = -1;
  private static final int DOWN = 1;

  private byte[] code = new byte[4096];
  private int length;
  private final List<int[]> fixups = new ArrayList<>();
  private final List<Label> labels = new ArrayList<>();

  /** A place in the code, known once it is {@linkplain #bind bound}. */
  static final class Label {
    private int at = NOWHERE;

    private Label() {}
  }

  /** A label for a place that is to come. */
  Label label() {
    return new Label();
  }

  /** A label for this place. */
  Label here() {
    Label label = new Label();
    bind(label);
    return label;
  }

  /** Says that a label's place is here. */
  void bind(Label label) {
    if (label.at != NOWHERE) {
      throw new IllegalStateException("the label has a place");
    }
    label.at = length;
  }

  /**
   * The code, to be put at an address that is a multiple of 64.
   *
   * @throws IllegalStateException if a label that was used has no place
   */
  byte[] toBytes() {
    for (int i = 0; i < fixups.size(); i++) {
      Label target = labels.get(i);
      if (target.at == NOWHERE) {
        throw new IllegalStateException("a label was used and never bound");
      }
      int at = fixups.get(i)[0];
      put32(at, target.at - (at + 4));
    }
    fixups.clear();
    labels.clear();
    return Arrays.copyOf(code, length);
  }

  private void put32(int at, int value) {
    for (int i = 0; i < 4; i++) {
      code[at + i] = (byte) (value >> (8 * i));
    }
  }

  private void emit(int... bytes) {
    if (length + bytes.length > code.length) {
      code = Arrays.copyOf(code, 2 * code.length);
    }
    for (int b : bytes) {
      code[length++] = (byte) b;
    }
  }

  private void emit32(int value) {
    emit(value, value >> 8, value >> 16, value >> 24);
  }

  private void emitTo(Label label) {
    fixups.add(new int[] {length});
    labels.add(label);
    emit32(0);
  }

  // Data.

  /** Goes on at the next multiple of {@code alignment}. */
  void align(int alignment) {
    while (length % alignment != 0) {
      emit(0);
    }
  }

  void data16(int value) {
    emit(value, value >> 8);
  }

  void data(float value) {
    emit32(Float.floatToRawIntBits(value));
  }

  void data64(long value) {
    emit32((int) value);
    emit32((int) (value >> 32));
  }

  // Integers of 64 bits.

  void push(int register) {
    if (register >= 8) {
      emit(0x41);
    }
    emit(0x50 + (register & 7));
  }

  void pop(int register) {
    if (register >= 8) {
      emit(0x41);
    }
    emit(0x58 + (register & 7));
  }

  void ret() {
    emit(0xC3);
  }

  private void rex(int reg, int rm) {
    emit(0x48 | ((reg >> 3) << 2) | (rm >> 3));
  }

  private void registers(int reg, int rm) {
    emit(0xC0 | ((reg & 7) << 3) | (rm & 7));
  }

  private void memory(int reg, int base, int displacement) {
    emit(0x80 | ((reg & 7) << 3) | (base & 7));
    if ((base & 7) == RSP) {
      emit(0x24);
    }
    emit32(displacement);
  }

  void mov(int to, int from) {
    rex(from, to);
    emit(0x89);
    registers(from, to);
  }

  /** A number that is extended with its sign. */
  void movImmediate(int to, int value) {
    rex(0, to);
    emit(0xC7);
    registers(0, to);
    emit32(value);
  }

  void load(int to, int base, int displacement) {
    rex(to, base);
    emit(0x8B);
    memory(to, base, displacement);
  }

  void store(int base, int displacement, int from) {
    rex(from, base);
    emit(0x89);
    memory(from, base, displacement);
  }

  /** Calls the function whose address is in a register. */
  void call(int register) {
    if (register >= 8) {
      emit(0x41);
    }
    emit(0xFF);
    registers(2, register);
  }

  /** The address of a label. */
  void lea(int to, Label label) {
    rex(to, 0);
    emit(0x8D, ((to & 7) << 3) | 5);
    emitTo(label);
  }

  void add(int to, int from) {
    rex(from, to);
    emit(0x01);
    registers(from, to);
  }

  void add(int to, int base, int displacement) {
    rex(to, base);
    emit(0x03);
    memory(to, base, displacement);
  }

  void addImmediate(int to, int value) {
    rex(0, to);
    emit(0x81);
    registers(0, to);
    emit32(value);
  }

  void imul(int to, int from, int value) {
    rex(to, from);
    emit(0x69);
    registers(to, from);
    emit32(value);
  }

  /** Divides the unsigned {@code RDX:RAX}: the quotient is in RAX, the remainder in RDX. */
  void div(int divisor) {
    rex(6, divisor);
    emit(0xF7);
    registers(6, divisor);
  }

  void xor(int to, int from) {
    rex(from, to);
    emit(0x31);
    registers(from, to);
  }

  void andImmediate(int to, int value) {
    rex(4, to);
    emit(0x81);
    registers(4, to);
    emit32(value);
  }

  void cmpImmediate(int left, int value) {
    rex(7, left);
    emit(0x81);
    registers(7, left);
    emit32(value);
  }

  void cmp(int left, int base, int displacement) {
    rex(left, base);
    emit(0x3B);
    memory(left, base, displacement);
  }

  void cmp(int left, int right) {
    rex(right, left);
    emit(0x39);
    registers(right, left);
  }

  /** Adds {@code register} to memory; the register gets what was there. No thread comes between. */
  void lockXadd(int base, int displacement, int register) {
    emit(0xF0);
    rex(register, base);
    emit(0x0F, 0xC1);
    memory(register, base, displacement);
  }

  /**
   * If memory is what is in RAX, it becomes {@code register}, and the result is equal; otherwise
   * RAX becomes what it is. No thread comes between.
   */
  void lockCmpxchg(int base, int displacement, int register) {
    emit(0xF0);
    rex(register, base);
    emit(0x0F, 0xB1);
    memory(register, base, displacement);
  }

  /** To be done between two looks at what another thread will change. */
  void pause() {
    emit(0xF3, 0x90);
  }

  void jump(Label label) {
    emit(0xE9);
    emitTo(label);
  }

  void jump(int condition, Label label) {
    emit(0x0F, 0x80 | condition);
    emitTo(label);
  }

  // Masks of sixteen bits.

  void kmovw(int mask, int base, int displacement) {
    emit(0xC4, 0xC1 | (base >> 3 == 0 ? 0x20 : 0), 0x78, 0x90);
    memory(mask, base, displacement);
  }

  void kmovw(int mask, int from) {
    emit(0xC4, 0xC1 | (from >> 3 == 0 ? 0x20 : 0), 0x78, 0x92);
    registers(mask, from);
  }

  void kandw(int to, int left, int right) {
    emit(0xC5, 0x84 | ((~left & 15) << 3), 0x41);
    registers(to, right);
  }

  // Vectors.

  /** 1 where a bit is not set: the prefix has the upper bits of registers inverted. */
  private static int unset(int number, int bit) {
    return (~number >> bit) & 1;
  }

  private void evex(int map, int prefix, int reg, int v, int rm, int mask, boolean zeroing) {
    emit(
        0x62,
        (unset(reg, 3) << 7)
            | (unset(rm, 4) << 6)
            | (unset(rm, 3) << 5)
            | (unset(reg, 4) << 4)
            | map,
        ((~v & 15) << 3) | 4 | prefix,
        (zeroing ? 0x80 : 0) | 0x40 | (unset(v, 4) << 3) | mask);
  }

  private void vector(int map, int prefix, int opcode, int reg, int v, int rm) {
    evex(map, prefix, reg, v, rm, UNMASKED, false);
    emit(opcode);
    registers(reg, rm);
  }

  /** The third operand is the number at a label, in all elements. */
  private void vectorNumber(int map, int prefix, int opcode, int reg, int v, Label number) {
    emit(
        0x62,
        (unset(reg, 3) << 7) | 0x60 | (unset(reg, 4) << 4) | map,
        ((~v & 15) << 3) | 4 | prefix,
        0x50 | (unset(v, 4) << 3));
    emit(opcode, ((reg & 7) << 3) | 5);
    emitTo(number);
  }

  /** The third operand is the number in memory, in all elements. */
  private void vectorNumber(
      int map, int prefix, int opcode, int reg, int v, int base, int displacement) {
    emit(
        0x62,
        (unset(reg, 3) << 7) | 0x40 | (unset(base, 3) << 5) | (unset(reg, 4) << 4) | map,
        ((~v & 15) << 3) | 4 | prefix,
        0x50 | (unset(v, 4) << 3));
    emit(opcode);
    memory(reg, base, displacement);
  }

  private void vectorMemory(
      int map,
      int prefix,
      int opcode,
      int reg,
      int base,
      int displacement,
      int mask,
      boolean zeroing) {
    evex(map, prefix, reg, 0, base, mask, zeroing);
    emit(opcode);
    memory(reg, base, displacement);
  }

  private void vectorMemory(
      int map, int prefix, int opcode, int reg, int v, int base, int displacement) {
    evex(map, prefix, reg, v, base, UNMASKED, false);
    emit(opcode);
    memory(reg, base, displacement);
  }

  /** Integers of 16 bits as such of 32; those whose bit is not set are 0, and are not touched. */
  void vpmovzxwd(int to, int base, int displacement, int mask) {
    vectorMemory(MAP_0F38, PREFIX_66, 0x33, to, base, displacement, mask, mask != UNMASKED);
  }

  /** Integers of 32 bits times a power of two. */
  void vpslld(int to, int from, int bits) {
    vector(MAP_0F, PREFIX_66, 0x72, 6, to, from);
    emit(bits);
  }

  /** The bf16 numbers next to f32 ones, ties to even; needs the instructions for bf16. */
  void vcvtneps2bf16(int to, int from) {
    vector(MAP_0F38, PREFIX_F3, 0x72, to, 0, from);
  }

  /** Stores sixteen integers of 16 bits; where a bit is not set, memory stays as it is. */
  void storeHalfVector(int base, int displacement, int from, int mask) {
    emit(
        0x62,
        (unset(from, 3) << 7) | 0x40 | (unset(base, 3) << 5) | (unset(from, 4) << 4) | MAP_0F,
        0xFF,
        0x28 | mask);
    emit(0x7F);
    memory(from, base, displacement);
  }

  /**
   * {@code to += left * memory}: sums of the products of two neighbouring bf16 numbers; needs the
   * instructions for bf16.
   */
  void vdpbf16ps(int to, int left, int base, int displacement) {
    vectorMemory(MAP_0F38, PREFIX_F3, 0x52, to, left, base, displacement);
  }

  /** {@code to += left * right}, as above. */
  void vdpbf16ps(int to, int left, int right) {
    vector(MAP_0F38, PREFIX_F3, 0x52, to, left, right);
  }

  /** To be done before code that may use older instructions goes on. */
  void vzeroupper() {
    emit(0xC5, 0xF8, 0x77);
  }

  /** Elements whose bit in the mask is not set are zero; their memory is not touched. */
  void loadVector(int to, int base, int displacement, int mask) {
    vectorMemory(MAP_0F, NO_PREFIX, 0x10, to, base, displacement, mask, mask != UNMASKED);
  }

  /** Elements whose bit in the mask is not set are left as they are in memory. */
  void storeVector(int base, int displacement, int from, int mask) {
    vectorMemory(MAP_0F, NO_PREFIX, 0x11, from, base, displacement, mask, false);
  }

  /** Elements at {@code base + 4 * index}, for each bit of the mask, which is then cleared. */
  void vgatherdps(int to, int base, int displacement, int index, int mask) {
    indexed(0x92, to, base, displacement, index, mask);
  }

  /** Stores to {@code base + 4 * index}, for each bit of the mask, which is then cleared. */
  void vscatterdps(int base, int displacement, int index, int from, int mask) {
    indexed(0xA2, from, base, displacement, index, mask);
  }

  private void indexed(int opcode, int reg, int base, int displacement, int index, int mask) {
    emit(
        0x62,
        (unset(reg, 3) << 7)
            | (unset(index, 3) << 6)
            | (unset(base, 3) << 5)
            | (unset(reg, 4) << 4)
            | MAP_0F38,
        0x7C | PREFIX_66,
        0x40 | (unset(index, 4) << 3) | mask,
        opcode,
        0x84 | ((reg & 7) << 3),
        0x80 | ((index & 7) << 3) | (base & 7));
    emit32(displacement);
  }

  /** Bytes as integers of 32 bits; those whose bit is not set are 0, and are not touched. */
  void vpmovzxbd(int to, int base, int displacement, int mask) {
    vectorMemory(MAP_0F38, PREFIX_66, 0x31, to, base, displacement, mask, mask != UNMASKED);
  }

  /** Stores the low bytes of integers of 32 bits; where a bit is not set, memory stays. */
  void vpmovdb(int base, int displacement, int from, int mask) {
    vectorMemory(MAP_0F38, PREFIX_F3, 0x31, from, base, displacement, mask, false);
  }

  /** The byte in memory. */
  void loadByte(int to, int base, int displacement) {
    rex(to, base);
    emit(0x0F, 0xB6);
    memory(to, base, displacement);
  }

  /** All elements become the low 32 bits of an integer. */
  void vpbroadcastd(int to, int from) {
    vector(MAP_0F38, PREFIX_66, 0x7C, to, 0, from);
  }

  void vpandd(int to, int left, int right) {
    vector(MAP_0F, PREFIX_66, 0xDB, to, left, right);
  }

  void vpord(int to, int left, int right) {
    vector(MAP_0F, PREFIX_66, 0xEB, to, left, right);
  }

  /** Bits of a mask: where integers of 32 bits have a bit in common. */
  void vptestmd(int mask, int left, int right) {
    vector(MAP_0F38, PREFIX_66, 0x27, mask, left, right);
  }

  /** All elements become the number at a label. */
  void vbroadcastss(int to, Label label) {
    evex(MAP_0F38, PREFIX_66, to, 0, 0, UNMASKED, false);
    emit(0x18, ((to & 7) << 3) | 5);
    emitTo(label);
  }

  /** All elements become the number in memory. */
  void vbroadcastss(int to, int base, int displacement) {
    vectorMemory(MAP_0F38, PREFIX_66, 0x18, to, base, displacement, UNMASKED, false);
  }

  void vmulps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x59, to, left, right);
  }

  /** Elements whose bit in the mask is set. */
  void vmovups(int to, int from, int mask) {
    evex(MAP_0F, NO_PREFIX, to, 0, from, mask, false);
    emit(0x10);
    registers(to, from);
  }

  void vdivps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x5E, to, left, right);
  }

  /** Bits of a mask: how elements compare. */
  void vcmpps(int mask, int left, int right, int comparison) {
    vector(MAP_0F, NO_PREFIX, 0xC2, mask, left, right);
    emit(comparison);
  }

  /** The nearest integers of 32 bits, ties to even. */
  void vcvtps2dq(int to, int from) {
    vector(MAP_0F, PREFIX_66, 0x5B, to, 0, from);
  }

  void vpaddd(int to, int left, int right) {
    vector(MAP_0F, PREFIX_66, 0xFE, to, left, right);
  }

  void vpmaxsd(int to, int left, int right) {
    vector(MAP_0F38, PREFIX_66, 0x3D, to, left, right);
  }

  void vpxord(int to, int left, int right) {
    vector(MAP_0F, PREFIX_66, 0xEF, to, left, right);
  }

  /** Four groups of four elements: two of {@code left}, two of {@code right}, by two bits each. */
  void vshuff32x4(int to, int left, int right, int order) {
    vector(MAP_0F3A, PREFIX_66, 0x23, to, left, right);
    emit(order);
  }

  /** The elements of every group of four, by two bits each. */
  void vpermilps(int to, int from, int order) {
    vector(MAP_0F3A, PREFIX_66, 0x04, to, 0, from);
    emit(order);
  }

  /** Of every group of four, the first two elements of both operands in turn. */
  void vunpcklps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x14, to, left, right);
  }

  /** Of every group of four, the last two elements of both operands in turn. */
  void vunpckhps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x15, to, left, right);
  }

  /** Of every group of four, two elements of {@code left}, two of {@code right}. */
  void vshufps(int to, int left, int right, int order) {
    vector(MAP_0F, NO_PREFIX, 0xC6, to, left, right);
    emit(order);
  }

  /** Unsigned integers of 32 bits as bytes, 255 where they are greater. */
  void vpmovusdb(int base, int displacement, int from, int mask) {
    vectorMemory(MAP_0F38, PREFIX_F3, 0x11, from, base, displacement, mask, false);
  }

  void vaddps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x58, to, left, right);
  }

  void vsqrtps(int to, int from) {
    vector(MAP_0F, NO_PREFIX, 0x51, to, 0, from);
  }

  void vsubps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x5C, to, left, right);
  }

  void vminps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x5D, to, left, right);
  }

  void vmaxps(int to, int left, int right) {
    vector(MAP_0F, NO_PREFIX, 0x5F, to, left, right);
  }

  /** {@code to += left * right}. */
  void vfmadd231ps(int to, int left, int right) {
    vector(MAP_0F38, PREFIX_66, 0xB8, to, left, right);
  }

  /** {@code to += left * vector} with a vector in memory. */
  void vfmadd231psVector(int to, int left, int base, int displacement) {
    vectorMemory(MAP_0F38, PREFIX_66, 0xB8, to, left, base, displacement);
  }

  /** {@code to += left * number}. */
  void vfmadd231ps(int to, int left, int base, int displacement) {
    vectorNumber(MAP_0F38, PREFIX_66, 0xB8, to, left, base, displacement);
  }

  /** {@code to -= left * right}. */
  void vfnmadd231ps(int to, int left, int right) {
    vector(MAP_0F38, PREFIX_66, 0xBC, to, left, right);
  }

  /** {@code to = to * factor + number}. */
  void vfmadd213ps(int to, int factor, Label number) {
    vectorNumber(MAP_0F38, PREFIX_66, 0xA8, to, factor, number);
  }

  void vmulps(int to, int left, Label number) {
    vectorNumber(MAP_0F, NO_PREFIX, 0x59, to, left, number);
  }

  void vaddps(int to, int left, Label number) {
    vectorNumber(MAP_0F, NO_PREFIX, 0x58, to, left, number);
  }

  /** What is lost when elements are rounded down to integers. */
  void vreduceps(int to, int from) {
    vector(MAP_0F3A, PREFIX_66, 0x56, to, 0, from);
    emit(DOWN);
  }

  /** {@code left} times two to the power of {@code right} rounded down. */
  void vscalefps(int to, int left, int right) {
    vector(MAP_0F38, PREFIX_66, 0x2C, to, left, right);
  }

  /** Asks for the line of memory to be brought to the second-level cache. */
  void prefetcht1(int base, int displacement) {
    if (base >= 8) {
      emit(0x41);
    }
    emit(0x0F, 0x18);
    memory(2, base, displacement);
  }
}
