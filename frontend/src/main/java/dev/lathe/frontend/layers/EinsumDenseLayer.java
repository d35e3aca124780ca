package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.CommonArguments.ACTIVATION;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_REGULARIZER;

import dev.lathe.frontend.emit.Einsum;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code EinsumDense}: a sum of products of the input with a kernel, plus a bias, by an equation
 * {@code [X],[Y]->[Z]}, where X and Z may both begin, or both end, with an ellipsis.
 */
final class EinsumDenseLayer {
  private static final Argument<String> EQUATION = required("equation", ArgumentKinds.TEXT);
  private static final Argument<List<Optional<Dim>>> OUTPUT_SHAPE =
      required("output_shape", ArgumentKinds.SIZES_OR_NONE);
  private static final Argument<String> BIAS_AXES = optional("bias_axes", ArgumentKinds.TEXT);
  private static final Argument<Long> GPTQ_UNPACKED_COLUMN_SIZE =
      optional("gptq_unpacked_column_size", ArgumentKinds.INTEGER);

  private static final Pattern FORM =
      Pattern.compile(
          "(?<left>\\.\\.\\.)?(?<in>[a-zA-Z]+)(?<right>\\.\\.\\.)?,(?<kernel>[a-zA-Z]+)"
              + "->(?<outleft>\\.\\.\\.)?(?<out>[a-zA-Z]+)(?<outright>\\.\\.\\.)?");

  private final LayerScope scope;
  private final Value x;
  private final String input;
  private final String kernel;
  private final String output;
  private final boolean left;
  private final int hidden;

  private EinsumDenseLayer(LayerScope scope, Matcher form) {
    this.scope = scope;
    this.x = scope.floatInput();
    this.input = form.group("in");
    this.kernel = form.group("kernel");
    this.output = form.group("out");
    this.left = form.group("left") != null;
    this.hidden = x.type().rank() - input.length();
  }

  static void register(LayerIndex index) {
    index.add(
        LayerKind.of(
            "einsum_dense",
            "EinsumDense",
            EinsumDenseLayer::rule,
            EQUATION,
            OUTPUT_SHAPE,
            ACTIVATION,
            BIAS_AXES,
            KERNEL_INITIALIZER,
            BIAS_INITIALIZER,
            KERNEL_REGULARIZER,
            BIAS_REGULARIZER,
            KERNEL_CONSTRAINT,
            BIAS_CONSTRAINT,
            CommonArguments.LORA_RANK,
            CommonArguments.LORA_ALPHA,
            GPTQ_UNPACKED_COLUMN_SIZE,
            CommonArguments.ACTIVITY_REGULARIZER));
  }

  private static List<Value> rule(LayerScope scope) {
    CommonArguments.refuseLora(scope);
    String equation = scope.get(EQUATION).replace(" ", "");
    Matcher form = FORM.matcher(equation);
    boolean fits = form.matches() && !(form.group("left") != null && form.group("right") != null);
    if (!fits
        || (form.group("left") == null) != (form.group("outleft") == null)
        || (form.group("right") == null) != (form.group("outright") == null)) {
      throw refused("must be like \"ab,bc->ac\", \"...b,bc->...c\" or \"ab...,bc->ac...\"");
    }
    return List.of(new EinsumDenseLayer(scope, form).apply(equation));
  }

  private static LayerException refused(String what) {
    return new LayerException("the equation of einsum_dense() " + what, "").about(EQUATION.name());
  }

  private Value apply(String equation) {
    boolean dots = equation.contains("...");
    if (hidden < 0 || (hidden > 0 && !dots)) {
      throw new LayerException(
              "einsum_dense() takes a tensor with the axes \""
                  + equation.substring(0, equation.indexOf(','))
                  + "\", and this is "
                  + x.type(),
              "")
          .aboutInput(0);
    }
    Map<Character, Dim> sizes = sizes();
    List<Dim> shape = new ArrayList<>();
    for (int i = 0; i < kernel.length(); i++) {
      shape.add(size(sizes, kernel.charAt(i)));
    }
    Value weight =
        scope.weight("kernel", KERNEL_INITIALIZER, KERNEL_REGULARIZER, KERNEL_CONSTRAINT, x, shape);
    Value y;
    try {
      y = Einsum.add(scope.emit(), equation, List.of(x, weight));
    } catch (Einsum.EquationException e) {
      throw refused(e.getMessage());
    }
    if (scope.find(BIAS_AXES).isPresent()) {
      y = scope.emit().plus(y, bias(scope.get(BIAS_AXES), sizes));
    }
    return CoreLayers.activated(scope, y);
  }

  private static Dim size(Map<Character, Dim> sizes, char label) {
    Dim size = sizes.get(label);
    if (size == null) {
      throw new LayerException(
              "einsum_dense() needs the size of the kernel's axis '"
                  + label
                  + "', which is neither in the input nor given in 'output_shape'",
              "")
          .about(OUTPUT_SHAPE.name());
    }
    return size;
  }

  /** The sizes of labels: those of the input, and what the output's shape adds. */
  private Map<Character, Dim> sizes() {
    Map<Character, Dim> sizes = new HashMap<>();
    for (int i = 0; i < input.length(); i++) {
      sizes.put(input.charAt(i), x.type().dim(left ? hidden + i : i));
    }
    List<Optional<Dim>> given = new ArrayList<>();
    boolean hiddenBatch = left && hidden > 0;
    if (!hiddenBatch) {
      given.add(Optional.of(x.type().dim(0)));
    }
    given.addAll(scope.get(OUTPUT_SHAPE));
    if (given.size() != output.length()) {
      throw new LayerException(
              "'output_shape' of einsum_dense() has "
                  + scope.get(OUTPUT_SHAPE).size()
                  + " sizes for the axes \""
                  + output.substring(Math.min(output.length(), hiddenBatch ? 0 : 1))
                  + "\" of its result",
              "give a size, or none, for each but the batch")
          .about(OUTPUT_SHAPE.name());
    }
    for (int i = 0; i < output.length(); i++) {
      char label = output.charAt(i);
      Dim known = sizes.get(label);
      if (given.get(i).isPresent()) {
        Dim size = given.get(i).get();
        if (known != null && !known.equals(size)) {
          throw new LayerException(
                  "einsum_dense() has the axis '"
                      + label
                      + "' of size "
                      + known
                      + " in its input, and of size "
                      + size
                      + " in 'output_shape'",
                  "")
              .about(OUTPUT_SHAPE.name());
        }
        sizes.put(label, size);
      }
    }
    return sizes;
  }

  /** A bias with sizes on its axes, from the first of them on, and 1 on others. */
  private Value bias(String axes, Map<Character, Dim> sizes) {
    int first = output.length();
    for (int i = 0; i < axes.length(); i++) {
      char label = axes.charAt(i);
      int at = output.indexOf(label);
      if (at < 0) {
        throw new LayerException(
                "einsum_dense() has no axis '" + label + "' in its result \"" + output + "\"", "")
            .about(BIAS_AXES.name());
      }
      first = Math.min(first, at);
    }
    List<Dim> shape = new ArrayList<>();
    for (char label : output.substring(first).toCharArray()) {
      shape.add(axes.indexOf(label) >= 0 ? size(sizes, label) : Dim.ONE);
    }
    for (int i = 0; i < hidden && !left; i++) {
      shape.add(Dim.ONE);
    }
    return scope.weight("bias", BIAS_INITIALIZER, BIAS_REGULARIZER, BIAS_CONSTRAINT, x, shape);
  }
}
