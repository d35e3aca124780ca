package dev.lathe.frontend.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
  @TempDir Path folder;

  private Path file(byte[] bytes) {
    try {
      return Files.write(folder.resolve("w.npz"), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void refuses(byte[] bytes, String... message) {
    Path file = file(bytes);
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> Mutations.readAll(file, arena))
          .isInstanceOf(ImportException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageContainingAll(message);
    }
  }

  private static byte[] npy(String header, int... data) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    byte[] file = new byte[10 + text.length + data.length];
    byte[] magic = "?NUMPY".getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(magic, 0, file, 0, magic.length);
    file[0] = (byte) 0x93;
    file[6] = 1;
    file[8] = (byte) text.length;
    System.arraycopy(text, 0, file, 10, text.length);
    for (int i = 0; i < data.length; i++) {
      file[10 + text.length + i] = (byte) data[i];
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsStoredAndDeflatedMembers(boolean deflated) {
    Path file =
        file(
            new Npz()
                .array("conv2d_1/kernel", 2, 3)
                .floats("conv2d_1/bias", new float[] {7.5f}, 1)
                .bytes("count", ElementType.I64, new byte[] {5, 0, 0, 0, 0, 0, 0, 0})
                .toBytes(deflated));
    try (Arena arena = Arena.ofConfined()) {
      WeightFile weights = WeightFile.open(file, arena);
      assertThat(weights.format()).isEqualTo(WeightFormat.NPZ);
      assertThat(weights.weights().keySet())
          .containsExactly("conv2d_1/kernel", "conv2d_1/bias", "count");
      StoredWeight kernel = weights.weights().get("conv2d_1/kernel");
      assertThat(kernel.type()).isEqualTo(TensorType.of(ElementType.F32, 2, 3));
      assertThat(kernel.data())
          .isEqualTo(ConstantData.ofFloats(kernel.type().shape(), 0, 1, 2, 3, 4, 5));
      assertThat(weights.weights().get("conv2d_1/bias").data().getDouble(0)).isEqualTo(7.5);
      assertThat(weights.weights().get("count").data().getLong(0)).isEqualTo(5);
      assertThat(kernel.data()).isSameAs(kernel.data());
    }
  }

  @Test
  void fortranOrderAndBigEndianBecomeTensors() {
    Path file =
        file(
            new Npz()
                .member(
                    "a.npy",
                    npy(
                        "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2), }",
                        0,
                        1,
                        0,
                        3,
                        0,
                        2,
                        1,
                        4))
                .toBytes(true));
    try (Arena arena = Arena.ofConfined()) {
      StoredWeight weight = WeightFile.open(file, arena).weights().firstEntry().getValue();
      assertThat(weight.data().toLongs()).containsExactly(1, 2, 3, 260);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)} # arrays of type '|O' are not read",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (nan,)} # should have a size",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000)} # takes"
            + " 4000000000000 bytes, but 4 are there",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9)} # more"
            + " elements than can be counted",
        "{'descr' # should have",
      })
  void refusesDamagedMembers(String header, String message) {
    refuses(
        new Npz().member("dense/kernel.npy", npy(header, 0, 0, 0, 0)).toBytes(false),
        "member 'dense/kernel.npy': ",
        message,
        "save it again with numpy.savez");
  }

  @Test
  void refusesWhatIsNoArray() {
    refuses(new Npz().member("notes.txt", new byte[3]).toBytes(false), "only .npy members");
    refuses(new Npz().member("a.npy", new byte[3]).toBytes(false), "ends within the header");
    refuses(
        new Npz().member("config.json", new byte[3]).toBytes(false),
        "this is a whole Keras model",
        "model.save_weights");
  }

  @Test
  void refusesWhatIsNoZipFile() {
    refuses(new byte[0], "this is no file of weights that can be read", ".safetensors");
    refuses("plain text".getBytes(StandardCharsets.UTF_8), "this is no file of weights");
    byte[] whole = new Npz().array("a", 3).toBytes(false);
    refuses(Arrays.copyOf(whole, whole.length - 1), "it was cut short");
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> WeightFile.open(folder.resolve("none.npz"), arena))
          .hasMessage(folder.resolve("none.npz") + ": there is no such file; check the name");
      assertThatThrownBy(() -> WeightFile.open(folder, arena))
          .hasMessage(folder + ": this is a folder; name the file");
    }
  }

  @Test
  void changedBytesAreNoticed() {
    byte[] bytes = new Npz().array("a", 3).toBytes(false);
    int data = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(" \n") + 2;
    bytes[data] ^= 1;
    refuses(bytes, "the checksum differs");
  }

  @Test
  void aMemberThatClaimsMoreThanDeflateCanHoldIsRefusedBeforeMemoryIsTaken() {
    // Sixteen gigabytes of zeros in a header that the directory confirms.
    byte[] header =
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967000,), }", 0, 0, 0, 0);
    byte[] zip = new Npz().member("a.npy", header).toBytes(true);
    int directory = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    long size = 4294967000L + header.length - 4;
    for (int i = 0; i < 4; i++) {
      zip[directory + 24 + i] = (byte) (size >> (8 * i));
    }
    refuses(zip, "claims " + size + " bytes in");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void mutatedFilesAreReadOrRefusedInOneLine(boolean deflated) {
    byte[] bytes =
        new Npz()
            .array("conv2d_1/kernel", 3, 3, 2, 4)
            .array("conv2d_1/bias", 4)
            .array("dense/kernel", 8, 2)
            .toBytes(deflated);
    Mutations.check(bytes, folder.resolve("mutated.npz"), 3000);
  }
}
