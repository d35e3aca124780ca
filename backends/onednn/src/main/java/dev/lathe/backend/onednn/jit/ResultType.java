package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.ElementType;

/** What a kernel stores of its f32 results, or reads as f32. */
public enum ResultType {
  /** The results. */
  F32(Float.BYTES),
  /** The nearest bf16, on processors with AVX-512 BF16. */
  BF16(Short.BYTES);

  private final int bytes;

  ResultType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * How results of an element type are stored.
   *
   * @throws IllegalArgumentException if they cannot be
   */
  public static ResultType of(ElementType type) {
    return switch (type) {
      case F32 -> F32;
      case BF16 -> BF16;
      default -> throw new IllegalArgumentException("results are not stored as " + type);
    };
  }

  /** The bytes of a number. */
  int bytes() {
    return bytes;
  }

  /** The bytes of a vector of results. */
  int vector() {
    return CodeSource.LANES * bytes;
  }

  /** Reads a vector; where the mask has no bit, it is zero, and memory is not touched. */
  void load(Assembler a, int to, int base, int displacement, int mask) {
    switch (this) {
      case F32 -> a.loadVector(to, base, displacement, mask);
      case BF16 -> {
        a.vpmovzxwd(to, base, displacement, mask);
        a.vpslld(to, to, Short.SIZE);
      }
    }
  }

  /** Stores a vector, whose register may change, where the mask has bits. */
  void store(Assembler a, int base, int displacement, int from, int mask) {
    switch (this) {
      case F32 -> a.storeVector(base, displacement, from, mask);
      case BF16 -> {
        a.vcvtneps2bf16(from, from);
        a.storeHalfVector(base, displacement, from, mask);
      }
    }
  }
}
