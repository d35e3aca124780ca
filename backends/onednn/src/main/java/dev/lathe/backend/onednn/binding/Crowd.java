package dev.lathe.backend.onednn.binding;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Watches, while models run on several threads, whether more threads of the machine want to run
 * than there are processors, and has libgomp's threads sleep almost at once for as long as that is
 * so.
 *
 * <p>A thread that waits actively for one that has no processor keeps the processor from it: each
 * kernel then takes as long as the scheduler lets a thread run, some milliseconds. How long threads
 * wait cannot be changed once libgomp is loaded, but libgomp itself makes it short (100 turns) when
 * it has more threads than processors. So where the machine is crowded, a thread here makes a team
 * of threads that do nothing but sleep; when it ends, they do.
 *
 * <p>The thread looks every ten milliseconds, which takes it some microseconds, and ends a second
 * after the last run.
 */
public final class Crowd {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final Duration INTERVAL = Duration.ofMillis(10);

  /** So many looks without a run, and the thread ends. */
  private static final int IDLE_LOOKS = 100;

  /** On a machine of more processors, the team would be large, and seldom needed. */
  private static final int MOST_PROCESSORS = 64;

  private static final AtomicBoolean WATCHING = new AtomicBoolean();

  /** Runs that are under way. */
  private static final AtomicInteger RUNS = new AtomicInteger();

  /** Whether a run has begun since the last look. */
  private static volatile boolean met;

  /** What was found at the last look. */
  private static volatile boolean there;

  private Crowd() {}

  /** Apart from its owner, as it is decided once, at the first run that asks. */
  private static final class Wanted {
    static final boolean IS = OpenMp.adapts();
  }

  /** Says that a run begins on several threads; {@link #leave} has to follow. Allocates nothing. */
  public static void enter() {
    RUNS.incrementAndGet();
    if (!met) {
      met = true;
      if (!WATCHING.get() && Wanted.IS && WATCHING.compareAndSet(false, true)) {
        Thread.ofPlatform().daemon().name("lathe-crowd").start(Crowd::watch);
      }
    }
  }

  /** Apart from its owner, as only kernels whose threads wait for each other ask. */
  private static final class Passive {
    static final boolean IS = OpenMp.waitsPassively();
  }

  /**
   * Whether threads may wait for each other inside a kernel, which they do actively: not in a
   * crowd, as far as one is watched for, and not where the user wants no such waiting.
   */
  public static boolean mayWait() {
    return !there && !Passive.IS;
  }

  /** Says that a run has ended. */
  public static void leave() {
    RUNS.decrementAndGet();
  }

  private static void watch() {
    int processors = OpenMp.allowedProcessors();
    if (processors > MOST_PROCESSORS) {
      return;
    }
    Sleepers sleepers = null;
    try (FileChannel load = FileChannel.open(LOAD, StandardOpenOption.READ)) {
      ByteBuffer text = ByteBuffer.allocateDirect(128);
      // The file counts threads of the whole machine.
      Judge judge = new Judge(Math.max(processors, OpenMp.onlineProcessors()));
      int idle = 0;
      while (idle < IDLE_LOOKS) {
        idle = met || RUNS.get() > 0 ? 0 : idle + 1;
        met = false;
        text.clear();
        load.read(text, 0);
        text.flip();
        // The thread that looks runs, too.
        boolean crowded = judge.isCrowded(runnable(text) - 1);
        if (crowded && sleepers == null) {
          sleepers = new Sleepers(processors + 1);
        } else if (!crowded && sleepers != null) {
          sleepers.close();
          sleepers = null;
        }
        there = crowded;
        Thread.sleep(INTERVAL);
      }
    } catch (IOException e) {
      System.getLogger(Crowd.class.getName())
          .log(System.Logger.Level.DEBUG, "threads wait as if the machine were free", e);
      // Not tried again: the file is not to be had here.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      there = false;
      if (sleepers != null) {
        sleepers.close();
      }
    }
    // In this order: a run between the two is noticed by the next.
    WATCHING.set(false);
    met = false;
  }

  /**
   * The number of threads that run or want to, of the text {@code 0.20 0.18 0.12 1/80 11206}; 0
   * where it is another text.
   */
  static int runnable(ByteBuffer text) {
    int spaces = 0;
    int number = 0;
    while (text.hasRemaining()) {
      byte letter = text.get();
      if (letter == ' ') {
        spaces++;
      } else if (letter == '/') {
        return number;
      } else if (spaces == 3 && letter >= '0' && letter <= '9') {
        number = 10 * number + letter - '0';
      }
    }
    return 0;
  }

  /**
   * Decides by how many of the last looks found more runnable threads than processors: the more
   * recent count more. What the JVM compiles or the system does now and then makes some of them do
   * so on a machine that is free, and what sleeps between two kernels makes some of them not do so
   * on one that is not.
   */
  static final class Judge {
    /** What a look counts; each one before it an eighth less than the next. */
    private static final double WEIGHT = 1.0 / 8;

    private static final double IN = 0.6;
    private static final double OUT = 0.35;

    private final int processors;
    private double share;
    private boolean crowded;

    Judge(int processors) {
      this.processors = processors;
    }

    boolean isCrowded(int runnable) {
      share += ((runnable > processors ? 1 : 0) - share) * WEIGHT;
      crowded = share > (crowded ? OUT : IN);
      return crowded;
    }
  }

  /** A team of threads that sleep until it is closed. */
  static final class Sleepers implements AutoCloseable {
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    Sleepers(int count) {
      thread = Thread.ofPlatform().daemon().name("lathe-sleepers").start(() -> sleep(count));
    }

    private void sleep(int count) {
      Team.run(new Nothing(), count);
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      end.countDown();
    }

    /** The thread that owns the team. */
    Thread thread() {
      return thread;
    }
  }

  /** No work. */
  private static final class Nothing extends Team.Job {
    @Override
    protected void work() {}
  }
}
