package dev.lathe.frontend.builder;

import dev.lathe.frontend.language.LatheModel;
import dev.lathe.frontend.layers.Arithmetic;
import dev.lathe.frontend.layers.Functions;
import dev.lathe.frontend.layers.Initializer;
import dev.lathe.frontend.layers.Layer;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.LayerKind;
import dev.lathe.frontend.layers.LayerUse;
import dev.lathe.frontend.layers.Layers;
import dev.lathe.frontend.layers.ModelScope;
import dev.lathe.frontend.layers.Names;
import dev.lathe.frontend.layers.ParameterDeclaration;
import dev.lathe.frontend.layers.Suggestions;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model that a program makes, layer by layer.
 *
 * <pre>{@code
 * ModelBuilder model = new ModelBuilder("Digits");
 * SymbolicTensor image = model.input("image", ElementType.F32, "N", 28, 28, 1);
 * SymbolicTensor x = image.conv2d(32, 3, activation("relu")).maxPooling2d(2).flatten();
 * model.output("probs", x.dense(10, activation("softmax")));
 * LatheModel digits = model.build();
 * }</pre>
 *
 * <p>Layers, arguments, defaults and the paths of weights are those of the Lathe language
 * (docs/language.md). What does not fit is a {@link LayerException} where it is written. Not safe
 * for use by several threads.
 */
public final class ModelBuilder {
  private final Graph graph;
  private final ModelScope scope;
  private final Arithmetic arithmetic;
  private final Map<String, Value> inputs = new LinkedHashMap<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private Names names = new Names("");
  private String path = "";
  private boolean again;

  /**
   * @param name of the model
   */
  public ModelBuilder(String name) {
    graph = new Graph(name);
    scope = new ModelScope(graph.newBlock());
    arithmetic = new Arithmetic(scope.emit());
  }

  /**
   * Adds an input.
   *
   * @param sizes of its axes: integers, names of sizes that are known when the model runs, or
   *     {@link Dim}s
   * @throws IllegalArgumentException if there is one of that name, or a size is none
   */
  public SymbolicTensor input(String name, ElementType type, Object... sizes) {
    List<Dim> dims = new ArrayList<>();
    for (Object size : sizes) {
      dims.add(
          switch (size) {
            case Number number -> Dim.of(number.longValue());
            case String symbol -> Dim.symbol(symbol);
            case Dim dim -> dim;
            default -> throw new IllegalArgumentException("a size is no " + size.getClass());
          });
    }
    if (inputs.containsKey(name)) {
      throw new IllegalArgumentException("there are two inputs named '" + name + "'");
    }
    Value value = scope.builder().argument(name, new TensorType(type, new Shape(dims)));
    inputs.put(name, value);
    return new SymbolicTensor(this, value);
  }

  /**
   * Makes a tensor an output.
   *
   * @throws IllegalArgumentException if there is one of that name
   */
  public ModelBuilder output(String name, SymbolicTensor tensor) {
    if (outputs.putIfAbsent(name, arithmetic.settled(own(tensor))) != null) {
      throw new IllegalArgumentException("there are two outputs named '" + name + "'");
    }
    return this;
  }

  /** Declares a weight of the model's own. */
  public SymbolicTensor parameter(String name, TensorType type, Initializer initializer) {
    return new SymbolicTensor(
        this,
        scope.parameter(
            new ParameterDeclaration(names.take(name), type, initializer, true, null, null),
            again));
  }

  /**
   * Runs a part of the program whose layers' weights stand below a name, as those of a block of the
   * language.
   *
   * @param name of the part; a part of the same name gets a number
   */
  public <T> T block(String name, Supplier<T> body) {
    return within(names.next(name), again, body);
  }

  private <T> T within(String inner, boolean innerAgain, Supplier<T> body) {
    Names outerNames = names;
    String outerPath = path;
    boolean outerAgain = again;
    names = new Names(inner);
    path = inner;
    again = innerAgain;
    try {
      return body.get();
    } finally {
      names = outerNames;
      path = outerPath;
      again = outerAgain;
    }
  }

  /** A layer whose uses share their weights. */
  public final class Shared {
    private final Layer layer;
    private final String layerPath;
    private boolean used;

    private Shared(Layer layer, String layerPath) {
      this.layer = layer;
      this.layerPath = layerPath;
    }

    /** Applies it. */
    public SymbolicTensor apply(SymbolicTensor... tensors) {
      LayerUse use = new LayerUse(layerPath, used || again, true, java.util.Optional.empty());
      SymbolicTensor result = single(layer, use, List.of(tensors));
      used = true;
      return result;
    }
  }

  /** Makes a layer that can be applied several times with the same weights. */
  public Shared shared(String name, Layer layer) {
    return new Shared(layer, names.take(name));
  }

  /**
   * A layer with its arguments, to be applied or to be an argument of another one.
   *
   * @param name such as {@code lstm}
   * @param arguments in Keras's order, those by name last
   */
  public static Layer layer(String name, Object... arguments) {
    return kind(name).bind(ArgumentValues.of(kind(name).signature(), arguments));
  }

  private static LayerKind kind(String name) {
    LayerKind kind = Layers.find(name);
    if (kind == null) {
      throw new LayerException(
          "there is no layer '" + name + "'", Suggestions.help(name, Layers.all().keySet()));
    }
    return kind;
  }

  /**
   * Applies a layer.
   *
   * @param name such as {@code conv2d}
   * @param arguments in Keras's order, those by name last
   * @return all its outputs
   */
  public List<SymbolicTensor> apply(
      String name, List<SymbolicTensor> tensors, Object... arguments) {
    LayerKind kind = kind(name);
    Map<String, @Nullable Object> given = ArgumentValues.of(kind.signature(), arguments);
    Object own = kind.signature().argument("name") == null ? given.remove("name") : null;
    String where = own instanceof String text ? names.take(text) : names.next(kind.name());
    LayerUse use = new LayerUse(where, again, true, java.util.Optional.empty());
    return several(kind.bind(given), use, tensors);
  }

  /** Applies a tensor function, such as {@code einsum}. */
  public SymbolicTensor function(String name, List<SymbolicTensor> tensors, Object... arguments) {
    LayerKind kind = Functions.find(name);
    if (kind == null) {
      throw new LayerException(
          "there is no function '" + name + "'", Suggestions.help(name, Functions.all().keySet()));
    }
    Layer function = kind.bind(ArgumentValues.of(kind.signature(), arguments));
    return single(function, LayerUse.first(names.next(name)), tensors);
  }

  private SymbolicTensor single(Layer layer, LayerUse use, List<SymbolicTensor> tensors) {
    List<SymbolicTensor> results = several(layer, use, tensors);
    if (results.size() != 1) {
      throw new LayerException(
          layer + "() gives " + results.size() + " tensors here", "use apply(), which gives all");
    }
    return results.get(0);
  }

  private List<SymbolicTensor> several(Layer layer, LayerUse use, List<SymbolicTensor> tensors) {
    List<Value> values = tensors.stream().map(this::own).toList();
    return scope.apply(layer, use, values).stream()
        .map(value -> new SymbolicTensor(this, value))
        .toList();
  }

  Value own(SymbolicTensor tensor) {
    if (tensor.builder() != this) {
      throw new IllegalArgumentException("the tensor is one of another model");
    }
    return tensor.value();
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }

  /**
   * The model.
   *
   * @throws IllegalStateException if it has no output
   */
  public LatheModel build() {
    if (outputs.isEmpty()) {
      throw new IllegalStateException("the model " + graph.name() + " has no output");
    }
    graph.add(
        new Function(
            Graph.FORWARD,
            scope.builder().finish(List.copyOf(outputs.values())),
            List.copyOf(inputs.keySet()),
            List.copyOf(outputs.keySet())));
    return new LatheModel(graph, scope.parameters());
  }
}
