package dev.lathe.backend.onednn.binding;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a kernel beyond its operation. A value. The scratchpad is always the caller's
 * ({@link Argument#SCRATCHPAD}), because one that belongs to the primitive makes it unsafe to
 * share.
 *
 * @param postOps what is fused behind the operation, in order
 * @param scales the arguments that are multiplied by scales given when the primitive is executed
 * @param zeroPoints the arguments from which zero points are subtracted likewise
 * @param fpMath which types f32 may be rounded to
 * @param rnn the quantisation of a recurrent layer, if it is quantised
 */
public record Attributes(
    List<PostOp> postOps,
    List<Quantization> scales,
    List<Quantization> zeroPoints,
    FpMath fpMath,
    @Nullable RnnQuantization rnn) {

  /** Nothing beyond the operation. */
  public static final Attributes NONE =
      new Attributes(List.of(), List.of(), List.of(), new FpMath(FpMathMode.STRICT, false), null);

  /** Copies the lists. */
  public Attributes {
    postOps = List.copyOf(postOps);
    scales = List.copyOf(scales);
    zeroPoints = List.copyOf(zeroPoints);
  }

  /**
   * Quantisation parameters of one argument.
   *
   * @param argument {@link Argument#SRC}, {@link Argument#WEIGHTS} or {@link Argument#DST}
   * @param mask bit i set where they differ along dimension i; 0 for one value
   * @param groups the size of a group along each of the last two dimensions; empty for none
   * @param type the type of the parameters
   */
  public record Quantization(int argument, int mask, List<Long> groups, DataType type) {
    /** Copies the list. */
    public Quantization {
      groups = List.copyOf(groups);
    }
  }

  /**
   * The arithmetic mode.
   *
   * @param applyToIntegers whether integer weights are converted to that type too
   */
  public record FpMath(FpMathMode mode, boolean applyToIntegers) {}

  /**
   * How the data and weights of a recurrent layer were quantised: {@code u8 = scale * f32 + shift}.
   *
   * @param weightScales one scale, or one for every gate and output channel
   */
  public record RnnQuantization(float dataScale, float dataShift, List<Float> weightScales) {
    /** Copies the list. */
    public RnnQuantization {
      weightScales = List.copyOf(weightScales);
    }
  }

  /** These attributes with one more post-op at the end. */
  public Attributes plus(PostOp postOp) {
    List<PostOp> more = new ArrayList<>(postOps);
    more.add(postOp);
    return new Attributes(more, scales, zeroPoints, fpMath, rnn);
  }

  /** These attributes with scales for {@code argument}, of type f32. */
  public Attributes withScales(int argument, int mask) {
    List<Quantization> more = new ArrayList<>(scales);
    more.add(new Quantization(argument, mask, List.of(), DataType.F32));
    return new Attributes(postOps, more, zeroPoints, fpMath, rnn);
  }

  /** These attributes with zero points for {@code argument}, of type s32. */
  public Attributes withZeroPoints(int argument, int mask) {
    List<Quantization> more = new ArrayList<>(zeroPoints);
    more.add(new Quantization(argument, mask, List.of(), DataType.S32));
    return new Attributes(postOps, scales, more, fpMath, rnn);
  }

  /** These attributes with another arithmetic mode. */
  public Attributes withFpMath(FpMathMode mode, boolean applyToIntegers) {
    return new Attributes(postOps, scales, zeroPoints, new FpMath(mode, applyToIntegers), rnn);
  }

  /** These attributes for a quantised recurrent layer. */
  public Attributes withRnn(RnnQuantization quantization) {
    return new Attributes(postOps, scales, zeroPoints, fpMath, quantization);
  }

  /** The native attributes, owned by {@code scope}. */
  long create(Calls scope) {
    long cell = scope.cell();
    Status.check(scope.call(Function.PRIMITIVE_ATTR_CREATE, cell), "creating attributes");
    long attributes = scope.own(scope.value(cell), Function.PRIMITIVE_ATTR_DESTROY);
    Status.check(
        scope.call(Function.PRIMITIVE_ATTR_SET_SCRATCHPAD_MODE, attributes, 1),
        "setting the scratchpad");
    for (Quantization q : scales) {
      set(scope, Function.PRIMITIVE_ATTR_SET_SCALES, attributes, q);
    }
    for (Quantization q : zeroPoints) {
      set(scope, Function.PRIMITIVE_ATTR_SET_ZERO_POINTS, attributes, q);
    }
    if (fpMath.mode() != FpMathMode.STRICT) {
      Status.check(
          scope.call(
              Function.PRIMITIVE_ATTR_SET_FPMATH_MODE_V2,
              attributes,
              fpMath.mode().code(),
              fpMath.applyToIntegers() ? 1 : 0),
          "setting",
          fpMath);
    }
    if (rnn != null) {
      set(scope, attributes, rnn);
    }
    if (!postOps.isEmpty()) {
      Status.check(
          scope.call(Function.PRIMITIVE_ATTR_SET_POST_OPS, attributes, postOps(scope)),
          "setting",
          postOps);
    }
    return attributes;
  }

  private static void set(Calls scope, Function setter, long attributes, Quantization q) {
    Status.check(
        scope.call(
            setter,
            attributes,
            q.argument(),
            q.mask(),
            q.groups().size(),
            q.groups().isEmpty() ? 0 : scope.array(q.groups()),
            q.type().code()),
        "setting",
        q);
  }

  private static void set(Calls scope, long attributes, RnnQuantization q) {
    Status.check(
        scope.callWithFloats(
            Function.PRIMITIVE_ATTR_SET_RNN_DATA_QPARAMS,
            q.dataScale(),
            q.dataShift(),
            0,
            attributes),
        "setting",
        q);
    // Weights are ldigo: a scale for each of the last two dimensions' elements, or one for all.
    int perGateAndChannel = 0b11000;
    Status.check(
        scope.call(
            Function.PRIMITIVE_ATTR_SET_RNN_WEIGHTS_QPARAMS,
            attributes,
            q.weightScales().size(),
            q.weightScales().size() == 1 ? 0 : perGateAndChannel,
            scope.floats(q.weightScales())),
        "setting",
        q);
  }

  private long postOps(Calls scope) {
    long cell = scope.cell();
    Status.check(scope.call(Function.POST_OPS_CREATE, cell), "creating post-ops");
    long chain = scope.own(scope.value(cell), Function.POST_OPS_DESTROY);
    for (PostOp postOp : postOps) {
      Status.check(append(scope, chain, postOp), "appending", postOp);
    }
    return chain;
  }

  private static long append(Calls scope, long chain, PostOp postOp) {
    return switch (postOp) {
      case PostOp.Eltwise e ->
          scope.callWithFloats(
              Function.POST_OPS_APPEND_ELTWISE,
              e.alpha(),
              e.beta(),
              0,
              chain,
              e.algorithm().code());
      case PostOp.Sum s ->
          scope.callWithFloats(
              Function.POST_OPS_APPEND_SUM, s.scale(), 0, 0, chain, s.zeroPoint(), 0);
      case PostOp.Binary b ->
          scope.call(
              Function.POST_OPS_APPEND_BINARY,
              chain,
              b.algorithm().code(),
              scope.descriptor(b.operand()));
      case PostOp.Prelu p -> scope.call(Function.POST_OPS_APPEND_PRELU, chain, p.mask());
      case PostOp.Depthwise d ->
          scope.call(
              Function.POST_OPS_APPEND_DW,
              chain,
              d.weights().code(),
              d.bias().code(),
              d.destination().code(),
              d.kernel(),
              d.stride(),
              d.padBegin());
    };
  }
}
