package dev.lathe.frontend.onnx.export;

import java.io.Serial;

/** A graph that cannot be written as an ONNX model, with one line that says what, where and why. */
public final class ExportException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param where the graph, and as far as known the node
   * @param what what cannot be written and why, without a final stop
   * @param remedy what the reader of the message can do, or empty where nothing is known to help
   */
  ExportException(String where, String what, String remedy) {
    super(where + ": " + what + (remedy.isEmpty() ? "" : "; " + remedy));
  }
}
