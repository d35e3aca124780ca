package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NpyTest {
  @TempDir Path folder;

  private Path file(int major, String header, int... data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x93);
    out.write("NUMPY".getBytes(StandardCharsets.US_ASCII));
    out.write(major);
    out.write(0);
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    out.write(text.length);
    out.write(text.length >> 8);
    if (major > 1) {
      out.write(0);
      out.write(0);
    }
    out.write(text);
    for (int b : data) {
      out.write(b);
    }
    return Files.write(folder.resolve("a.npy"), out.toByteArray());
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void whatIsWrittenIsReadBack(ElementType type) throws IOException {
    Random random = new Random(1);
    for (long[] shape : new long[][] {{}, {1}, {5}, {2, 3}, {0, 4}, {2, 1, 3, 2}}) {
      try (Tensor tensor = Tensor.allocate(type, shape)) {
        for (long i = 0; i < tensor.elementCount(); i++) {
          tensor.setDouble(i, random.nextInt(8));
        }
        Path file = folder.resolve(type + ".npy");
        Npy.write(file, tensor);
        assertThat(Files.size(file)).isGreaterThanOrEqualTo(128);
        try (Tensor read = Npy.read(file)) {
          assertThat(read.shape()).containsExactly(shape);
          for (long i = 0; i < tensor.elementCount(); i++) {
            assertThat(read.getDouble(i)).isEqualTo(tensor.getDouble(i));
          }
        }
      }
    }
  }

  @Test
  void theHeaderIsWhatNumPyWrites() throws IOException {
    Path file = folder.resolve("a.npy");
    try (Tensor tensor = Tensor.of(new float[] {1, 2, 3}, 3)) {
      Npy.write(file, tensor);
    }
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).hasSize(128 + 12);
    assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
        .isEqualTo(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }" + " ".repeat(60) + "\n");
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void everyVersionIsRead(int major) throws IOException {
    Path file = file(major, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", 7, 200);
    try (Tensor read = Npy.read(file)) {
      assertThat(read).hasToString("u8[2]");
      assertThat(read.getLong(1)).isEqualTo(200);
    }
  }

  @Test
  void fortranOrderBecomesRowMajor() throws IOException {
    Path file =
        file(1, "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }", 1, 4, 2, 5, 3, 6);
    try (Tensor read = Npy.read(file)) {
      assertThat(read.toBytes()).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }

  @Test
  void bigEndianIsConverted() throws IOException {
    Path file =
        file(
            1,
            "{\"shape\": (2L,), \"descr\": \">i4\", \"fortran_order\": False}",
            0,
            0,
            1,
            2,
            0,
            0,
            0,
            3);
    try (Tensor read = Npy.read(file)) {
      assertThat(read.toInts()).containsExactly(258, 3);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)} | arrays of type '<c8' are not"
            + " read",
        "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)} | a structured array",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)} | should have a size",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)} | a size",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)} | more"
            + " elements than can be counted",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 4611686018427387904, 4)} | more"
            + " elements than can be counted",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000)} | takes 4000000000"
            + " bytes, but 4 are there; the file was cut short",
        "{'descr': 'u1', 'fortran_order': False, 'shape': ()} | takes 1 bytes, but 4 are there",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)} | True or False",
        "{'descr': '<f4', 'shape': (1,)} | lacks descr, fortran_order or shape",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x | goes on after its end",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,) | should have '}'",
        "{'descr': '<f4 | should have a string",
        "{'else': 1} | unknown key",
        "'' | should have '{'",
      })
  void refusesDamagedHeaders(String header, String message) throws IOException {
    Path file = file(1, header, 0, 0, 0, 0);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesWhatIsNoNpyFile() throws IOException {
    Path file = folder.resolve("b.npy");
    assertThatThrownBy(() -> Npy.read(file)).isInstanceOf(NoSuchFileException.class);
    Files.writeString(file, "PK and more bytes");
    assertThatThrownBy(() -> Npy.read(file))
        .hasMessage(file + ": this is no .npy file: it does not begin with \\x93NUMPY");
    Files.writeString(file, "PK");
    assertThatThrownBy(() -> Npy.read(file))
        .hasMessage(file + ": the file ends within the header of a .npy file");
    Path later = file(4, "{}");
    assertThatThrownBy(() -> Npy.read(later)).hasMessageContaining("version 4 of the .npy format");
    byte[] huge = Files.readAllBytes(file(2, "{}"));
    huge[11] = 127;
    Files.write(file, huge);
    assertThatThrownBy(() -> Npy.read(file)).hasMessageContaining("no array needs so many");
  }

  @Test
  void everyPrefixOfAFileIsRefused() throws IOException {
    Path whole = folder.resolve("whole.npy");
    try (Tensor tensor = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2)) {
      Npy.write(whole, tensor);
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.npy");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(cut, java.util.Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Npy.read(cut)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileThatCannotBeWrittenLeavesNothing() throws IOException {
    try (Tensor tensor = Tensor.of(new float[] {1}, 1)) {
      assertThatThrownBy(() -> Npy.write(folder.resolve("no/a.npy"), tensor))
          .isInstanceOf(IOException.class)
          .hasMessage(folder.resolve("no") + ": there is no such folder");
      assertThatThrownBy(() -> Npy.write(folder, tensor))
          .hasMessage(folder + ": this is a folder; name a file");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
