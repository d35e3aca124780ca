package dev.lathe.frontend.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
  @TempDir Path folder;

  private static byte[] bytes(String header, int elements) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + elements);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    for (int i = 0; i < elements; i++) {
      file.put((byte) (i % 2));
    }
    return file.array();
  }

  private Path file(byte[] bytes) {
    try {
      return Files.write(folder.resolve("w.safetensors"), bytes);
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

  @Test
  void elementsAreSlicesOfTheFile() {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[2,10],\"more\":[[1]]},"
            + "\"a.bias\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            + "\"none\":{\"dtype\":\"F64\",\"shape\":[0,3],\"data_offsets\":[10,10]},"
            + "\"one\":{\"data_offsets\":[10,11],\"dtype\":\"BOOL\",\"shape\":[]}}   ";
    try (Arena arena = Arena.ofConfined()) {
      WeightFile weights = WeightFile.open(file(bytes(header, 11)), arena);
      assertThat(weights.format()).isEqualTo(WeightFormat.SAFETENSORS);
      assertThat(weights.weights().keySet()).containsExactly("b", "a.bias", "none", "one");
      StoredWeight b = weights.weights().get("b");
      assertThat(b.type()).isEqualTo(TensorType.of(ElementType.F32, 2, 1));
      assertThat(b.data().segment().isMapped()).isTrue();
      assertThat(weights.weights().get("a.bias").data().toLongs()).containsExactly(0, 1);
      assertThat(weights.weights().get("none").data().elementCount()).isZero();
      assertThat(weights.weights().get("one").data().toLongs()).containsExactly(0);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"I4", "U4"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyElementTypeIsRead(ElementType type) {
    long size = type.byteSize(3);
    String header =
        "{\"w\":{\"dtype\":\"%s\",\"shape\":[3],\"data_offsets\":[0,%d]}}"
            .formatted(type.text().toUpperCase(Locale.ROOT), size);
    try (Arena arena = Arena.ofConfined()) {
      StoredWeight weight =
          WeightFile.open(file(bytes(header, (int) size)), arena).weights().get("w");
      assertThat(weight.data().type()).isEqualTo(TensorType.of(type, 3));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,9]}} # it is said to end at byte 9 of"
            + " the elements, but 8 are there",
        "{'w':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} # takes 12 bytes by its shape [3]"
            + " of f32, but 8 are set aside",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} # it ends before it begins",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} # 8 bytes of elements are there,"
            + " but the tensors take 4",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} # begins at byte 4 of the elements,"
            + " but the one before ends at byte 0",
        "{'v':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'w':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}"
            + " # tensor 'w': it begins at byte 4 of the elements, but another tensor reaches to"
            + " byte 8",
        "{'w':{'dtype':'F8_E4M3','shape':[8],'data_offsets':[0,8]}} # elements of type 'F8_E4M3'"
            + " are not read; convert the tensor",
        "{'w':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} # more elements"
            + " than can be counted",
        "{'w':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} # '-2', which is no size",
        "{'w':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}} # which is no"
            + " size",
        "{'w':{'dtype':'F32','shape':[NaN],'data_offsets':[0,8]}} # no JSON that can be read",
        "{'w':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} # should be a whole number",
        "{'w':{'dtype':'F32','shape':2,'data_offsets':[0,8]}} # the shape of 'w' should be a list,"
            + " not '2'",
        "{'w':{'dtype':4,'shape':[2],'data_offsets':[0,8]}} # should be a string, not '4'",
        "{'w':{'dtype':'F32','shape':[2]}} # its entry lacks dtype, shape or the two data_offsets",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0]}} # lacks",
        "{'w':7} # 'w' should be an object, not '7'",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} # Duplicate field 'w'",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}x # no JSON that can be read",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}{} # goes on after its end",
        "{'w':{'dtype':'F32' # no JSON that can be read",
        "{'w':{'a':[[[[[[[[[[1]]]]]]]]]]}} # no JSON that can be read: Document nesting depth",
        "{ # no JSON that can be read",
      })
  void refusesDamagedHeaders(String header, String message) {
    refuses(bytes(header.replace('\'', '"'), 8), message);
  }

  @Test
  void refusesHeadersThatCannotBe() {
    byte[] whole = bytes("{}", 0);
    whole[7] = (byte) 0x80;
    refuses(whole, "the header is said to have 9223372036854775810 bytes", "100000000");
    whole[7] = 0;
    whole[1] = 1;
    refuses(whole, "the header is said to have 258 bytes, but 2 follow", "it was cut short");
  }

  @Test
  void aDeepHeaderNeitherOverflowsNorHangs() {
    refuses(bytes("{\"w\":" + "[".repeat(100_000), 0), "'w' should be an object");
    refuses(bytes("{\"w\":" + "{\"a\":".repeat(100_000), 0), "Document nesting depth");
  }

  @Test
  void mutatedFilesAreReadOrRefusedInOneLine() {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[2,10]},"
            + "\"a.bias\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]}}";
    Mutations.check(bytes(header, 10), folder.resolve("mutated.safetensors"), 5000);
  }
}
