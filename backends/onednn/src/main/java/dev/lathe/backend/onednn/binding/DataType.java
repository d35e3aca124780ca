package dev.lathe.backend.onednn.binding;

import java.util.Locale;

/** The element types of oneDNN that this project uses, with the values of the C enumeration. */
public enum DataType {
  F16(1, 2),
  BF16(2, 2),
  F32(3, 4),
  S32(4, 4),
  S8(5, 1),
  U8(6, 1),
  F64(7, 8);

  private final int code;
  private final int bytes;

  DataType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  int code() {
    return code;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  static DataType of(int code) {
    for (DataType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new OneDnnException("oneDNN: unexpected data type " + code);
  }

  /** The type's name in oneDNN, such as {@code bf16}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
