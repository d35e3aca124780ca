package dev.lathe.backend.onednn.binding;

/** The values of {@code dnnl_status_t}. */
final class Status {
  static final int SUCCESS = 0;
  static final int UNIMPLEMENTED = 3;

  private static final String[] NAMES = {
    "success",
    "out of memory",
    "invalid arguments",
    "unimplemented",
    "last implementation reached",
    "runtime error",
    "not required",
    "invalid graph",
    "invalid graph operation",
    "invalid shape",
    "invalid data type"
  };

  private Status() {}

  /** Throws unless {@code status}, the result of what {@code action} names, is success. */
  static void check(long status, String action) {
    if ((int) status != SUCCESS) {
      throw failure((int) status, action);
    }
  }

  static OneDnnException failure(int status, String action) {
    String name = status >= 0 && status < NAMES.length ? NAMES[status] : "unknown status " + status;
    return new OneDnnException("oneDNN: " + action + ": " + name);
  }
}
