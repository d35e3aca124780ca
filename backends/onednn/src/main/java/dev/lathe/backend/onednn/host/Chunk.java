package dev.lathe.backend.onednn.host;

/** Arrays that arithmetic works on. */
final class Chunk extends Staging {
  static final Pool<Chunk> POOL = new Pool<>(Chunk::new);

  final float[] f0 = new float[SIZE];
  final float[] f1 = new float[SIZE];
  final float[] f2 = new float[SIZE];
  final double[] d0 = new double[SIZE];
  final double[] d1 = new double[SIZE];
  final double[] d2 = new double[SIZE];
  final long[] l0 = new long[SIZE];
  final long[] l1 = new long[SIZE];
  final long[] l2 = new long[SIZE];
  final int[] i0 = new int[SIZE];
  final int[] i1 = new int[SIZE];
  final byte[] b0 = new byte[SIZE];

  private Chunk() {}
}
