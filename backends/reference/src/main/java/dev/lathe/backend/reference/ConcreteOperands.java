package dev.lathe.backend.reference;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.Operands;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Shows tensors to shape inference, with all it may want to know of their elements. */
final class ConcreteOperands {
  private ConcreteOperands() {}

  static Operands of(List<Tensor> tensors) {
    List<TensorType> types = new ArrayList<>(tensors.size());
    List<@Nullable PropagatedData> data = new ArrayList<>(tensors.size());
    List<@Nullable ConstantData> constants = new ArrayList<>(tensors.size());
    for (Tensor tensor : tensors) {
      TensorType type = tensor.type();
      types.add(type);
      boolean small = tensor.rank() <= 1 && tensor.elementCount() <= PropagatedData.MAX_ELEMENTS;
      data.add(small && type.elementType().isInteger() ? data(tensor) : null);
      constants.add(small ? new ConstantData(type, tensor.segment()) : null);
    }
    AtomicInteger next = new AtomicInteger();
    return new Operands(types, data, constants, () -> Dim.symbol("?" + next.getAndIncrement()));
  }

  private static PropagatedData data(Tensor tensor) {
    List<Dim> elements = Arrays.stream(Elements.longs(tensor)).mapToObj(Dim::of).toList();
    return new PropagatedData(tensor.rank() == 0, elements);
  }
}
