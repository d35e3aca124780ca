package dev.lathe.frontend.weights;

import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OrderedDataType;
import io.jhdf.object.datatype.StringData;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Datasets of HDF5 as slices of the mapped file: contiguous ones, little-endian, as Keras writes
 * them.
 */
final class H5Elements {
  private H5Elements() {}

  /**
   * The array of a dataset.
   *
   * @param where names the dataset in messages
   * @param name what the file calls it
   * @param file the whole file
   * @throws ImportException if it is none that a tensor can be, or lies outside of the file
   */
  static StoredWeight weight(
      String where, String name, Dataset dataset, WeightPlace place, MemorySegment file) {
    TensorType type = type(where, dataset);
    if (!(dataset instanceof ContiguousDataset contiguous)) {
      throw ImportException.unsupported(
          where,
          "compressed or chunked datasets are not read",
          "save the weights again with model.save_weights, or run h5repack -f NONE -l CONTI");
    }
    long size = type.byteSize();
    long at = size == 0 ? 0 : contiguous.getDataAddress();
    if (at < 0 || at > file.byteSize() || size > file.byteSize() - at) {
      throw new ImportException(
          where,
          type
              + " takes "
              + size
              + " bytes at byte "
              + at
              + ", but the file has "
              + file.byteSize(),
          "fetch the file again: it was cut short");
    }
    MemorySegment elements = file.asSlice(at, size);
    return new StoredWeight(name, type, place, () -> new ConstantData(type, elements));
  }

  private static TensorType type(String where, Dataset dataset) {
    DataType dataType = dataset.getDataType();
    ElementType elementType = elementType(dataType, dataset);
    if (elementType == null) {
      throw ImportException.unsupported(
          where,
          "elements of HDF5 type "
              + dataType.getClass().getSimpleName()
              + " with "
              + dataType.getSize()
              + " bytes are not read",
          "cast the weights to float32 before they are saved");
    }
    long[] shape = Arrays.stream(dataset.getDimensions()).asLongStream().toArray();
    try {
      long count = 1;
      for (long size : shape) {
        count = Math.multiplyExact(count, size);
      }
      elementType.byteSize(count);
    } catch (ArithmeticException e) {
      throw new ImportException(
          where, "it has more elements than can be counted: " + Arrays.toString(shape), "", e);
    }
    return TensorType.of(elementType, shape);
  }

  private static @Nullable ElementType elementType(DataType type, Dataset dataset) {
    if (type instanceof OrderedDataType ordered
        && type.getSize() > 1
        && ordered.getByteOrder() != ByteOrder.LITTLE_ENDIAN) {
      return null;
    }
    return switch (type) {
      case FloatingPoint f ->
          switch (8 * f.getSize() + 1000 * f.getExponentSize()) {
            case 16 + 5000 -> ElementType.F16;
            case 16 + 8000 -> ElementType.BF16;
            case 32 + 8000 -> ElementType.F32;
            case 64 + 11000 -> ElementType.F64;
            default -> null;
          };
      case FixedPoint f when f.getBitPrecision() == 8 * f.getSize() && f.getBitOffset() == 0 ->
          switch (f.getSize()) {
            case 1 -> f.isSigned() ? ElementType.I8 : ElementType.U8;
            case 2 -> f.isSigned() ? ElementType.I16 : ElementType.U16;
            case 4 -> f.isSigned() ? ElementType.I32 : ElementType.U32;
            case 8 -> f.isSigned() ? ElementType.I64 : ElementType.U64;
            default -> null;
          };
      // As h5py stores what NumPy calls bool.
      case EnumDataType e when e.getSize() == 1 && e.getEnumMapping().size() == 2 ->
          ElementType.BOOL;
      // An opaque type in truth; NumPy has no bfloat16 of its own, so Keras says it in an
      // attribute.
      case StringData s when s.getSize() == 2 && isBFloat16(dataset) -> ElementType.BF16;
      default -> null;
    };
  }

  private static boolean isBFloat16(Dataset dataset) {
    Attribute attribute = dataset.getAttribute("dtype");
    return attribute != null && attribute.isScalar() && "bfloat16".equals(attribute.getData());
  }
}
