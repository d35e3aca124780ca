package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/** The oneDNN library as a whole: its version, the instruction set it uses, its caches. */
public final class OneDnn {
  /** Set in {@code dnnl_cpu_isa_avx512_core} and in all that include it. */
  private static final int AVX512_BIT = 0x20;

  /** Set in {@code dnnl_cpu_isa_avx512_core_bf16} and in all that include it. */
  private static final int AVX512_BF16_BIT = 0x80;

  /** Set in {@code dnnl_cpu_isa_avx512_core_fp16} and in all that include it. */
  private static final int AVX512_FP16_BIT = 0x100;

  private OneDnn() {}

  /**
   * Loads the native library, once. Useful on its own to overlap the load (some 30 ms, most of them
   * the dynamic linker's) with other work.
   *
   * @throws OneDnnException where there is no library for this machine, or it cannot be loaded
   */
  public static void load() {
    NativeLibrary.load();
  }

  /** Whether the native library is loaded. */
  public static boolean isLoaded() {
    return NativeLibrary.isLoaded();
  }

  /**
   * Finds, and extracts if it has to, the native library without loading it, so that where there is
   * none is known early.
   *
   * @throws OneDnnException where there is no library for this machine
   */
  public static void locate() {
    NativeLibrary.locate();
  }

  /**
   * Lets go of pages of the library that were touched to make primitives, and that executing them
   * does not need. Useful before the first run, which may take the most memory.
   */
  public static void releasePages() {
    NativeLibrary.releasePages();
  }

  /** The folder for what is kept between processes; it need not exist. */
  public static Path cacheFolder() {
    return NativeLibrary.cache();
  }

  /** The resources on the class path that hold the native library. */
  public static List<String> resources() {
    return NativeLibrary.resources();
  }

  /** The library's version, such as {@code 3.11.0}. */
  public static String version() {
    load();
    ByteBuffer version =
        MemorySegment.ofAddress(Function.VERSION.call())
            .reinterpret(3 * Integer.BYTES)
            .asByteBuffer()
            .order(ByteOrder.nativeOrder());
    return version.getInt() + "." + version.getInt() + "." + version.getInt();
  }

  /**
   * Whether the instruction set multiplies floats of a type, so that there are fast kernels for
   * them. For others, the library emulates some kernels and lacks the rest.
   */
  public static boolean multiplies(DataType type) {
    return switch (type) {
      case F32 -> true;
      case BF16 -> (effectiveIsa() & AVX512_BF16_BIT) != 0;
      case F16 -> (effectiveIsa() & AVX512_FP16_BIT) != 0;
      case S32, S8, U8, F64 -> false;
    };
  }

  /**
   * The newest instruction set that kernels are generated for: what the processor has, lowered by
   * the environment variable {@code ONEDNN_MAX_CPU_ISA}. Machine-specific data is valid for one
   * version of the library and one instruction set.
   */
  public static String instructionSet() {
    int isa = effectiveIsa();
    return switch (isa) {
      case 0x1 -> "sse41";
      case 0x3 -> "avx";
      case 0x7 -> "avx2";
      case 0xf -> "avx2_vnni";
      case 0x1f -> "avx2_vnni_2";
      case 0x27 -> "avx512_core";
      case 0x67 -> "avx512_core_vnni";
      case 0xe7 -> "avx512_core_bf16";
      case 0x1ef -> "avx10_1_512";
      case 0xfef -> "avx10_1_512_amx";
      case 0x1fef -> "avx10_1_512_amx_fp16";
      case 0x201ff -> "avx10_2_512";
      case 0x22fff -> "avx10_2_512_amx_2";
      default -> "isa_0x" + Integer.toHexString(isa);
    };
  }

  private static int effectiveIsa() {
    load();
    return (int) Function.GET_EFFECTIVE_CPU_ISA.call();
  }

  /** Whether kernels may use AVX-512 with its extensions for 32-bit elements. */
  public static boolean hasAvx512() {
    return (effectiveIsa() & AVX512_BIT) != 0;
  }

  /**
   * Sets how many generated kernels the process keeps for primitives to come.
   *
   * @param primitives at least 0; the library begins with 1024
   */
  public static void setPrimitiveCacheCapacity(int primitives) {
    load();
    Status.check(
        Function.SET_PRIMITIVE_CACHE_CAPACITY.call(primitives),
        "setting the capacity of the primitive cache to",
        primitives);
  }
}
