package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Suggestions;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What types that are written mean, and whether values have them. */
final class Types {
  /** The types of what is known when a model is compiled. */
  static final List<String> COMPILE_TIME =
      List.of("int", "float", "bool", "string", "list", "layer", "dtype");

  /** How others name element types. */
  private static final Map<String, String> FOREIGN =
      Map.ofEntries(
          Map.entry("float", "f32"),
          Map.entry("int", "i32"),
          Map.entry("float32", "f32"),
          Map.entry("float64", "f64"),
          Map.entry("float16", "f16"),
          Map.entry("bfloat16", "bf16"),
          Map.entry("double", "f64"),
          Map.entry("int8", "i8"),
          Map.entry("int16", "i16"),
          Map.entry("int32", "i32"),
          Map.entry("int64", "i64"),
          Map.entry("uint8", "u8"),
          Map.entry("uint16", "u16"),
          Map.entry("uint32", "u32"),
          Map.entry("uint64", "u64"),
          Map.entry("long", "i64"),
          Map.entry("boolean", "bool"));

  /** How others name the types of what is known when a model is compiled. */
  private static final Map<String, String> FOREIGN_COMPILE_TIME =
      Map.ofEntries(
          Map.entry("integer", "int"),
          Map.entry("long", "int"),
          Map.entry("double", "float"),
          Map.entry("number", "float"),
          Map.entry("boolean", "bool"),
          Map.entry("str", "string"),
          Map.entry("string", "string"),
          Map.entry("tuple", "list"),
          Map.entry("list", "list"),
          Map.entry("array", "list"),
          Map.entry("int", "int"),
          Map.entry("float", "float"),
          Map.entry("bool", "bool"));

  private Types() {}

  /** The element type that others call by a name; null if there is none. */
  static @Nullable String foreign(String name) {
    return COMPILE_TIME.contains(name) ? null : FOREIGN.get(name.toLowerCase(Locale.ROOT));
  }

  private static String help(Syntax.Type type) {
    String text = type.name().text();
    String lower = text.toLowerCase(Locale.ROOT);
    if (text.equals("Tensor")) {
      return "write f32[N, 10], or no type at all";
    }
    if (type.dims() == null && FOREIGN_COMPILE_TIME.containsKey(lower)) {
      return "write '" + FOREIGN_COMPILE_TIME.get(lower) + "'";
    }
    if (FOREIGN.containsKey(lower)) {
      return "write '" + FOREIGN.get(lower) + "'";
    }
    List<String> known = new ArrayList<>(type.dims() == null ? COMPILE_TIME : List.of());
    for (ElementType each : ElementType.values()) {
      known.add(each.toString());
    }
    return Suggestions.help(text, known);
  }

  /** True if a type is one of tensors. */
  static boolean isTensor(Syntax.Type type) {
    return type.dims() != null || !COMPILE_TIME.contains(type.name().text());
  }

  /** The element type that is written; null, and an error, if it is none. */
  static @Nullable ElementType element(Diagnostics diagnostics, Syntax.Type type) {
    ElementType element = Elaborator.elementType(type.name().text());
    if (element == null) {
      diagnostics.error(
          type.name().span(),
          "there is no "
              + (type.dims() == null ? "type" : "element type")
              + " '"
              + type.name().text()
              + "'",
          help(type));
    }
    return element;
  }

  /**
   * The tensor type that is written; null, and an error, if it is none.
   *
   * @param binds whether names that mean nothing yet become symbolic sizes
   */
  static @Nullable TensorType tensor(
      Elaborator elaborator, Syntax.Type type, Frame frame, boolean binds) {
    ElementType element = element(elaborator.diagnostics(), type);
    List<Dim> dims = new ArrayList<>();
    boolean isSound = element != null;
    if (type.dims() == null) {
      elaborator.fail(
          type.span(),
          "a tensor needs a shape",
          "write " + type.name().text() + "[N, 10], or " + type.name().text() + "[] for a scalar");
      return null;
    }
    for (Syntax.Expression each : type.dims()) {
      Dim dim = dim(elaborator, each, frame, binds);
      isSound &= dim != null;
      dims.add(dim == null ? Dim.ONE : dim);
    }
    return isSound && element != null ? new TensorType(element, new Shape(dims)) : null;
  }

  private static @Nullable Dim dim(
      Elaborator elaborator, Syntax.Expression written, Frame frame, boolean binds) {
    if (binds
        && written instanceof Syntax.Reference name
        && !frame.variables().containsKey(name.name())
        && !(frame.unit().members().get(name.name()) instanceof Syntax.Const)) {
      Dim symbol = Dim.symbol(name.name());
      frame.variables().put(name.name(), symbol);
      return symbol;
    }
    Object value = elaborator.evaluator().value(written, frame);
    if (value == POISON) {
      return null;
    }
    Dim dim = Elaborator.size(value);
    if (dim == null || (dim.isFixed() && dim.value() < 0)) {
      elaborator.fail(
          written.span(),
          "a size is an integer of at least 0 or a name, not " + Described.of(value),
          value == Nothing.NONE || (dim != null && dim.is(-1))
              ? "a size that is not known has a name: f32[N, 8]"
              : value instanceof Double ? "floor_div(a, b) divides integers" : "");
      return null;
    }
    return dim;
  }

  /**
   * Checks that a value has a type that is written, whose new names become its sizes.
   *
   * @param from where the value comes from
   * @param what it is, as messages shall name it
   * @return the value, or poison
   */
  static Object check(
      Elaborator elaborator, Syntax.Type type, Object value, Frame frame, Span from, String what) {
    if (value == POISON) {
      return POISON;
    }
    if (!isTensor(type)) {
      return compileTime(elaborator, type, value, from, what);
    }
    ElementType element = element(elaborator.diagnostics(), type);
    if (element == null) {
      return POISON;
    }
    Object given = value;
    if (!(given instanceof Value) && Constants.isTensor(given)) {
      given = Constants.tensor(elaborator, given, element);
    }
    if (!(given instanceof Value tensor)) {
      return elaborator.fail(
          from,
          what + " must be a tensor " + type.span().text() + ", not " + Described.of(value),
          Described.tensorHelp(value),
          noteOf(type, from));
    }
    TensorType actual = tensor.type();
    String fault = "";
    if (actual.elementType() != element) {
      fault = "its elements are " + actual.elementType();
    } else if (type.dims() != null && actual.rank() != type.dims().size()) {
      fault = "it has " + actual.rank() + (actual.rank() == 1 ? " axis" : " axes");
    }
    for (int axis = 0; fault.isEmpty() && type.dims() != null && axis < actual.rank(); axis++) {
      Syntax.Expression written = type.dims().get(axis);
      if (written instanceof Syntax.Reference name
          && !frame.variables().containsKey(name.name())
          && !(frame.unit().members().get(name.name()) instanceof Syntax.Const)) {
        frame.variables().put(name.name(), Numbers.plain(actual.dim(axis)));
        continue;
      }
      Dim wanted = dim(elaborator, written, frame, false);
      if (wanted == null) {
        return POISON;
      }
      boolean canBe =
          wanted.equals(actual.dim(axis)) || (!wanted.isFixed() && actual.dim(axis).isUnbacked());
      if (!canBe) {
        String means = written.span().text();
        fault =
            "axis "
                + axis
                + " has "
                + actual.dim(axis)
                + " elements"
                + (means.equals(wanted.toString()) ? "" : ", and " + means + " is " + wanted);
      }
    }
    if (fault.isEmpty()) {
      return tensor;
    }
    return elaborator.fail(
        from,
        what + " is declared as " + type.span().text() + " and is " + actual + ": " + fault,
        actual.elementType() != element
            ? "cast it: cast(…, " + element + ")"
            : type.dims() != null && actual.rank() > Math.max(1, type.dims().size())
                ? "flatten(), reshape() and global pooling take axes away"
                : "",
        notes(elaborator, tensor, from, type));
  }

  private static Diagnostic.Note[] notes(
      Elaborator elaborator, Value tensor, Span from, Syntax.Type type) {
    List<Diagnostic.Note> notes = new ArrayList<>(List.of(noteOf(type, from)));
    Span origin = elaborator.origin(tensor);
    if (origin != null
        && (origin.line() != from.line() || !origin.source().equals(from.source()))) {
      notes.add(new Diagnostic.Note(origin, "it is " + tensor.type() + " since here"));
    }
    return notes.toArray(Diagnostic.Note[]::new);
  }

  /** Where a type is declared, unless that is on the line where it is not met. */
  private static Diagnostic.Note[] noteOf(Syntax.Type type, Span from) {
    boolean isNear =
        type.span().source().equals(from.source()) && type.span().line() == from.line();
    return isNear
        ? new Diagnostic.Note[0]
        : new Diagnostic.Note[] {new Diagnostic.Note(type.span(), "it is declared here")};
  }

  private static Object compileTime(
      Elaborator elaborator, Syntax.Type type, Object value, Span from, String what) {
    Object fitting =
        switch (type.name().text()) {
          case "int" -> value instanceof Long || value instanceof Dim ? value : null;
          case "float" ->
              value instanceof Double
                  ? value
                  : value instanceof Long n ? (Double) (double) n : null;
          case "bool" -> value instanceof Boolean ? value : null;
          case "string" -> value instanceof String ? value : null;
          case "list" -> value instanceof List<?> ? value : null;
          case "dtype" -> value instanceof ElementType ? value : null;
          default -> value instanceof Callable ? value : null;
        };
    if (fitting != null) {
      return fitting;
    }
    if (value == Nothing.NONE) {
      return value;
    }
    return elaborator.fail(
        from,
        what + " must be of type " + type.name().text() + ", not " + Described.of(value),
        value instanceof Value
            ? "what a tensor holds is known only when the model runs"
            : value instanceof Double && type.name().text().equals("int")
                ? "'/' gives fractions; floor_div(a, b) divides integers"
                : "",
        noteOf(type, from));
  }

  /** The sizes of a list of integers. @throws LayerException if they are none */
  static Shape shape(Object value) {
    if (!(value instanceof List<?> list)) {
      throw new LayerException("a shape is a list of sizes, not " + Described.of(value), "");
    }
    List<Dim> dims = new ArrayList<>();
    for (Object each : list) {
      Dim dim = Elaborator.size(each);
      if (dim == null) {
        throw new LayerException("a shape is a list of sizes, not " + Described.of(value), "");
      }
      dims.add(dim);
    }
    return new Shape(dims);
  }
}
