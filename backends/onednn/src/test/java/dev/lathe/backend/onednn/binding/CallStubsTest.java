package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallStubsTest {
  private static final String WEIGHED = "weighed";

  /** Tells all arguments apart, and their order. */
  @SuppressWarnings("UnusedMethod") // Found by its name.
  private static long weighed(
      float x,
      float y,
      float z,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g,
      long h,
      long i,
      long j,
      long k,
      long l,
      long m,
      long n,
      long o,
      long p,
      long q) {
    long[] all = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q};
    return weigh(x, y, z, all);
  }

  private static long weigh(float x, float y, float z, long... all) {
    long sum = (long) (x * 1e6 + y * 1e7 + z * 1e8);
    for (int index = 0; index < all.length; index++) {
      sum = 31 * sum + all[index];
    }
    return sum;
  }

  @Test
  void passesEveryArgument() throws ReflectiveOperationException {
    Class<?>[] parameters = new Class<?>[3 + Downcall.WIDE];
    Arrays.fill(parameters, 0, 3, float.class);
    Arrays.fill(parameters, 3, parameters.length, long.class);
    MethodHandle target =
        MethodHandles.lookup()
            .findStatic(
                CallStubsTest.class, WEIGHED, MethodType.methodType(long.class, parameters));
    ValueLayout[] layouts = new ValueLayout[parameters.length];
    Arrays.fill(layouts, 0, 3, ValueLayout.JAVA_FLOAT);
    Arrays.fill(layouts, 3, layouts.length, ValueLayout.JAVA_LONG);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stub =
          Linker.nativeLinker()
              .upcallStub(target, FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts), arena);
      long result =
          Downcall.wide(
              stub.address(),
              1,
              -2,
              3,
              4,
              -5,
              6,
              7,
              8,
              9,
              10,
              11,
              12,
              13,
              14,
              15,
              16,
              17,
              18,
              19,
              1L << 40);
      assertThat(result)
          .isEqualTo(
              weigh(1, -2, 3, 4, -5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 1L << 40));
    }
  }

  @Test
  void aSecondClassLoaderHasMethodsOfItsOwn() throws Exception {
    long getpid = Linker.nativeLinker().defaultLookup().findOrThrow("getpid").address();
    long known = Downcall.narrow(getpid, 0, 0, 0, 0, 0, 0);
    Class<?> other = new Again().loadClass(Downcall.class.getName());
    assertThat(other).isNotEqualTo(Downcall.class);
    Method narrow =
        Stream.of(other.getDeclaredMethods())
            .filter(method -> method.getName().equals("narrow"))
            .findAny()
            .orElseThrow();
    narrow.setAccessible(true);
    assertThat(narrow.invoke(null, getpid, 0L, 0L, 0L, 0L, 0L, 0L)).isEqualTo(known);
  }

  /** Defines the classes of the binding again. */
  private static final class Again extends ClassLoader {
    Again() {
      super(CallStubsTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(Downcall.class.getPackageName())) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsToldWithTheRemedy(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> CallStubs.load(Downcall.class, file))
        .isInstanceOf(OneDnnException.class)
        .hasMessageStartingWith("cannot load " + file)
        .hasMessageContaining("set -Dlathe.cache=DIR to a folder");
  }

  @Test
  void leavesNothingButTheOneFile(@TempDir Path folder) throws IOException {
    CallStubs.load(Downcall.class, folder);
    CallStubs.load(Downcall.class, folder);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .singleElement()
          .asString()
          .matches("calls-[0-9a-f]+\\.so");
    }
  }

  @Test
  void namesSymbolsAsTheJvmDoes() {
    assertThat(CallStubs.symbol(With_underscore.class, "narrow"))
        .isEqualTo(
            "Java_dev_lathe_backend_onednn_binding_CallStubsTest_00024With_1underscore_narrow");
  }

  /** Has a name that symbols cannot have as it is. */
  private static final class With_underscore {}

  @Test
  void codeThatIsTooLargeIsRefused() {
    assertThatThrownBy(() -> SharedObject.of(new byte[4000], Map.of("function", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4000 bytes of code and 10 of names are more than a page");
  }
}
