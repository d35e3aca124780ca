package dev.lathe.ir.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.Graph;
import dev.lathe.ir.SampleGraphs;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.text.IrPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BinaryFormTest {

  static Stream<Graph> graphs() {
    return Stream.of(SampleGraphs.classifier(), SampleGraphs.controlFlow());
  }

  private static MemorySegment weights(SerializedGraph serialized) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    serialized.writeWeights(out);
    assertThat(out.size()).isEqualTo(serialized.weightsSize());
    MemorySegment weights =
        Arena.ofAuto().allocate(Math.max(1, out.size()), 64).asSlice(0, out.size());
    return weights.copyFrom(MemorySegment.ofArray(out.toByteArray()));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void whatIsWrittenReadsBack(Graph graph) throws IOException {
    SerializedGraph serialized = GraphWriter.write(graph);
    Graph again = GraphReader.read(serialized.structure(), weights(serialized));
    Graph trusted = GraphReader.readTrusted(serialized.structure(), weights(serialized));
    assertThat(IrPrinter.print(trusted)).isEqualTo(IrPrinter.print(again));
    Verifier.verify(again);
    assertThat(IrPrinter.print(again)).isEqualTo(IrPrinter.print(graph));
    assertThat(GraphWriter.write(again).structure().mismatch(serialized.structure())).isEqualTo(-1);
  }

  @Test
  void damagedBytesAreRefusedOrReadNeverWorse() throws IOException {
    SerializedGraph serialized = GraphWriter.write(SampleGraphs.classifier());
    MemorySegment weights = weights(serialized);
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = serialized.structure().toArray(ValueLayout.JAVA_BYTE);
      if (i % 2 == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        GraphReader.read(MemorySegment.ofArray(bytes), weights);
      } catch (MalformedGraphException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void laterVersionsAreRefused() {
    byte[] bytes =
        GraphWriter.write(SampleGraphs.classifier()).structure().toArray(ValueLayout.JAVA_BYTE);
    bytes[11] = 99;
    assertThatThrownBy(() -> GraphReader.read(MemorySegment.ofArray(bytes), MemorySegment.NULL))
        .hasMessage(
            "the graph has format version 99, but this runtime reads up to 1; use a runtime as new"
                + " as the compiler");
    assertThatThrownBy(
            () -> GraphReader.read(MemorySegment.ofArray(new byte[16]), MemorySegment.NULL))
        .hasMessage("the bytes are not a Lathe graph");
  }
}
