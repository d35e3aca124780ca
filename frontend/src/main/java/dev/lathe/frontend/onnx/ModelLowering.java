package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.TypeProto;
import dev.lathe.frontend.onnx.proto.TypeProto.Dimension;
import dev.lathe.frontend.onnx.proto.TypeProto.FixedDimension;
import dev.lathe.frontend.onnx.proto.TypeProto.NamedDimension;
import dev.lathe.frontend.onnx.proto.TypeProto.UnknownDimension;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.GraphEditor;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lowers one model: its signature, and through {@link Lowering} its nodes. */
final class ModelLowering {

  /** What a model means that names no opset of ONNX, having only operators of others. */
  private static final long DEFAULT_OPSET = 7;

  private final ModelProto model;
  private final String file;
  private final ImportOptions options;
  private final Symbols symbols = new Symbols();
  private @Nullable Map<String, Dim> bound;

  ModelLowering(ModelProto model, String file, ImportOptions options) {
    this.model = model;
    this.file = file;
    this.options = options;
  }

  Graph lower() {
    checkOpset();
    new SupportCheck(model, file).run();
    String name = model.graph().name().isEmpty() ? "model" : model.graph().name();
    Graph graph = new Graph(name);
    graph.metadata("format", "onnx");
    if (!model.producerName().isEmpty()) {
      graph.metadata("producer", (model.producerName() + " " + model.producerVersion()).strip());
    }
    graph.metadata("opset", Long.toString(model.opset("").orElse(0)));
    BlockBuilder builder = graph.newBlock();
    Lowering lowering = new Lowering(model, file, graph);
    Scope scope = Scope.root(builder);
    List<String> inputs = inputs(scope);
    lowering.graph(model.graph(), scope);
    List<String> outputs = new ArrayList<>();
    List<Value> results = new ArrayList<>();
    for (ValueInfoProto output : model.graph().outputs()) {
      outputs.add(output.name());
      results.add(lowering.value(scope, output.name(), file + ": output " + quote(output.name())));
    }
    Block body = builder.finish(results);
    GraphEditor.eraseDead(body);
    try {
      return graph.add(new Function(Graph.FORWARD, body, inputs, outputs));
    } catch (IllegalArgumentException e) {
      throw new ImportException(
          file, "inputs or outputs of the model clash: " + e.getMessage(), "", e);
    }
  }

  private void checkOpset() {
    if (model.opset("").isEmpty() && model.opsetImports().isEmpty()) {
      throw new ImportException(
          file, "the model imports no operator set", "export it with opset 7 or later");
    }
    long opset = model.opset("").orElse(DEFAULT_OPSET);
    if (opset < 1) {
      throw new ImportException(file, "there is no opset " + opset, "export the model again");
    }
  }

  /** Defines the inputs as arguments; those with an initializer are not inputs but constants. */
  private List<String> inputs(Scope scope) {
    GraphProto graph = model.graph();
    Set<String> stored = new HashSet<>();
    graph.initializers().forEach(tensor -> stored.add(tensor.name()));
    Set<String> unused = new HashSet<>(options.shapes().keySet());
    unused.addAll(options.constants().keySet());
    List<String> names = new ArrayList<>();
    for (ValueInfoProto input : graph.inputs()) {
      if (stored.contains(input.name())) {
        continue;
      }
      String where = file + ": input " + quote(input.name());
      if (input.name().isEmpty() || scope.defines(input.name())) {
        throw new ImportException(where, "the name is empty or given twice", "");
      }
      unused.remove(input.name());
      Value argument = scope.builder().argument(input.name(), type(input, where));
      ConstantData known = options.constants().get(input.name());
      if (known == null) {
        scope.define(input.name(), argument);
      } else {
        checkConstant(argument, known, where);
        scope.define(input.name(), new Stored(input.name(), known));
      }
      names.add(input.name());
    }
    if (!unused.isEmpty()) {
      throw new ImportException(
          file,
          "there is no input " + quote(unused.iterator().next()) + " to give a shape or data",
          "the inputs are " + names);
    }
    return names;
  }

  private TensorType type(ValueInfoProto input, String where) {
    TypeProto type = input.type().orElse(null);
    if (!(type instanceof TypeProto.TensorType tensor)) {
      throw ImportException.unsupported(
          where,
          "the input is no tensor, and sequences, maps and optional values are not supported",
          "");
    }
    ElementType element = ElementTypes.of(tensor.elementType());
    if (element == null) {
      throw ImportException.unsupported(
          where, "element type " + tensor.elementType() + " is not supported", "");
    }
    Shape given = options.shapes().get(input.name());
    List<Dimension> stated = tensor.shape().orElse(null);
    if (stated == null && given == null) {
      throw new ImportException(
          where, "the model does not say how many dimensions the input has", "give its shape");
    }
    Shape shape = given == null ? shape(input.name(), stated, where) : given;
    if (given != null && stated != null) {
      checkAgreement(given, stated, where);
    }
    return new TensorType(element, shape);
  }

  private Shape shape(String input, @Nullable List<Dimension> stated, String where) {
    List<Dim> dims = new ArrayList<>();
    for (Dimension dimension : stated == null ? List.<Dimension>of() : stated) {
      dims.add(
          switch (dimension) {
            // Some exporters write -1 for a size that is not known.
            case FixedDimension fixed when fixed.value() < 0 -> symbols.fresh(input, dims.size());
            case FixedDimension fixed -> Dim.of(fixed.value());
            case NamedDimension named -> {
              Dim bound = bound().get(named.symbol());
              yield bound != null ? bound : symbols.named(named.symbol(), input, dims.size());
            }
            case UnknownDimension unknown -> symbols.fresh(input, dims.size());
          });
    }
    try {
      return new Shape(dims);
    } catch (IllegalArgumentException e) {
      throw new ImportException(where, String.valueOf(e.getMessage()), "", e);
    }
  }

  /** The sizes that given shapes of some inputs say of named dimensions, which others may have. */
  private Map<String, Dim> bound() {
    Map<String, Dim> known = bound;
    if (known == null) {
      known = new HashMap<>();
      for (ValueInfoProto input : model.graph().inputs()) {
        Shape given = options.shapes().get(input.name());
        if (given != null
            && input.type().orElse(null) instanceof TypeProto.TensorType tensor
            && tensor.shape().orElse(List.of()).size() == given.rank()) {
          bind(tensor.shape().orElse(List.of()), given, known);
        }
      }
      bound = known;
    }
    return known;
  }

  private static void bind(List<Dimension> stated, Shape given, Map<String, Dim> bound) {
    for (int i = 0; i < stated.size(); i++) {
      if (stated.get(i) instanceof NamedDimension named && given.dim(i).isFixed()) {
        bound.putIfAbsent(named.symbol(), given.dim(i));
      }
    }
  }

  private static void checkConstant(Value argument, ConstantData given, String where) {
    if (!given.type().isCompatibleWith(argument.type())) {
      throw new ImportException(
          where,
          "the data of type " + given.type() + " that was given is none of " + argument.type(),
          "give data that fits");
    }
  }

  private static void checkAgreement(Shape given, List<Dimension> stated, String where) {
    boolean agrees = given.rank() == stated.size();
    for (int i = 0; agrees && i < stated.size(); i++) {
      agrees =
          !(stated.get(i) instanceof FixedDimension fixed)
              || fixed.value() < 0
              || !given.dim(i).isFixed()
              || given.dim(i).is(fixed.value());
    }
    if (!agrees) {
      throw new ImportException(
          where,
          "the shape " + given + " that was given contradicts the model's",
          "give one that fits");
    }
  }
}
