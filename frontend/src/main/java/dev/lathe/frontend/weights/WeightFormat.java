package dev.lathe.frontend.weights;

/** The formats of files of weights. */
public enum WeightFormat {
  /** NumPy's {@code .npz}: a zip of {@code .npy} files, each named by the path of a weight. */
  NPZ,

  /** Hugging Face's {@code .safetensors}. */
  SAFETENSORS,

  /** Keras's {@code .weights.h5}, in HDF5. */
  KERAS_H5
}
