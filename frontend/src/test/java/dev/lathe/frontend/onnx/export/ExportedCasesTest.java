package dev.lathe.frontend.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.frontend.onnx.OnnxImporter;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite of cases through a file: exported and imported, they compute the same. */
class ExportedCasesTest {
  @TempDir Path folder;

  @Test
  void exportedAndImported() throws IOException {
    List<String> failures = new ArrayList<>();
    List<OpCase> cases = OpCases.all();
    for (OpCase each : cases) {
      Path file = folder.resolve("case.onnx");
      try (Arena arena = Arena.ofShared()) {
        OnnxExporter.export(each.graph(), file);
        Graph read = OnnxImporter.importModel(file, arena);
        Verifier.verify(read);
        assertThat(read.forward().inputNames()).isEqualTo(each.graph().forward().inputNames());
        assertThat(read.forward().outputNames()).isEqualTo(each.graph().forward().outputNames());
        CaseRunner.assertMatches(new ReferenceBackend(), read, each);
      } catch (RuntimeException | AssertionError e) {
        failures.add(each.name() + ": " + e.getMessage());
      }
    }
    assertThat(cases).hasSizeGreaterThan(500);
    assertThat(failures).isEmpty();
  }
}
