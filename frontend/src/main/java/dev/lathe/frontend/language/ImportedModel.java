package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.Initializer;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.ModelScope;
import dev.lathe.frontend.layers.ParameterDeclaration;
import dev.lathe.frontend.layers.Suggestions;
import dev.lathe.frontend.layers.Written;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model of another format that is called like a block and keeps its weights.
 *
 * @param name what it is called
 * @param graph the model, whose data outlives what is made of it
 */
record ImportedModel(String name, Graph graph) {

  /**
   * One call of an imported model.
   *
   * @param model what was called
   * @param outputs its outputs
   * @param values what stands for its inner tensors
   */
  record Use(ImportedModel model, List<Value> outputs, Map<Value, Value> values) {

    /**
     * The inner tensor of a name.
     *
     * @throws LayerException if there is none
     */
    Value output(String tensor) {
      Function forward = model.graph.forward();
      int index = forward.outputNames().indexOf(tensor);
      if (index >= 0) {
        return outputs.get(index);
      }
      Map<String, Value> named = new LinkedHashMap<>();
      values.forEach(
          (inner, outer) -> {
            if (inner.name() != null) {
              named.put(inner.name(), outer);
            }
          });
      Value found = named.get(tensor);
      if (found == null) {
        throw new LayerException(
            model.name + " has no tensor named " + Written.text(tensor),
            Suggestions.help(tensor, named.keySet()));
      }
      return found;
    }
  }

  /**
   * Copies the model into another.
   *
   * @param path where its weights stand
   * @throws LayerException if it cannot take the inputs
   */
  Use apply(ModelScope scope, Frame.Place place, String path, List<Value> inputs) {
    Function forward = graph.forward();
    Map<Value, Value> given = new HashMap<>();
    Map<String, Dim> bindings = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Value declared = forward.inputs().get(i);
      bind(forward.inputNames().get(i), declared.type(), inputs.get(i).type(), bindings);
      given.put(declared, inputs.get(i));
    }
    for (Node node : forward.body().nodes()) {
      if (node.op() instanceof CreationOp.Parameter parameter) {
        Value weight =
            scope.parameter(
                new ParameterDeclaration(
                    path + "/" + parameter.name(),
                    parameter.type(),
                    new Initializer.Data(
                        Objects.requireNonNull(graph.parameters().get(parameter.name()))),
                    place.trainable() && parameter.type().elementType().isFloat(),
                    null,
                    null),
                place.again());
        given.put(node.results().get(0), weight);
      }
    }
    try {
      Map<Value, Value> values =
          Specializer.copyInto(forward.body(), given, bindings, scope.builder());
      List<Value> outputs =
          forward.outputs().stream().map(each -> Objects.requireNonNull(values.get(each))).toList();
      return new Use(this, outputs, values);
    } catch (TypeException e) {
      throw new LayerException(name + " cannot take these inputs: " + e.getMessage(), "", e);
    }
  }

  private void bind(
      String input, TensorType declared, TensorType actual, Map<String, Dim> bindings) {
    @Nullable String fault = null;
    if (declared.elementType() != actual.elementType()) {
      fault = "elements of type " + actual.elementType();
    } else if (declared.rank() != actual.rank()) {
      fault = actual.rank() + " axes";
    }
    for (int axis = 0; fault == null && axis < declared.rank(); axis++) {
      Dim wanted = declared.dim(axis);
      Dim size = actual.dim(axis);
      if (wanted.isSymbol()) {
        Dim known = bindings.putIfAbsent(wanted.symbolName(), size);
        if (known != null && !known.equals(size)) {
          fault = size + " on axis " + axis + ", where " + wanted + " is " + known + " already";
        }
      } else if (wanted.isFixed() && size.isFixed() && !wanted.equals(size)) {
        fault = size + " on axis " + axis;
      }
    }
    if (fault != null) {
      boolean isType = declared.elementType() != actual.elementType();
      throw new LayerException(
          "input '" + input + "' of " + name + " is " + declared + ", and this has " + fault,
          isType ? "cast it: cast(x, " + declared.elementType() + ")" : layoutHelp(declared));
    }
  }

  /** ONNX models take images with channels first; those of this language have them last. */
  private static String layoutHelp(TensorType declared) {
    return declared.rank() == 4 && declared.elementType() == ElementType.F32
        ? "images of ONNX models mostly have their channels first: transpose(x, [0, 3, 1, 2])"
        : "";
  }
}
