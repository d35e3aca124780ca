package dev.lathe.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code lathe} command. */
@Command(
    name = "lathe",
    description = "Compiles neural networks to inference libraries for the JVM.",
    mixinStandardHelpOptions = true,
    version = "lathe 0.1.0-SNAPSHOT")
public final class Main implements Runnable {
  private Main() {}

  /**
   * Runs the command and exits with its status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
