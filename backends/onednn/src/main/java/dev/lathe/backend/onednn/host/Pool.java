package dev.lathe.backend.onednn.host;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Scratch objects that several threads take and give back, so that a kernel that is warm makes
 * none. What is not given back, because a kernel threw, is left to the garbage collector.
 */
final class Pool<T> {
  /** More threads than this may run; those beyond make objects of their own. A power of two. */
  private static final int SLOTS = 32;

  private final AtomicReferenceArray<T> slots = new AtomicReferenceArray<>(SLOTS);
  private final Supplier<T> maker;

  Pool(Supplier<T> maker) {
    this.maker = maker;
  }

  /** An object that no other thread has. */
  T take() {
    int home = home();
    for (int i = 0; i < SLOTS; i++) {
      int slot = (home + i) & (SLOTS - 1);
      if (slots.get(slot) != null) {
        T taken = slots.getAndSet(slot, null);
        if (taken != null) {
          return taken;
        }
      }
    }
    return maker.get();
  }

  void give(T object) {
    int home = home();
    for (int i = 0; i < SLOTS; i++) {
      int slot = (home + i) & (SLOTS - 1);
      if (slots.get(slot) == null && slots.compareAndSet(slot, null, object)) {
        return;
      }
    }
  }

  private static int home() {
    return (int) Thread.currentThread().threadId() & (SLOTS - 1);
  }
}
