package dev.lathe.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.serial.GraphReader;
import dev.lathe.ir.serial.GraphWriter;
import dev.lathe.ir.serial.SerializedGraph;
import dev.lathe.ir.text.IrParser;
import dev.lathe.ir.text.IrPrinter;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A case computes the same after its graph went through text, through the serialised form, or
 * through specialisation.
 */
class FormsTest {
  @Test
  void printedAndParsed() {
    for (OpCase each : OpCases.all()) {
      String text = IrPrinter.print(each.graph());
      Graph parsed = parse(each, text);
      assertThat(IrPrinter.print(parsed)).as(each.name()).isEqualTo(text);
      assertSame(each, parsed);
    }
  }

  private static Graph parse(OpCase each, String text) {
    try {
      return IrParser.parse(text);
    } catch (RuntimeException e) {
      throw new AssertionError(each.name() + " does not parse:\n" + text, e);
    }
  }

  @Test
  void writtenAndRead() throws IOException {
    for (OpCase each : OpCases.all()) {
      SerializedGraph written = GraphWriter.write(each.graph());
      ByteArrayOutputStream weights = new ByteArrayOutputStream();
      written.writeWeights(weights);
      MemorySegment memory =
          Arena.ofAuto().allocate(Math.max(1, weights.size()), SerializedGraph.ALIGNMENT);
      memory.copyFrom(MemorySegment.ofArray(weights.toByteArray()));
      Graph read = GraphReader.read(written.structure(), memory.asSlice(0, weights.size()));
      assertSame(each, read);
    }
  }

  @Test
  void specialised() {
    for (OpCase each : OpCases.all()) {
      List<TensorType> types = each.inputs().stream().map(Tensor::type).toList();
      Map<String, Long> sizes = Specializer.bind(each.graph().forward(), types);
      assertSame(each, Specializer.specialize(each.graph(), sizes));
    }
  }

  private static void assertSame(OpCase each, Graph form) {
    List<Tensor> expected = CaseRunner.run(new ReferenceBackend(), each.graph(), each.inputs(), 1);
    List<Tensor> actual = CaseRunner.run(new ReferenceBackend(), form, each.inputs(), 1);
    for (int i = 0; i < expected.size(); i++) {
      CaseRunner.assertClose(each.name(), actual.get(i), expected.get(i), 0);
    }
  }
}
