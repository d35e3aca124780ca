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
    if (isFailure(status)) {
      throw failure(status, action);
    }
  }

  /**
   * Throws unless {@code status} is success. The text of the subject, which can be long, is made
   * only then.
   *
   * @param action what was done to the subject
   */
  static void check(long status, String action, Object subject) {
    if (isFailure(status)) {
      throw failure(status, action + " " + subject);
    }
  }

  /** Whether {@code status} is not success. */
  static boolean isFailure(long status) {
    return (int) status != SUCCESS;
  }

  static OneDnnException failure(long result, String action) {
    int status = (int) result;
    String name = status >= 0 && status < NAMES.length ? NAMES[status] : "unknown status " + status;
    return new OneDnnException("oneDNN: " + action + ": " + name);
  }
}
