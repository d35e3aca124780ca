package dev.lathe.ir.op;

import dev.lathe.ir.Block;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Ops with nested blocks. A block sees nothing of what surrounds it but its arguments: values it
 * uses from outside are operands of the node and arguments of the block.
 */
public sealed interface ControlFlowOp extends Op {

  private static void expectArguments(Operands operands, int from, Block block, String what) {
    int count = operands.size() - from;
    if (block.arguments().size() != count) {
      throw new TypeException(
          what + " takes " + block.arguments().size() + " arguments, but is given " + count);
    }
    for (int i = 0; i < count; i++) {
      TensorType argument = block.arguments().get(i).type();
      if (!argument.isCompatibleWith(operands.type(from + i))) {
        throw new TypeException(
            "argument "
                + i
                + " of "
                + what
                + " is "
                + argument
                + ", but is given "
                + operands.type(from + i));
      }
    }
  }

  /**
   * One of two blocks (ONNX {@code If}-16). Operands: the condition, one bool (0-d or of one
   * element); then what both blocks take as arguments, in order. Results: those of the block taken.
   */
  record If(Block thenBlock, Block elseBlock) implements ControlFlowOp {
    @Override
    public String mnemonic() {
      return "if";
    }

    @Override
    public List<Block> blocks() {
      return List.of(thenBlock, elseBlock);
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1, Integer.MAX_VALUE);
      operands.expectElementType(0, ElementType.BOOL);
      expectArguments(operands, 1, thenBlock, "then");
      expectArguments(operands, 1, elseBlock, "else");
      if (thenBlock.results().size() != elseBlock.results().size()) {
        throw new TypeException(
            "branches give "
                + thenBlock.results().size()
                + " and "
                + elseBlock.results().size()
                + " results");
      }
      List<TensorType> results = new ArrayList<>();
      for (int i = 0; i < thenBlock.results().size(); i++) {
        results.add(
            join(
                thenBlock.results().get(i).type(), elseBlock.results().get(i).type(), i, operands));
      }
      return results;
    }

    private static TensorType join(TensorType a, TensorType b, int index, Operands operands) {
      if (a.elementType() != b.elementType() || a.rank() != b.rank()) {
        throw new TypeException("branches give " + a + " and " + b + " as result " + index);
      }
      List<Dim> dims = new ArrayList<>();
      for (int i = 0; i < a.rank(); i++) {
        dims.add(a.dim(i).equals(b.dim(i)) ? a.dim(i) : operands.fresh());
      }
      return a.withShape(new Shape(dims));
    }
  }

  /**
   * A block repeated (ONNX {@code Loop}-16). Operands: the trip count, one i64, negative for no
   * bound; the condition before the first trip, one bool; {@code carried} loop-carried values;
   * captured values. Block arguments: the trip number {@code i64[]}, the condition {@code bool[]},
   * the carried values, the captured ones. Block results: the condition {@code bool}, the carried
   * values, then the values collected. Results: the carried values after the last trip, then each
   * collected value stacked along a new first axis.
   */
  record Loop(Block body, int carried) implements ControlFlowOp {
    @Override
    public String mnemonic() {
      return "loop";
    }

    @Override
    public List<Block> blocks() {
      return List.of(body);
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2 + carried, Integer.MAX_VALUE);
      operands.expectElementType(0, ElementType.I64);
      operands.expectElementType(1, ElementType.BOOL);
      expectArguments(operands, 0, body, "body");
      if (body.results().size() < 1 + carried) {
        throw new TypeException(
            "body gives "
                + body.results().size()
                + " results, but needs the condition and "
                + carried
                + " carried values");
      }
      List<TensorType> results = new ArrayList<>();
      for (int i = 0; i < body.results().size() - 1; i++) {
        TensorType type = body.results().get(i + 1).type();
        if (i >= carried) {
          List<Dim> dims = new ArrayList<>(List.of(operands.fresh()));
          dims.addAll(type.shape().dims());
          results.add(type.withShape(new Shape(dims)));
        } else if (!type.isCompatibleWith(operands.type(2 + i))) {
          throw new TypeException(
              "carried value "
                  + i
                  + " enters as "
                  + operands.type(2 + i)
                  + " and leaves as "
                  + type);
        } else {
          results.add(type);
        }
      }
      return results;
    }
  }
}
