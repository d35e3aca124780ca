package dev.lathe.backend.onednn.jit;

/** What a kernel stores of its f32 results. */
public enum ResultType {
  /** The results. */
  F32(Float.BYTES),
  /** The nearest bf16, on processors with AVX-512 BF16. */
  BF16(Short.BYTES);

  private final int bytes;

  ResultType(int bytes) {
    this.bytes = bytes;
  }

  /** The bytes of a number. */
  int bytes() {
    return bytes;
  }

  /** The bytes of a vector of results. */
  int vector() {
    return CodeSource.LANES * bytes;
  }

  /** Stores a vector, whose register may change, where the mask has bits. */
  void store(Assembler a, int base, int displacement, int from, int mask) {
    switch (this) {
      case F32 -> a.storeVector(base, displacement, from, mask);
      case BF16 -> {
        a.vcvtneps2bf16(from, from);
        a.storeNarrow(base, displacement, from, mask);
      }
    }
  }
}
