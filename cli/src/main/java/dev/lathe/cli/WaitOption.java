package dev.lathe.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says how threads wait. */
final class WaitOption {
  /** Read by the backend when its library is loaded. */
  private static final String PROPERTY = "lathe.wait";

  /** The two ways. */
  enum Way {
    ACTIVE,
    PASSIVE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--wait",
      paramLabel = "HOW",
      description = {
        "How threads wait for each other between kernels: active, which is quickest where the"
            + " machine has nothing else to do, or passive, which leaves the processors to others."
            + " Default: actively for as long as kernels are apart."
      })
  private @Nullable Way way;

  /** To be called before a model is loaded: it holds for the process. */
  void apply() {
    if (way != null) {
      System.setProperty(PROPERTY, way.toString());
    }
  }
}
