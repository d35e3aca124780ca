package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.NOT_EQUAL;
import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R13;
import static dev.lathe.backend.onednn.jit.Assembler.R15;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RBP;
import static dev.lathe.backend.onednn.jit.Assembler.RBX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;
import static dev.lathe.backend.onednn.jit.Assembler.RSP;
import static dev.lathe.backend.onednn.jit.Assembler.UNMASKED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Instructions have the bytes that the GNU assembler gives them. */
class AssemblerTest {
  private static void assertBytes(String expected, Consumer<Assembler> code) {
    Assembler assembler = new Assembler();
    code.accept(assembler);
    assertThat(HexFormat.ofDelimiter(" ").formatHex(assembler.toBytes())).isEqualTo(expected);
  }

  @Test
  void stack() {
    assertBytes("53", a -> a.push(RBX));
    assertBytes("41 54", a -> a.push(R12));
    assertBytes("5d", a -> a.pop(RBP));
    assertBytes("41 5f", a -> a.pop(R15));
    assertBytes("c3", Assembler::ret);
    assertBytes("ff d0", a -> a.call(RAX));
    assertBytes("41 ff d3", a -> a.call(R11));
  }

  @Test
  void moves() {
    assertBytes("48 89 e5", a -> a.mov(RBP, RSP));
    assertBytes("4d 89 eb", a -> a.mov(R11, R13));
    assertBytes("48 c7 c0 01 00 00 00", a -> a.movImmediate(RAX, 1));
    assertBytes("4c 8b 8b 00 01 00 00", a -> a.load(R9, RBX, 0x100));
    assertBytes("4c 8b a4 24 00 01 00 00", a -> a.load(R12, RSP, 0x100));
    assertBytes("4c 89 a4 24 00 01 00 00", a -> a.store(RSP, 0x100, R12));
    assertBytes("48 89 8d 00 01 00 00", a -> a.store(RBP, 0x100, RCX));
  }

  @Test
  void arithmetic() {
    assertBytes("49 01 c8", a -> a.add(R8, RCX));
    assertBytes("48 81 c4 00 f7 ff ff", a -> a.addImmediate(RSP, -0x900));
    assertBytes("48 81 e4 c0 ff ff ff", a -> a.andImmediate(RSP, -64));
    assertBytes("4c 69 c0 45 23 01 00", a -> a.imul(R8, RAX, 0x12345));
    assertBytes("48 f7 f1", a -> a.div(RCX));
    assertBytes("48 31 d2", a -> a.xor(RDX, RDX));
    assertBytes("48 3b 83 08 02 00 00", a -> a.cmp(RAX, RBX, 0x208));
    assertBytes("f0 48 0f c1 83 00 02 00 00", a -> a.lockXadd(RBX, 0x200, RAX));
    assertBytes("48 03 b4 24 00 01 00 00", a -> a.add(RSI, RSP, 0x100));
    assertBytes("4d 03 a1 00 01 00 00", a -> a.add(R12, R9, 0x100));
    assertBytes("48 39 d5", a -> a.cmp(RBP, RDX));
    assertBytes("49 39 c2", a -> a.cmp(R10, RAX));
    assertBytes("f0 48 0f b1 8e 00 01 00 00", a -> a.lockCmpxchg(RSI, 0x100, RCX));
    assertBytes("f0 4d 0f b1 a1 00 01 00 00", a -> a.lockCmpxchg(R9, 0x100, R12));
    assertBytes("f3 90", Assembler::pause);
  }

  @Test
  void narrowFloats() {
    assertBytes("62 c2 7d 48 33 9c 24 45 23 01 00", a -> a.vpmovzxwd(19, R12, 0x12345, UNMASKED));
    assertBytes("62 f2 7d c9 33 98 45 23 01 00", a -> a.vpmovzxwd(3, RAX, 0x12345, 1));
    assertBytes("62 91 75 40 72 f1 10", a -> a.vpslld(17, 25, 16));
    assertBytes("62 c2 7e 48 72 d1", a -> a.vcvtneps2bf16(18, 9));
    assertBytes(
        "62 61 ff 28 7f 84 24 45 23 01 00", a -> a.storeHalfVector(RSP, 0x12345, 24, UNMASKED));
    assertBytes("62 51 ff 2e 7f 81 45 23 01 00", a -> a.storeHalfVector(R9, 0x12345, 8, 6));
    assertBytes("62 c2 36 48 52 8c 24 45 23 01 00", a -> a.vdpbf16ps(17, 9, R12, 0x12345));
    assertBytes("62 c2 36 40 52 c9", a -> a.vdpbf16ps(17, 25, 9));
  }

  @Test
  void masks() {
    assertBytes("c4 c1 78 90 bb 04 02 00 00", a -> a.kmovw(7, R11, 0x204));
    assertBytes("c4 c1 78 92 f1", a -> a.kmovw(6, R9));
    assertBytes("c5 ec 41 cf", a -> a.kandw(1, 2, 7));
  }

  @Test
  void vectorsInMemory() {
    assertBytes("62 f1 7c c9 10 98 45 23 01 00", a -> a.loadVector(3, RAX, 0x12345, 1));
    assertBytes("62 c1 7c 48 10 9c 24 45 23 01 00", a -> a.loadVector(19, R12, 0x12345, UNMASKED));
    assertBytes("62 61 7c 48 11 84 24 45 23 01 00", a -> a.storeVector(RSP, 0x12345, 24, UNMASKED));
    assertBytes("62 51 7c 4e 11 81 45 23 01 00", a -> a.storeVector(R9, 0x12345, 8, 6));
    assertBytes("62 c2 35 48 b8 8c 24 45 23 01 00", a -> a.vfmadd231psVector(17, 9, R12, 0x12345));
  }

  @Test
  void vectorsInRegisters() {
    assertBytes("62 11 7c 40 58 c3", a -> a.vaddps(8, 16, 27));
    assertBytes("62 41 64 48 5c c1", a -> a.vsubps(24, 3, 9));
    assertBytes("62 f1 04 40 5d c9", a -> a.vminps(1, 31, 1));
    assertBytes("62 a1 0c 40 5f c9", a -> a.vmaxps(17, 30, 17));
    assertBytes("62 32 3d 40 b8 c0", a -> a.vfmadd231ps(8, 24, 16));
    assertBytes("62 42 75 48 bc ff", a -> a.vfnmadd231ps(31, 1, 15));
    assertBytes("c5 f8 77", Assembler::vzeroupper);
  }

  @Test
  void integersAndMasks() {
    assertBytes("62 f1 7c 4a 10 e7", a -> a.vmovups(4, 7, 2));
    assertBytes("62 81 64 48 5e c9", a -> a.vdivps(17, 3, 25));
    assertBytes("62 f1 5c 40 c2 d6 00", a -> a.vcmpps(2, 20, 6, Assembler.EQUALS));
    assertBytes("62 91 7d 48 5b e8", a -> a.vcvtps2dq(5, 24));
    assertBytes("62 91 7c 48 51 e8", a -> a.vsqrtps(5, 24));
    assertBytes("62 81 75 48 fe c1", a -> a.vpaddd(16, 1, 25));
    assertBytes("62 72 75 40 3d c3", a -> a.vpmaxsd(8, 17, 3));
    assertBytes("62 91 75 40 ef ce", a -> a.vpxord(1, 17, 30));
    assertBytes("62 d3 75 40 23 d9 4e", a -> a.vshuff32x4(3, 17, 9, 0x4E));
    assertBytes("62 81 64 48 14 d1", a -> a.vunpcklps(18, 3, 25));
    assertBytes("62 d1 14 40 15 fe", a -> a.vunpckhps(7, 29, 14));
    assertBytes("62 81 34 48 c6 ee ee", a -> a.vshufps(21, 9, 30, 0xEE));
    assertBytes("62 e3 7d 48 04 da b1", a -> a.vpermilps(19, 2, 0xB1));
    assertBytes("62 c2 7e 4b 11 a9 45 23 01 00", a -> a.vpmovusdb(R9, 0x12345, 21, 3));
    assertBytes("62 c2 7d 48 18 89 45 23 01 00", a -> a.vbroadcastss(17, R9, 0x12345));
    assertBytes("62 f1 6c 40 59 cb", a -> a.vmulps(1, 18, 3));
    assertBytes("48 81 fe 45 23 01 00", a -> a.cmpImmediate(RSI, 0x12345));
  }

  @Test
  void numbersInAllElements() {
    assertBytes("62 d2 75 50 b8 99 45 23 01 00", a -> a.vfmadd231ps(3, 17, R9, 0x12345));
    assertBytes("62 e2 6d 58 b8 9c 24 45 23 01 00", a -> a.vfmadd231ps(19, 2, RSP, 0x12345));
    assertBytes(
        "62 72 5d 50 a8 0d 04 00 00 00 00 00 00 00",
        a -> atLabel(a, number -> a.vfmadd213ps(9, 20, number)));
    assertBytes(
        "62 61 64 58 59 0d 04 00 00 00 00 00 00 00",
        a -> atLabel(a, number -> a.vmulps(25, 3, number)));
    assertBytes(
        "62 f1 04 50 58 0d 04 00 00 00 00 00 00 00",
        a -> atLabel(a, number -> a.vaddps(1, 31, number)));
  }

  /** An instruction that reads a number four bytes behind it. */
  private static void atLabel(Assembler a, Consumer<Label> instruction) {
    Label number = a.label();
    instruction.accept(number);
    a.data(0);
    a.bind(number);
  }

  @Test
  void powersAndPrefetches() {
    assertBytes("62 e3 7d 48 56 d7 01", a -> a.vreduceps(18, 7));
    assertBytes("62 d2 2d 40 2c e9", a -> a.vscalefps(5, 26, 9));
    assertBytes("41 0f 18 92 45 23 01 00", a -> a.prefetcht1(R10, 0x12345));
    assertBytes("0f 18 94 24 45 23 01 00", a -> a.prefetcht1(RSP, 0x12345));
    assertBytes("01 02 03 04 05 06 07 88", a -> a.data64(0x8807060504030201L));
  }

  @Test
  void labels() {
    assertBytes(
        "e9 06 00 00 00 0f 85 f5 ff ff ff",
        a -> {
          Label start = a.here();
          Label end = a.label();
          a.jump(end);
          a.jump(NOT_EQUAL, start);
          a.bind(end);
        });
    assertBytes(
        "4c 8d 2d 0a 00 00 00 62 62 7d 48 18 05 00 00 00 00 00 00 80 3f",
        a -> {
          Label number = a.label();
          a.lea(R13, number);
          a.vbroadcastss(24, number);
          a.bind(number);
          a.data(1);
        });
  }

  @Test
  void aLabelNeedsAPlace() {
    Assembler assembler = new Assembler();
    assembler.jump(assembler.label());
    assertThatThrownBy(assembler::toBytes).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLabelHasOnePlace() {
    Assembler assembler = new Assembler();
    Label label = assembler.here();
    assertThatThrownBy(() -> assembler.bind(label)).isInstanceOf(IllegalStateException.class);
  }
}
