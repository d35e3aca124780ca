package dev.lathe.ir.serial;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * A graph in binary form: the structure, and the data too large to stand in it.
 *
 * @param structure what {@link GraphReader} reads
 * @param weights the large data in order, each beginning at the next multiple of {@link #ALIGNMENT}
 * @param weightsSize the bytes of all large data, gaps included
 */
public record SerializedGraph(
    MemorySegment structure, List<MemorySegment> weights, long weightsSize) {
  /** The alignment of each piece of large data in bytes. */
  public static final long ALIGNMENT = 64;

  private static final int CHUNK = 1 << 24;

  public SerializedGraph {
    weights = List.copyOf(weights);
  }

  /**
   * Writes the large data with its gaps, {@code weightsSize} bytes.
   *
   * @throws IOException if the stream refuses
   */
  public void writeWeights(OutputStream out) throws IOException {
    WritableByteChannel channel = Channels.newChannel(out);
    long at = 0;
    for (MemorySegment segment : weights) {
      long start = align(at);
      out.write(new byte[Math.toIntExact(start - at)]);
      for (long done = 0; done < segment.byteSize(); done += CHUNK) {
        channel.write(
            segment.asSlice(done, Math.min(CHUNK, segment.byteSize() - done)).asByteBuffer());
      }
      at = start + segment.byteSize();
    }
  }

  /** The next multiple of {@link #ALIGNMENT}. */
  static long align(long offset) {
    return Math.addExact(offset, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
