package dev.lathe.backend.onednn.program;

import dev.lathe.runtime.spi.KernelProfile;
import java.util.List;

/**
 * What a kernel is, for profiles and messages; see {@link KernelProfile} for the meaning of the
 * fields.
 */
public record KernelInfo(
    String name,
    String implementation,
    long flops,
    List<String> sources,
    boolean reference,
    boolean reorder) {
  /** Copies the list. */
  public KernelInfo {
    sources = List.copyOf(sources);
  }

  /** This with the layouts of an instruction and a measured time. */
  public KernelProfile profile(String layouts, long nanos) {
    return new KernelProfile(
        name, implementation, layouts, nanos, flops, sources, reference, reorder);
  }
}
