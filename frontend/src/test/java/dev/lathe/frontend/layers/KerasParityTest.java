package dev.lathe.frontend.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.OneDnnBackend;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.Verifier;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.testing.CaseRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers give what Keras 3.15 gives, on the reference and on oneDNN.
 *
 * <p>The cases were computed by Keras with seeded random weights and inputs; those below {@code
 * src/test/resources/keras} are named after the layer, and what is special about them.
 */
class KerasParityTest {
  /** Of the largest element of an output; Keras computes in f32 as well. */
  private static final double TOLERANCE = 1e-5;

  /** A name that ends in a number. */
  private static final Pattern NUMBERED = Pattern.compile("(.+)_(\\d+)");

  private static final Path SHARED = Path.of("../../shared/keras-vectors");
  private static final Path OWN = Path.of("src/test/resources/keras");

  /** Names of layers that have another, under which their cases are. */
  private static final Set<String> OTHER_NAMES = Set.of("prelu", "group_query_attention");

  /**
   * What looks at sizes as Keras does only where these are fixed: weights at multiples of 1/1024,
   * the middle of images that are smaller, and shapes that are given whole.
   */
  private static final Pattern EXACT_SIZES = Pattern.compile("unbatched|bicubic|^cc_|^reshape_");

  @TempDir static Path scratch;

  @TestFactory
  Stream<DynamicTest> sharedCases() throws IOException {
    if (!Files.isDirectory(SHARED)) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "shared cases", () -> assumeTrue(false, SHARED + " is not there")));
    }
    List<Path> folders;
    try (Stream<Path> list = Files.list(SHARED)) {
      folders = list.filter(Files::isDirectory).sorted().toList();
    }
    return folders.stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(
                    folder.getFileName().toString(),
                    () -> check(KerasCase.ofFolder(folder, scratch))));
  }

  @TestFactory
  Stream<DynamicTest> ownCases() throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.walk(OWN)) {
      files = list.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    return files.stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    OWN.relativize(file).toString(),
                    () -> {
                      try (InputStream in = Files.newInputStream(file)) {
                        check(KerasCase.ofJson(file.getFileName().toString(), in));
                      }
                    }));
  }

  /** Which sizes of inputs are symbols. */
  private enum Open {
    NOTHING,
    BATCH,
    /** The batch, and all axes but that of the channels. */
    SPACE
  }

  /** Layers over images and sequences may leave the sizes of these open. */
  @TestFactory
  Stream<DynamicTest> openSpace() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String family : List.of("convolution", "pooling", "reshaping", "image")) {
      try (Stream<Path> list = Files.list(OWN.resolve(family))) {
        list.sorted()
            .filter(file -> !EXACT_SIZES.matcher(file.getFileName().toString()).find())
            .forEach(
                file ->
                    tests.add(
                        DynamicTest.dynamicTest(
                            OWN.relativize(file).toString(), () -> checkOpenSpace(file))));
      }
    }
    return tests.stream();
  }

  private static void checkOpenSpace(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      check(
          KerasCase.ofJson(file.getFileName().toString(), in), Open.SPACE, new ReferenceBackend());
    } catch (LayerException e) {
      assertThat(e.help()).endsWith("a number in the model's inputs");
    }
  }

  private static void check(KerasCase each) {
    assumeTrue(
        KerasConfig.find(each.className()).isPresent(),
        "there is no layer for Keras's " + each.className() + " yet");
    check(each, Open.NOTHING, new ReferenceBackend());
    check(each, Open.NOTHING, new OneDnnBackend());
    if (hasBatch(each)) {
      check(each, Open.BATCH, new ReferenceBackend());
    }
  }

  /** True if all inputs have one first axis, which may be the batch; names say where it is not. */
  private static boolean hasBatch(KerasCase each) {
    if (each.name().contains("unbatched")) {
      return false;
    }
    long[] first = each.inputs().get(0).shape();
    return each.inputs().stream()
        .allMatch(input -> input.shape().length > 0 && input.shape()[0] == first[0]);
  }

  private static void check(KerasCase each, Open open, Backend backend) {
    Graph graph = graph(each, open);
    Verifier.verify(graph);
    List<Tensor> actual = CaseRunner.run(backend, graph, each.inputs());
    assertThat(actual).hasSameSizeAs(each.outputs());
    for (int i = 0; i < actual.size(); i++) {
      String what = each.name() + " on " + backend.name() + ", open " + open + ", output " + i;
      CaseRunner.assertClose(what, actual.get(i), each.outputs().get(i), TOLERANCE);
    }
  }

  private static TensorType opened(KerasCase each, TensorType type, Open open) {
    if (open == Open.NOTHING) {
      return type;
    }
    TensorType opened = type.withShape(type.shape().withDim(0, Dim.symbol("N")));
    boolean isFirst = "channels_first".equals(each.config().get("data_format"));
    for (int axis = 1; open == Open.SPACE && axis < type.rank(); axis++) {
      if (axis != (isFirst ? 1 : type.rank() - 1)) {
        opened = opened.withShape(opened.shape().withDim(axis, Dim.symbol("D" + axis)));
      }
    }
    return opened;
  }

  /** The case's layer as a model, with the case's weights. */
  private static Graph graph(KerasCase each, Open open) {
    Graph graph = new Graph(each.name());
    ModelScope scope = new ModelScope(graph.newBlock());
    List<Value> inputs = new ArrayList<>();
    List<String> inputNames = new ArrayList<>();
    for (Tensor input : each.inputs()) {
      inputNames.add("input_" + inputs.size());
      TensorType type = opened(each, input.type(), open);
      inputs.add(scope.builder().argument(inputNames.getLast(), type));
    }
    Layer layer = KerasConfig.layer(each.className(), each.config());
    String name = String.valueOf(each.config().getOrDefault("name", layer.kind().name()));
    List<Value> outputs = scope.apply(layer, LayerUse.first(name), inputs);
    List<String> outputNames = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      outputNames.add("output_" + i);
    }
    Map<String, Tensor> weights = unnumbered(each.weights());
    Map<String, ParameterDeclaration> parameters = unnumbered(scope.parameters());
    assertThat(new TreeSet<>(parameters.keySet())).isEqualTo(new TreeSet<>(weights.keySet()));
    parameters.forEach(
        (path, declared) -> {
          Tensor weight = Objects.requireNonNull(weights.get(path));
          assertThat(weight.type()).as(path).isEqualTo(declared.type());
          graph.parameter(declared.path(), new ConstantData(weight.type(), weight.segment()));
        });
    return graph.add(
        new Function(Graph.FORWARD, scope.builder().finish(outputs), inputNames, outputNames));
  }

  /**
   * Paths with Keras's numbers counted from the layers of each name beside each other: Keras counts
   * what was made before in the same process as well.
   */
  private static <T> Map<String, T> unnumbered(Map<String, T> byPath) {
    Map<String, NavigableSet<Integer>> numbers = new HashMap<>();
    byPath.keySet().forEach(path -> renumbered(path, numbers, true));
    Map<String, T> result = new LinkedHashMap<>();
    byPath.forEach((path, value) -> result.put(renumbered(path, numbers, false), value));
    assertThat(result).hasSameSizeAs(byPath);
    return result;
  }

  private static String renumbered(
      String path, Map<String, NavigableSet<Integer>> numbers, boolean collect) {
    StringBuilder parent = new StringBuilder();
    StringBuilder result = new StringBuilder();
    for (String part : path.split("/", -1)) {
      Matcher matcher = NUMBERED.matcher(part);
      boolean isNumbered = matcher.matches();
      String base = isNumbered ? matcher.group(1) : part;
      NavigableSet<Integer> known = numbers.computeIfAbsent(parent + base, _ -> new TreeSet<>());
      int number = isNumbered ? Integer.parseInt(matcher.group(2)) : 0;
      if (collect) {
        known.add(number);
      }
      int rank = known.headSet(number).size();
      result.append('/').append(base).append(rank == 0 ? "" : "_" + rank);
      parent.append(part).append('/');
    }
    return result.substring(1);
  }

  @Test
  void everyLayerHasACase() throws IOException {
    TreeSet<String> seen = new TreeSet<>();
    try (Stream<Path> list = Files.walk(OWN)) {
      for (Path file : list.filter(each -> each.toString().endsWith(".json")).toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          KerasCase each = KerasCase.ofJson(file.getFileName().toString(), in);
          seen.add(each.className());
          if (each.className().equals("Activation")) {
            seen.add(String.valueOf(each.config().get("activation")));
          }
        }
      }
    }
    TreeSet<String> without = new TreeSet<>(Layers.all().keySet());
    without.removeAll(seen);
    without.removeIf(name -> seen.contains(Objects.requireNonNull(Layers.find(name)).kerasName()));
    without.removeAll(OTHER_NAMES);
    assertThat(without).isEmpty();
  }
}
