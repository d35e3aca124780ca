package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolBindingTest {
  @TempDir Path folder;

  @Test
  void aLibraryThatIsBoundHasNothingLeftToBind() throws IOException {
    byte[] library = libgomp();
    Path file = Files.write(folder.resolve("libgomp.so"), library);
    assertThat(SymbolBinding.bind(file)).isPositive();
    byte[] bound = Files.readAllBytes(file);
    assertThat(bound).hasSameSizeAs(library).isNotEqualTo(library);
    assertThat(SymbolBinding.bind(file)).isZero();
    assertThat(file).hasBinaryContent(bound);
  }

  @Test
  void theLibraryThatTestsRunOnIsBound() {
    assertThat(String.valueOf(NativeLibrary.locate().getParent())).endsWith("-bound");
    assertThat(OneDnn.version()).matches("3\\.\\d+\\.\\d+");
  }

  @Test
  void whatIsNoLibraryStaysAsItIs() throws IOException {
    byte[] text = "#!/bin/sh\n".repeat(100).getBytes(StandardCharsets.US_ASCII);
    Path file = Files.write(folder.resolve("text"), text);
    assertThat(SymbolBinding.bind(file)).isZero();
    assertThat(file).hasBinaryContent(text);
    assertThat(SymbolBinding.bind(Files.write(file, new byte[10]))).isZero();
  }

  @Test
  void aDamagedLibraryIsTold() throws IOException {
    byte[] library = libgomp();
    Path file = Files.write(folder.resolve("libgomp.so"), Arrays.copyOf(library, 4096));
    assertThatThrownBy(() -> SymbolBinding.bind(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is damaged");
  }

  private static byte[] libgomp() throws IOException {
    String name = "/" + OneDnn.resources().getFirst();
    try (InputStream in = SymbolBindingTest.class.getResourceAsStream(name)) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }
}
