package dev.lathe.jmh;

import dev.lathe.CompileOptions;
import dev.lathe.Lathe;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lathe, from a compiled jar or compiled in memory, with outputs that are written in place. */
final class LatheContender implements Contender {
  private final Model model;
  private final Session session;
  private final Tensor[] inputs;
  private final @Nullable Tensor[] outputs;

  LatheContender(Path source, List<Tensor> tensors, int threads, ElementType precision) {
    model =
        source.toString().endsWith(".jar")
            ? Model.load(source, ModelOptions.defaults().threads(threads))
            : Lathe.compile(
                source, CompileOptions.defaults().threads(threads).precision(precision));
    session = model.newSession();
    inputs = tensors.toArray(new Tensor[0]);
    outputs = new Tensor[model.signature().outputs().size()];
  }

  @Override
  public void run() {
    session.run(inputs, outputs);
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
