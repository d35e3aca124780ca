package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedLibraryTest {
  @Test
  void pagesThatAreReleasedComeBack() throws IOException {
    String version = OneDnn.version();
    Path library = NativeLibrary.locate();
    LoadedLibrary pages = LoadedLibrary.of(library);
    assertThat(pages.bytes()).isBetween(Files.size(library) / 2, Files.size(library) + 4 * 4096);
    pages.release();
    OneDnn.releasePages();
    assertThat(OneDnn.version()).isEqualTo(version);
  }

  @Test
  void aLibraryThatIsNotOpenHasNone(@TempDir Path folder) throws IOException {
    LoadedLibrary pages = LoadedLibrary.of(Files.createFile(folder.resolve("none.so")));
    assertThat(pages.bytes()).isZero();
    pages.release();
  }
}
