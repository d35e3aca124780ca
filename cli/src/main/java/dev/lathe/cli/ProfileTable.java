package dev.lathe.cli;

import dev.lathe.runtime.spi.KernelProfile;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The kernels of a run as a table for people, and as JSON. */
final class ProfileTable {
  private ProfileTable() {}

  /**
   * Prints a line a kernel in the order in which they ran: time, share, GFLOP/s, what it computes,
   * the code that did, layouts and source nodes. {@code REF} flags unoptimised code, {@code
   * REORDER} what only moves data.
   */
  static void print(PrintWriter out, List<KernelProfile> kernels) {
    long total = total(kernels);
    out.printf(
        Locale.ROOT,
        "%n%10s %6s %8s  %s%n",
        "us",
        "share",
        "GFLOP/s",
        "kernel | implementation | layouts | sources");
    long references = 0;
    long reorders = 0;
    for (KernelProfile kernel : kernels) {
      references += kernel.reference() ? 1 : 0;
      reorders += kernel.reorder() ? 1 : 0;
      out.printf(
          Locale.ROOT,
          "%10.1f %5.1f%% %8s  %s%s%s | %s | %s | %s%n",
          kernel.nanos() / 1e3,
          total == 0 ? 0 : 100.0 * kernel.nanos() / total,
          kernel.flops() == 0 ? "" : String.format(Locale.ROOT, "%.1f", gigaflops(kernel)),
          kernel.reference() ? "REF " : "",
          kernel.reorder() ? "REORDER " : "",
          kernel.name(),
          kernel.implementation(),
          kernel.layouts(),
          String.join(", ", kernel.sources()));
    }
    out.printf(
        Locale.ROOT,
        "%10.1f us in %d kernels, of which %d are ref and %d are reorders%n",
        total / 1e3,
        kernels.size(),
        references,
        reorders);
  }

  private static long total(List<KernelProfile> kernels) {
    return kernels.stream().mapToLong(KernelProfile::nanos).sum();
  }

  private static double gigaflops(KernelProfile kernel) {
    return kernel.nanos() == 0 ? 0 : (double) kernel.flops() / kernel.nanos();
  }

  /** The kernels for JSON. */
  static List<Map<String, Object>> json(List<KernelProfile> kernels) {
    long total = total(kernels);
    List<Map<String, Object>> list = new ArrayList<>();
    for (KernelProfile kernel : kernels) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", kernel.name());
      json.put("implementation", kernel.implementation());
      json.put("layouts", kernel.layouts());
      json.put("us", kernel.nanos() / 1e3);
      json.put("share", total == 0 ? 0 : (double) kernel.nanos() / total);
      json.put("flops", kernel.flops());
      json.put("gflops_per_s", gigaflops(kernel));
      json.put("ref", kernel.reference());
      json.put("reorder", kernel.reorder());
      json.put("sources", kernel.sources());
      list.add(json);
    }
    return list;
  }
}
