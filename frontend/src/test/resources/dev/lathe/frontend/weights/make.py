"""Makes the files of weights in this folder. Needs Keras 3 with jax, and safetensors.

For each model there are

  NAME.weights.h5    as model.save_weights writes it, in a process that had made the model before, so
                     that the layers have numbers of their own
  NAME.npz           numpy.savez by the paths that Keras gives weights
  NAME.safetensors   the same, as safetensors
  NAME.tsv           path, element type, shape, first, last and sum of each weight, in Keras's order,
                     by the paths that the weights have in a fresh process
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
import pathlib

import keras
import numpy as np
from keras import layers
from safetensors.numpy import save_file

FOLDER = pathlib.Path(__file__).parent


def convolutions():
    x = keras.Input((12, 12, 2))
    y = layers.Conv2D(3, 3, use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = layers.Conv2D(3, 3)(y)
    y = layers.DepthwiseConv2D(2)(y)
    y = layers.SeparableConv2D(3, 2)(y)
    y = layers.Conv2DTranspose(3, 2)(y)
    y = layers.BatchNormalization(scale=False)(y)
    y = layers.PReLU(shared_axes=[1, 2])(y)
    y = layers.GlobalAveragePooling2D()(y)
    y = layers.Dropout(0.5)(y)
    return keras.Model(x, layers.Dense(4, name="head")(layers.Dense(3)(y)))


def recurrent():
    x = keras.Input((5,), dtype="int32")
    y = layers.Embedding(7, 3)(x)
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(y)
    y = layers.TimeDistributed(layers.Dense(3))(y)
    y = layers.SimpleRNN(2, return_sequences=True)(y)
    return keras.Model(x, layers.GRU(2)(y))


def cells():
    x = keras.Input((5, 4))
    y = layers.Bidirectional(layers.GRU(2, return_sequences=True))(x)
    y = layers.LSTM(2, return_sequences=True)(y)
    y = layers.LSTM(2, return_sequences=True)(y)
    return keras.Model(x, layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)])(y))


def attention():
    x = keras.Input((5, 4))
    y = layers.MultiHeadAttention(2, 3)(x, x)
    y = layers.LayerNormalization()(y)
    y = layers.GroupQueryAttention(2, 4, 2)(y, y)
    return keras.Model(x, layers.Attention(use_scale=True)([y, x]))


def normalizations():
    x = keras.Input((4,))
    normalization = layers.Normalization()
    normalization.adapt(np.arange(20, dtype="float32").reshape(5, 4) ** 2)
    y = layers.GroupNormalization(2)(normalization(x))
    y = layers.SpectralNormalization(layers.Dense(3))(y)
    y = layers.RMSNormalization()(y)
    return keras.Model(x, layers.EinsumDense("ab,bc->ac", output_shape=2, bias_axes="c")(y))


def nested():
    a = keras.Input((4,))
    encoder = keras.Model(a, layers.Dense(3)(layers.Dense(3)(a)), name="encoder")
    x = keras.Input((4,))
    y = encoder(x)
    y = keras.Sequential([layers.Dense(3), layers.BatchNormalization()])(y)
    shared = layers.Dense(3)
    model = keras.Model(x, layers.Dense(2)(shared(shared(y))))
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.zeros((2, 4)), np.zeros((2, 2)), verbose=0)
    return model


class Residual(layers.Layer):
    def __init__(self):
        super().__init__()
        self.steps = [layers.Dense(3), [layers.Dense(3)]]
        self.norm = layers.LayerNormalization()

    def build(self, shape):
        self.gain = self.add_weight(shape=(2,), name="gain")
        self.steps[0].build(shape)
        self.steps[1][0].build(shape)
        self.norm.build(shape)

    def call(self, x):
        return self.norm(x + self.steps[1][0](self.steps[0](x)) * self.gain[0])


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = Residual()
        self.second = Residual()
        self.top = layers.Dense(2)

    def call(self, x):
        return self.top(self.second(self.first(x)))


def subclassed():
    model = Classifier()
    model(np.zeros((1, 3), "float32"))
    return model


def bfloat16():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, dtype="bfloat16")])


def number(value):
    return repr(float(value))


def main():
    for make in [
        convolutions,
        recurrent,
        cells,
        attention,
        normalizations,
        nested,
        subclassed,
        bfloat16,
    ]:
        name = make.__name__
        keras.backend.clear_session()
        fresh = [w.path for w in make().weights]
        model = make()
        random = np.random.default_rng(len(name))
        for w in model.weights:
            if w.dtype != "int32":
                w.assign(random.uniform(-1, 1, w.shape).astype("float32"))
        arrays = {w.path: np.array(w.value) for w in model.weights}
        rows = []
        for path, array in zip(fresh, arrays.values()):
            flat = array.astype("float64").ravel()
            shape = ",".join(map(str, array.shape))
            rows.append(
                "\t".join(
                    [path, str(array.dtype), shape]
                    + [number(flat[0]), number(flat[-1]), number(flat.sum())]
                )
            )
        (FOLDER / f"{name}.tsv").write_text("\n".join(rows) + "\n")
        model.save_weights(FOLDER / f"{name}.weights.h5")
        if name == "nested":
            model.save(FOLDER / "nested.model.h5")
        if name != "bfloat16":
            np.savez(FOLDER / f"{name}.npz", **arrays)
        if name in ("recurrent", "bfloat16"):
            save_file(arrays, FOLDER / f"{name}.safetensors")


main()
