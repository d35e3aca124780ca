package dev.lathe.compiler;

import dev.lathe.CompileOptions;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.analysis.FlopCounter;
import dev.lathe.passes.PassOptions;
import dev.lathe.passes.Passes;
import dev.lathe.passes.precision.NarrowProducts;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Takes products of a reduced precision back to f32 until the error of the outputs is within a
 * limit: those first that make it worse the most for the time that they save.
 *
 * <p>What each product, or part of the products, contributes is measured with all others in f32;
 * the squares of such errors about add up to that of the whole. Where two results are nearly equal,
 * the error of one run is a matter of luck; so the inputs are also tried with noise as small as
 * rounding. The contributions are the mean over all these trials, and the root of the mean square
 * may be no more than twice the limit.
 */
final class PrecisionGuard {
  /** How many times the inputs are tried with noise, and its size as a part of each number. */
  private static final int COPIES = 3;

  private static final double NOISE = 0x1p-9;

  /** How many times the limit the root of the mean square over all samples may be. */
  private static final double LUCK = 2;

  private static final long SEED = 20250102;

  /** Parts that are tried alone, at most and at least. */
  private static final int MOST_PARTS = 32;

  private static final int FEWEST_PARTS = 4;

  /** How long all of it may take, but for the first trial. */
  private static final double MOST_SECONDS = 40;

  private final Graph graph;
  private final CompileOptions options;
  private final PassOptions passOptions;
  private final Signature signature;
  private final SampleInputs inputs;
  private final Consumer<String> progress;
  private final List<Tensor[]> samples = new ArrayList<>();
  private final List<Tensor[]> exact = new ArrayList<>();
  private PrecisionErrors latest = new PrecisionErrors("", List.of());

  /**
   * What was chosen.
   *
   * @param wide the numbers of the products that stay f32; see {@link NarrowProducts}
   * @param products how many there are
   * @param share the part of their operations that stays f32
   * @param sources where those products come from
   * @param before the error of all products in the reduced precision
   * @param after the error as it is now
   * @param errors of the outputs as they are now
   */
  record Result(
      Set<Integer> wide,
      int products,
      double share,
      List<String> sources,
      double before,
      double after,
      PrecisionErrors errors) {
    boolean holds(double limit) {
      return !(after > limit);
    }

    /** For people: what was done about the error; empty where nothing had to be. */
    String text(ElementType precision, double limit) {
      if (wide.isEmpty()) {
        return "";
      }
      return String.format(
          Locale.ROOT,
          "%s against f32 on %s would be off by %.2g, more than %.2g: %d of %d products, %.0f%% of"
              + " their operations, stay f32, which leaves %.2g",
          precision,
          errors.inputs(),
          before,
          limit,
          wide.size(),
          products,
          100 * share,
          after);
    }
  }

  /** A part of the products: their numbers, the error that they make, what they take. */
  private record Part(Set<Integer> products, double square, double flops) {}

  private PrecisionGuard(
      Graph graph,
      CompileOptions options,
      PassOptions passOptions,
      SampleInputs inputs,
      Consumer<String> progress) {
    this.graph = graph;
    this.options = options;
    this.passOptions = passOptions;
    this.signature = Signature.of(graph.forward());
    this.inputs = inputs;
    this.progress = progress;
  }

  /** Makes the samples, and what the graph gives of them in f32. */
  private void begin() {
    samples.add(inputs.tensors().toArray(Tensor[]::new));
    boolean floats = inputs.tensors().stream().anyMatch(t -> t.elementType().isFloat());
    for (int i = 0; floats && i < COPIES; i++) {
      samples.add(noisy(inputs.tensors(), new Random(SEED + i)));
    }
    run(Specializer.specialize(graph, Map.of()), exact);
  }

  /**
   * Chooses the products that stay f32.
   *
   * @param graph optimised, in f32; its memory outlives the call
   * @param passOptions with the reduced precision
   */
  static Result choose(
      Graph graph,
      CompileOptions options,
      PassOptions passOptions,
      SampleInputs inputs,
      Consumer<String> progress) {
    PrecisionGuard guard = new PrecisionGuard(graph, options, passOptions, inputs, progress);
    try {
      guard.begin();
      return guard.choose();
    } finally {
      guard.exact.forEach(PrecisionGuard::close);
      guard.samples.stream().skip(1).forEach(PrecisionGuard::close);
    }
  }

  private static void close(Tensor[] tensors) {
    Arrays.stream(tensors).forEach(Tensor::close);
  }

  /** Copies, floats with noise. */
  private static Tensor[] noisy(List<Tensor> tensors, Random random) {
    Tensor[] copies = new Tensor[tensors.size()];
    for (int i = 0; i < copies.length; i++) {
      Tensor from = tensors.get(i);
      copies[i] = Tensor.allocate(from.elementType(), from.shape());
      copies[i].segment().copyFrom(from.segment());
      for (long k = 0; from.elementType().isFloat() && k < from.elementCount(); k++) {
        copies[i].setDouble(k, from.getDouble(k) * (1 + NOISE * random.nextGaussian()));
      }
    }
    return copies;
  }

  /**
   * Runs a graph on all samples.
   *
   * @param outputs gets those of each, even where a later run fails
   */
  private void run(Graph each, List<Tensor[]> outputs) {
    try (Model model = Model.of(each, Models.modelOptions(options), () -> {});
        Session session = model.newSession()) {
      for (Tensor[] sample : samples) {
        outputs.add(session.run(sample));
      }
    }
  }

  /**
   * The error on the inputs, or half of the root of the mean square over all samples if that is
   * more.
   */
  private double error(Set<Integer> wide) {
    double[] errors = errors(wide);
    return Math.max(errors[0], Math.sqrt(meanSquare(errors)) / LUCK);
  }

  private static double meanSquare(double[] errors) {
    return Arrays.stream(errors).map(e -> e * e).average().orElse(0);
  }

  /** The error of the worst output for each sample. */
  private double[] errors(Set<Integer> wide) {
    Graph narrow = Specializer.specialize(graph, Map.of());
    Passes.reducePrecision(narrow, passOptions.withWide(wide));
    List<Tensor[]> rounded = new ArrayList<>();
    double[] errors = new double[samples.size()];
    try {
      run(narrow, rounded);
      for (int i = errors.length - 1; i >= 0; i--) {
        latest = PrecisionErrors.of(inputs.title(), signature, exact.get(i), rounded.get(i));
        errors[i] = latest.worst();
      }
    } finally {
      rounded.forEach(PrecisionGuard::close);
    }
    return errors;
  }

  private Result choose() {
    List<Node> nodes = NarrowProducts.of(graph);
    double limit = options.precisionError();
    long begun = System.nanoTime();
    progress.accept("measuring the error of " + options.precision());
    double before = error(Set.of());
    if (!(before > limit)) {
      return result(nodes, Set.of(), before, before);
    }
    double trial = (System.nanoTime() - begun) / 1e9;
    long end = System.nanoTime() + (long) (MOST_SECONDS * 1e9);
    List<Part> parts =
        parts(nodes, (int) Math.clamp(MOST_SECONDS / 2 / trial, FEWEST_PARTS, MOST_PARTS));
    parts.sort(Comparator.comparingDouble(part -> -part.square() / part.flops()));
    // As many trials as there is time for.
    double seconds = (end - System.nanoTime()) / 1e9;
    int step = (int) Math.max(1, Math.ceil(parts.size() * trial / Math.max(seconds, trial)));
    Set<Integer> wide = new TreeSet<>();
    double after = before;
    for (int i = 0; i < parts.size() && after > limit && System.nanoTime() < end; ) {
      for (int last = Math.min(i + step, parts.size()); i < last; i++) {
        wide.addAll(parts.get(i).products());
      }
      progress.accept("trying " + wide.size() + " of " + nodes.size() + " products in f32");
      after = error(wide);
    }
    return result(nodes, wide, before, after);
  }

  private Result result(List<Node> nodes, Set<Integer> wide, double before, double after) {
    double all = 0;
    double kept = 0;
    List<String> sources = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      double flops = flops(nodes.get(i));
      all += flops;
      if (wide.contains(i)) {
        kept += flops;
        sources.add(String.join(", ", nodes.get(i).provenance()));
      }
    }
    return new Result(
        Set.copyOf(wide), nodes.size(), kept / Math.max(1, all), sources, before, after, latest);
  }

  /** Neighbours together, where there are more products than parts, and the error of each part. */
  private List<Part> parts(List<Node> nodes, int most) {
    int count = Math.min(most, nodes.size());
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      progress.accept("measuring part " + (i + 1) + " of " + count + " in " + options.precision());
      Set<Integer> own = new HashSet<>();
      double flops = 1;
      for (int k = i * nodes.size() / count; k < (i + 1) * nodes.size() / count; k++) {
        own.add(k);
        flops += flops(nodes.get(k));
      }
      Set<Integer> others = new HashSet<>(IntStream.range(0, nodes.size()).boxed().toList());
      others.removeAll(own);
      parts.add(new Part(own, meanSquare(errors(others)), flops));
    }
    return parts;
  }

  /** The operations of a node; 0 where data decides. */
  private double flops(Node node) {
    List<TensorType> types = inputs.tensors().stream().map(Tensor::type).toList();
    try {
      return FlopCounter.of(node).evaluate(Specializer.bind(graph.forward(), types));
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }
}
