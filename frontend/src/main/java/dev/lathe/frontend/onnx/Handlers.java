package dev.lathe.frontend.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of all operators, by domain and name. Immutable once made; one instance serves all.
 */
final class Handlers {

  private static final Handlers ALL = new Handlers();

  private final Map<String, Handler> byName = new HashMap<>();

  private Handlers() {
    UnaryHandlers.register(this);
    BinaryHandlers.register(this);
    MatrixHandlers.register(this);
    ConvolutionHandlers.register(this);
    PoolingHandlers.register(this);
    ReductionHandlers.register(this);
    NormalizationHandlers.register(this);
    SoftmaxHandlers.register(this);
    ShapeHandlers.register(this);
    SliceHandlers.register(this);
    ResizeHandlers.register(this);
    IndexingHandlers.register(this);
    CreationHandlers.register(this);
    QuantizationHandlers.register(this);
    RecurrentHandlers.register(this);
    LossHandlers.register(this);
  }

  /** The handler of an operator, or null where there is none. */
  static @Nullable Handler find(String domain, String op) {
    return ALL.byName.get(key(domain, op));
  }

  /**
   * The operators there are handlers for, sorted; those of other domains with the domain in front.
   */
  static Set<String> names() {
    return new TreeSet<>(ALL.byName.keySet());
  }

  /** Enters an operator of ONNX's own domain. */
  void add(String op, Handler handler) {
    add("", op, handler);
  }

  /** Enters an operator of another domain. */
  void add(String domain, String op, Handler handler) {
    if (byName.put(key(domain, op), handler) != null) {
      throw new IllegalStateException("two handlers of " + key(domain, op));
    }
  }

  private static String key(String domain, String op) {
    return domain.isEmpty() ? op : domain + "." + op;
  }
}
