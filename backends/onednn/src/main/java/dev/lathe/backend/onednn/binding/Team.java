package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Runs Java code on the threads that oneDNN's kernels run on: libgomp's {@code GOMP_parallel} calls
 * back from every thread of the calling thread's team. Threads of Java's own would compete with
 * these, which wait actively for the next kernel; and while only one thread works, they fall asleep
 * and have to be woken.
 */
public final class Team {
  /** So many teams may work at once; the others' masters work alone. A power of two. */
  private static final int SLOTS = 64;

  private static final AtomicReferenceArray<Job> JOBS = new AtomicReferenceArray<>(SLOTS);

  private Team() {}

  /**
   * Work that several threads do between them: each calls it once, and takes of it what is left.
   */
  public abstract static class Job {
    private volatile @Nullable Throwable failure;

    /** Does some of the work, or none where others have taken all. */
    protected abstract void work();

    private void part() {
      try {
        work();
      } catch (Throwable e) {
        // Nothing may leave a call from native code; the caller throws it.
        failure = e;
      }
    }

    private void rethrow() {
      Throwable thrown = failure;
      failure = null;
      switch (thrown) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException("work failed", thrown);
      }
    }
  }

  /**
   * Apart from its owner, because to make it takes milliseconds that a first run need not spend.
   */
  private static final class Callback {
    static final long ADDRESS = stub();

    private static long stub() {
      try {
        MethodHandle part =
            MethodHandles.lookup()
                .findStatic(Team.class, "part", MethodType.methodType(void.class, long.class));
        return Linker.nativeLinker()
            .upcallStub(part, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), Arena.global())
            .address();
      } catch (NoSuchMethodException | IllegalAccessException e) {
        throw new LinkageError("no method to call back", e);
      }
    }
  }

  /** Apart from its owner, which a first run may not need. */
  private static final class Symbols {
    static final long PARALLEL = Function.GOMP_PARALLEL.address();
  }

  /**
   * Has {@code threads} threads call the machine code at an address with one argument, and returns
   * when all have returned. Allocates nothing.
   */
  static void call(long code, long argument, int threads) {
    if (threads == 1) {
      Downcall.narrow(code, argument, 0, 0, 0, 0, 0);
    } else {
      Downcall.narrow(Symbols.PARALLEL, code, argument, threads, 0, 0, 0);
    }
  }

  /** Called by every thread of a team, the caller's own included. */
  @SuppressWarnings("UnusedMethod") // Found by its name.
  private static void part(long slot) {
    Job job = JOBS.get((int) slot);
    if (job != null) {
      job.part();
    }
  }

  /**
   * Has {@code threads} threads do a job, the calling one among them, and returns when all are
   * done. Allocates nothing once warm.
   *
   * @param job of this caller alone
   */
  public static void run(Job job, int threads) {
    int home = (int) Thread.currentThread().threadId();
    for (int i = 0; i < SLOTS; i++) {
      int slot = (home + i) & (SLOTS - 1);
      if (JOBS.compareAndSet(slot, null, job)) {
        try {
          call(Callback.ADDRESS, slot, threads);
        } finally {
          JOBS.set(slot, null);
        }
        job.rethrow();
        return;
      }
    }
    job.part();
    job.rethrow();
  }
}
