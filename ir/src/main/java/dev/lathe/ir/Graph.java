package dev.lathe.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model: its functions, and the parameters that they share.
 *
 * <p>A graph is typed and portable: it says what is computed, not how. Parameters and constants may
 * lie in memory of an arena that outlives the graph; see {@link ConstantData}.
 */
public final class Graph {
  /** The name of the function that computes outputs from inputs. */
  public static final String FORWARD = "forward";

  private final String name;
  private final Map<String, Function> functions = new LinkedHashMap<>();
  private final Map<String, ConstantData> parameters = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** A graph without functions. */
  public Graph(String name) {
    this.name = name;
  }

  /** The name of the model. */
  public String name() {
    return name;
  }

  /** The functions by name, in the order in which they were added. */
  public Map<String, Function> functions() {
    return Collections.unmodifiableMap(functions);
  }

  /**
   * The function that computes outputs from inputs.
   *
   * @throws IllegalStateException if there is none
   */
  public Function forward() {
    Function forward = functions.get(FORWARD);
    if (forward == null) {
      throw new IllegalStateException("graph " + name + " has no function " + FORWARD);
    }
    return forward;
  }

  /** The weights by name, in the order in which they were added. */
  public Map<String, ConstantData> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** Facts about where the graph came from, such as {@code producer}. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** A builder of the body of a function; give what it finishes to {@link #add}. */
  public BlockBuilder newBlock() {
    return new BlockBuilder(new Block(new FreshDims()), null);
  }

  /**
   * Adds a function.
   *
   * @throws IllegalArgumentException if there is one of that name
   */
  public Graph add(Function function) {
    if (functions.putIfAbsent(function.name(), function) != null) {
      throw new IllegalArgumentException("there are two functions " + function.name());
    }
    return this;
  }

  /** Adds a parameter, or replaces its data. */
  public Graph parameter(String parameter, ConstantData data) {
    parameters.put(parameter, data);
    return this;
  }

  /** Removes a parameter. */
  public Graph removeParameter(String parameter) {
    parameters.remove(parameter);
    return this;
  }

  /** Records a fact about where the graph came from. */
  public Graph metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * The elements of a value that is a constant or a parameter; null for any other.
   *
   * @throws IllegalStateException if it is a parameter without data
   */
  public @Nullable ConstantData dataOf(Value value) {
    Node producer = value.producer();
    if (producer != null
        && producer.op() instanceof dev.lathe.ir.op.CreationOp.Parameter parameter) {
      ConstantData data = parameters.get(parameter.name());
      if (data == null) {
        throw new IllegalStateException("parameter " + parameter.name() + " has no data");
      }
      return data;
    }
    return value.constant();
  }

  @Override
  public String toString() {
    return "graph " + name + " " + functions.keySet();
  }
}
