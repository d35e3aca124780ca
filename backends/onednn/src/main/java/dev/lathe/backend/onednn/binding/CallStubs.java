package dev.lathe.backend.onednn.binding;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The native methods of {@link Downcall}: a few instructions each, which pass arguments on to the
 * function whose address is the first. They are written as a shared object into the cache folder
 * once, and loaded from there.
 */
final class CallStubs {
  /** Arguments of the wide method that lie on the stack when the function is called. */
  private static final int PASSED_ON_STACK = Downcall.WIDE - Downcall.NARROW;

  private CallStubs() {}

  /**
   * Loads the methods of a class, which have the names {@code narrow} and {@code wide}.
   *
   * @param type a class of the caller's class loader
   * @param folder where the shared object lies or is put; it is made if it is missing
   * @throws OneDnnException if it cannot be written or loaded
   */
  static void load(Class<?> type, Path folder) {
    byte[] narrow = code(0);
    byte[] wide = code(PASSED_ON_STACK);
    String id = Integer.toHexString(31 * Arrays.hashCode(wide) + type.getName().hashCode());
    Path file = folder.resolve("calls-" + id + ".so").toAbsolutePath();
    try {
      if (!Files.isRegularFile(file)) {
        byte[] code = Arrays.copyOf(narrow, narrow.length + wide.length);
        System.arraycopy(wide, 0, code, narrow.length, wide.length);
        Map<String, Integer> functions = new LinkedHashMap<>();
        functions.put(symbol(type, "narrow"), 0);
        functions.put(symbol(type, "wide"), narrow.length);
        write(folder, file, SharedObject.of(code, functions));
      }
      load(folder, file);
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new OneDnnException(
          "cannot load "
              + file
              + " ("
              + e.getMessage()
              + "); set -D"
              + NativeLibrary.CACHE_PROPERTY
              + "=DIR to a folder that can be written and executed from",
          e);
    }
  }

  /** The name under which the JVM looks for a native method (JNI specification, chapter 2). */
  static String symbol(Class<?> type, String method) {
    StringBuilder symbol = new StringBuilder("Java_");
    String name = type.getName() + '.' + method;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '.') {
        symbol.append('_');
      } else if (c == '_') {
        symbol.append("_1");
      } else if (c < 128 && Character.isLetterOrDigit(c)) {
        symbol.append(c);
      } else {
        symbol.append("_0").append("%04x".formatted((int) c));
      }
    }
    return symbol.toString();
  }

  /**
   * A method with the parameters of {@link Downcall#wide} or of {@link Downcall#narrow}. It gets
   * the JVM's environment, the class, the function and the first three integers in registers, the
   * others on the stack; floats are where the function expects them. The function returns to the
   * caller of the method.
   *
   * @param onStack how many arguments the function expects on the stack
   */
  private static byte[] code(int onStack) {
    ByteBuffer code = ByteBuffer.allocate(30 + 10 * onStack).order(ByteOrder.BIG_ENDIAN);
    instruction(code, 0x48_89_d0); // mov rax, rdx
    instruction(code, 0x48_89_cf); // mov rdi, rcx
    instruction(code, 0x4c_89_c6); // mov rsi, r8
    instruction(code, 0x4c_89_ca); // mov rdx, r9
    code.putInt(0x48_8b_4c_24).put((byte) 8); // mov rcx, [rsp + 8]
    code.putInt(0x4c_8b_44_24).put((byte) 16); // mov r8, [rsp + 16]
    code.putInt(0x4c_8b_4c_24).put((byte) 24); // mov r9, [rsp + 24]
    for (int i = 0; i < onStack; i++) {
      // Three slots nearer to the return address; the slots are the called one's to write to.
      code.putInt(0x4c_8b_54_24).put((byte) (32 + 8 * i)); // mov r10, [rsp + 32 + 8 * i]
      code.putInt(0x4c_89_54_24).put((byte) (8 + 8 * i)); // mov [rsp + 8 + 8 * i], r10
    }
    code.putShort((short) 0xff_e0); // jmp rax
    return Arrays.copyOf(code.array(), code.position());
  }

  private static void instruction(ByteBuffer code, int bytes) {
    code.put((byte) (bytes >> 16)).putShort((short) bytes);
  }

  /** Writes a file that other processes see whole or not at all. */
  private static void write(Path folder, Path file, byte[] bytes) throws IOException {
    Files.createDirectories(folder);
    Path beside = Files.createTempFile(folder, "writing-", ".so");
    try {
      Files.write(beside, bytes);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static void load(Path folder, Path file) throws IOException {
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      // A file belongs to one class loader; where this class is in several, others get a copy.
      Path copy = Files.createTempFile(folder, "calls-", ".so");
      try {
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        System.load(copy.toAbsolutePath().toString());
      } finally {
        Files.delete(copy);
      }
    }
  }
}
