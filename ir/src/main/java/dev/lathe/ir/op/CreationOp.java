package dev.lathe.ir.op;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.List;

/** Ops that make tensors out of nothing, or out of numbers. */
public sealed interface CreationOp extends Op {

  /** A tensor that is part of the program, such as an epsilon or a table of indices. */
  record Constant(ConstantData data) implements CreationOp {
    @Override
    public String mnemonic() {
      return "constant";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(0);
      return List.of(data.type());
    }
  }

  /**
   * A named weight: trained, counted and stored apart from constants. The data lives in {@link
   * dev.lathe.ir.Graph#parameters()} under the same name.
   */
  record Parameter(String name, TensorType type) implements CreationOp {
    public Parameter {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a parameter needs a name");
      }
      if (!type.shape().isFixed()) {
        throw new IllegalArgumentException(
            "parameter " + name + " needs a fixed shape, not " + type);
      }
    }

    @Override
    public String mnemonic() {
      return "parameter";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(0);
      return List.of(type);
    }
  }

  /**
   * A 1-d {@code i64} tensor of dimension expressions, known as soon as the symbols are bound: what
   * a chain of shape arithmetic becomes.
   *
   * @param dims the elements; none is unbacked, since nothing would give it a value
   */
  record Dims(List<Dim> dims) implements CreationOp {
    public Dims {
      dims = List.copyOf(dims);
      for (Dim dim : dims) {
        if (dim.isUnbacked()) {
          throw new TypeException(
              "the size " + dim + " depends on data, and a size that is computed with must not");
        }
      }
    }

    @Override
    public String mnemonic() {
      return "dims";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(0);
      return List.of(TensorType.of(ElementType.I64, dims.size()));
    }
  }

  /**
   * {@code start, start+delta, …} up to and without {@code limit} (ONNX {@code Range}-11).
   * Operands: three scalars of one numeric type. Result: 1-d, {@code max(0,
   * ceil((limit-start)/delta))} elements.
   */
  record Range() implements CreationOp {
    @Override
    public String mnemonic() {
      return "range";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      for (int i = 0; i < 3; i++) {
        operands.expectRank(i, 0);
        operands.expectSameElementType(0, i);
      }
      return List.of(new TensorType(operands.type(0).elementType(), Shape.of(length(operands))));
    }

    private static Dim length(Operands operands) {
      var start = operands.data(0);
      var limit = operands.data(1);
      var delta = operands.data(2);
      if (start == null || limit == null || delta == null || !delta.isFixed()) {
        return operands.fresh();
      }
      long step = delta.values()[0];
      if (step == 0) {
        throw new TypeException("the delta of a range must not be zero");
      }
      Dim span = limit.elements().get(0).minus(start.elements().get(0));
      Dim length = step > 0 ? span.ceilDiv(step) : span.times(-1).ceilDiv(-step);
      // An unbacked span may be negative, and a maximum with zero would only hide that it is
      // unknown.
      return length.isUnbacked() ? operands.fresh() : length.max(Dim.ZERO);
    }
  }
}
