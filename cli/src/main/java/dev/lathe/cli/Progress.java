package dev.lathe.cli;

import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * One line on a terminal that says what is being done, once the command has taken more than a
 * second and then every second. Where nobody watches, nothing is written.
 */
final class Progress implements Consumer<String>, AutoCloseable {
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean enabled;
  private final ScheduledExecutorService timer;
  private String stage = "";
  private final long start = System.nanoTime();
  private boolean shown;

  private Progress(PrintWriter err, boolean enabled) {
    this.err = err;
    this.enabled = enabled;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("progress").unstarted(task));
    if (enabled) {
      var ticks = timer.scheduleAtFixedRate(this::show, 1, 1, TimeUnit.SECONDS);
      if (ticks.isCancelled()) {
        throw new IllegalStateException("the timer of progress did not start");
      }
    }
  }

  /** Progress of a command, shown if standard error is a terminal. */
  static Progress of(CommandSpec spec) {
    boolean watched = spec.root().userObject() instanceof Main main && main.isWatched();
    return new Progress(spec.commandLine().getErr(), watched);
  }

  /** Says what is being done from now on. */
  @Override
  public synchronized void accept(String newStage) {
    stage = newStage;
  }

  private synchronized void show() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    if (seconds >= 1 && !stage.isEmpty()) {
      err.print(CLEAR + "lathe: " + stage + " ... " + seconds + " s");
      err.flush();
      shown = true;
    }
  }

  /** Erases the line, so that something else can be printed. */
  synchronized void clear() {
    if (shown) {
      err.print(CLEAR);
      err.flush();
      shown = false;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    if (enabled) {
      clear();
    }
  }
}
