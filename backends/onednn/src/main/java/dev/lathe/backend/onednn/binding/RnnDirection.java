package dev.lathe.backend.onednn.binding;

/** How a recurrent layer runs through time. The values are those of the C enumeration. */
public enum RnnDirection {
  LEFT_TO_RIGHT(1),
  RIGHT_TO_LEFT(2),
  /** Both, the results side by side in the channels. */
  BIDIRECTIONAL_CONCAT(3),
  /** Both, the results added. */
  BIDIRECTIONAL_SUM(4);

  private final int code;

  RnnDirection(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** The number of directions: the size of dimension 1 of weights and states. */
  public int count() {
    return this == BIDIRECTIONAL_CONCAT || this == BIDIRECTIONAL_SUM ? 2 : 1;
  }
}
