package dev.lathe.cli;

import dev.lathe.CompileOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that chooses a backend. */
final class BackendOption {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "onednn or reference. Default: onednn where it can be had.")
  private @Nullable String name;

  /** The options with the backend that was chosen, if any. */
  CompileOptions applyTo(CompileOptions options) {
    return name == null ? options : options.backend(name);
  }
}
