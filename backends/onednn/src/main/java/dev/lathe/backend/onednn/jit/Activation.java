package dev.lathe.backend.onednn.jit;

/**
 * A function that a kernel applies to each result before it is written: {@code scale * f(x) +
 * shift}.
 *
 * @param alpha of {@link Function#CLAMP} the least result, of the hard functions the slope
 * @param beta of {@link Function#CLAMP} the greatest result, of the hard functions the value at 0
 */
public record Activation(Function function, float alpha, float beta, float scale, float shift) {
  /** Changes nothing. */
  public static final Activation NONE = new Activation(Function.NONE, 0, 0);

  /** {@code x * sigmoid(x)}. */
  public static final Activation SILU = new Activation(Function.SILU, 0, 0);

  /** {@code 1 / (1 + exp(-x))}. */
  public static final Activation SIGMOID = new Activation(Function.SIGMOID, 0, 0);

  /** The hyperbolic tangent. */
  public static final Activation TANH = new Activation(Function.TANH, 0, 0);

  /** {@code exp(x)}. */
  public static final Activation EXP = new Activation(Function.EXP, 0, 0);

  /** {@code x} times the part of a normal distribution that is less than {@code x}. */
  public static final Activation GELU = new Activation(Function.GELU, 0, 0);

  /** The approximation of {@link #GELU} by a hyperbolic tangent. */
  public static final Activation GELU_TANH = new Activation(Function.GELU_TANH, 0, 0);

  /** A function whose results are stored as they are. */
  public Activation(Function function, float alpha, float beta) {
    this(function, alpha, beta, 1, 0);
  }

  /** What kinds of functions there are. NaN stays NaN. */
  public enum Function {
    /** {@code x}. */
    NONE,
    /** {@code min(max(x, alpha), beta)}. */
    CLAMP,
    /** {@code min(max(alpha * x + beta, 0), 1)}. */
    HARD_SIGMOID,
    /** {@code x * min(max(alpha * x + beta, 0), 1)}. */
    HARD_SWISH,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID,
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** {@code exp(x)}. */
    EXP,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
    GELU,
    /** {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))}. */
    GELU_TANH
  }

  /** Results between two numbers, either of which may be infinite. */
  public static Activation clamp(float least, float greatest) {
    return new Activation(Function.CLAMP, least, greatest);
  }

  /** This, and {@code factor * y + sum} of its results {@code y}. */
  public Activation then(float factor, float sum) {
    return new Activation(function, alpha, beta, scale * factor, shift * factor + sum);
  }

  /** Whether results are multiplied by something, or something is added. */
  public boolean isScaled() {
    return scale != 1 || shift != 0;
  }
}
