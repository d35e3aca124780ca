package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.OneDnnBackend;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.RandomInputs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The examples have nothing wrong with them, and run on oneDNN as on the reference. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("../examples");

  /** What symbolic sizes are in these tests. */
  private static final Map<String, Long> SIZES =
      Map.of("N", 2L, "S", 7L, "T", 5L, "P", 3L, "K", 6L, "H", 6L, "W", 9L);

  /** Too large for the reference; the tests of the command compile and run them. */
  private static final Set<String> LARGE =
      Set.of("resnet50", "efficientnet_b0", "mobilenet_v3", "gpt_decoder", "unet");

  /** Needs a model that the tests of the command make. */
  private static final Set<String> IMPORTING = Set.of("transfer_learning");

  @TestFactory
  Stream<DynamicTest> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .filter(file -> file.toString().endsWith(".lathe"))
          .filter(file -> !IMPORTING.contains(name(file)))
          .sorted()
          .toList()
          .stream()
          .map(file -> DynamicTest.dynamicTest(name(file), () -> check(file)));
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".lathe", "");
  }

  private static void check(Path file) throws IOException {
    LatheCompiler.Result result = LatheCompiler.read(file, Arena.ofAuto());
    assertThat(result.diagnostics().stream().map(Diagnostic::render)).isEmpty();
    LatheModel model = LatheCompiler.only(result, file);
    if (LARGE.contains(name(file))) {
      assertThat(model.parameters().size()).isGreaterThan(20);
      return;
    }
    Graph graph = model.withWeights(Map.of(), Arena.ofAuto());
    Verifier.verify(graph);
    List<Tensor> inputs = RandomInputs.of(graph, SIZES);
    List<Tensor> expected = CaseRunner.run(new ReferenceBackend(), graph, inputs);
    List<Tensor> actual = CaseRunner.run(new OneDnnBackend(), graph, inputs);
    for (int i = 0; i < expected.size(); i++) {
      // Of the output's range, over whole networks in f32.
      CaseRunner.assertClose(name(file), actual.get(i), expected.get(i), 1e-4);
    }
  }

  @Test
  void networksThatPeopleKnowFitOnAPage() throws IOException {
    assertThat(lines("resnet50")).isLessThanOrEqualTo(40);
    assertThat(lines("gpt_decoder")).isLessThanOrEqualTo(60);
  }

  @Test
  void theDecodersCacheGivesWhatTheWholeGives() throws IOException {
    String source =
        Files.readString(EXAMPLES.resolve("gpt_decoder.lathe"))
            .replace("VOCABULARY = 50_257", "VOCABULARY = 50")
            .replace("CONTEXT = 1024", "CONTEXT = 16")
            .replace("WIDTH = 768", "WIDTH = 16")
            .replace("HEADS = 12", "HEADS = 2")
            .replace("LAYERS = 12", "LAYERS = 2");
    LatheCompiler.Result result =
        LatheCompiler.read(Source.of("gpt.lathe", source), null, Arena.ofAuto());
    assertThat(result.diagnostics()).isEmpty();
    Graph graph = result.models().values().iterator().next().withWeights(Map.of(), Arena.ofAuto());
    long[] tokens = {7, 3, 3, 41, 8};
    Tensor cache = Tensor.allocate(ElementType.F32, 2, 2, 1, 2, 1, 8);
    Random random = new Random(9);
    for (long i = 0; i < cache.elementCount(); i++) {
      cache.setDouble(i, random.nextGaussian());
    }
    Tensor whole = decode(graph, tokens, 0, 5, cache).get(0);
    List<Tensor> first = decode(graph, tokens, 0, 3, cache);
    Tensor second = decode(graph, tokens, 3, 5, first.get(1)).get(0);
    Tensor last = Tensor.allocate(ElementType.F32, 1, 2, 50);
    for (long i = 0; i < last.elementCount(); i++) {
      last.setDouble(i, whole.getDouble(3 * 50 + i));
    }
    CaseRunner.assertClose("tokens 3 and 4", second, last, 1e-5);
  }

  private static List<Tensor> decode(Graph graph, long[] tokens, int from, int to, Tensor cache) {
    Tensor part = Tensor.of(java.util.Arrays.copyOfRange(tokens, from, to), 1, to - from);
    return CaseRunner.run(new ReferenceBackend(), graph, List.of(part, cache));
  }

  private static long lines(String example) throws IOException {
    try (Stream<String> lines = Files.lines(EXAMPLES.resolve(example + ".lathe"))) {
      return lines.count();
    }
  }

  @Test
  void resNet50HasTheParametersOfKeras() throws IOException {
    Path file = EXAMPLES.resolve("resnet50.lathe");
    LatheModel model = LatheCompiler.only(LatheCompiler.read(file, Arena.ofAuto()), file);
    long count =
        model.parameters().values().stream()
            .mapToLong(each -> each.type().shape().elementCount().value())
            .sum();
    assertThat(count).isEqualTo(25_636_712);
  }
}
