package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.Layer;
import dev.lathe.frontend.layers.LayerKind;
import dev.lathe.frontend.layers.Signature;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be called, or piped into. */
sealed interface Callable {

  /** What it is called in messages. */
  String name();

  /** A kind of layer, or a tensor function. */
  record OfKind(LayerKind kind, boolean isFunction) implements Callable {
    @Override
    public String name() {
      return kind.name();
    }
  }

  /** A layer whose arguments are given already, and its common ones with them. */
  record OfLayer(Layer layer, CommonOptions options) implements Callable {
    @Override
    public String name() {
      return layer.kind().name();
    }
  }

  /** A block. */
  record OfBlock(Unit unit, Syntax.Block block) implements Callable {
    @Override
    public String name() {
      return block.name().text();
    }
  }

  /** A block some of whose arguments are given already. */
  record OfPartial(OfBlock block, Map<String, Object> given, CommonOptions options)
      implements Callable {
    @Override
    public String name() {
      return block.name();
    }
  }

  /** A layer or a block whose uses share their weights. */
  final class OfShared implements Callable {
    private final Callable callable;
    private final String path;
    private @Nullable Span firstUse;

    OfShared(Callable callable, String path) {
      this.callable = callable;
      this.path = path;
    }

    Callable callable() {
      return callable;
    }

    /** Where the weights stand. */
    String path() {
      return path;
    }

    /** Whether there was a use before, whose weights the next one takes. */
    boolean isUsed() {
      return firstUse != null;
    }

    /** Where it was used first; null if nowhere yet. */
    @Nullable Span firstUse() {
      return firstUse;
    }

    void setUsed(Span use) {
      firstUse = firstUse == null ? use : firstUse;
    }

    @Override
    public String name() {
      return path;
    }
  }

  /** An initialiser, a regulariser or a constraint. */
  record OfSignature(Signature signature, boolean isInitializer) implements Callable {
    @Override
    public String name() {
      return signature.name();
    }
  }

  /** A function of what is known when the model is compiled. */
  record OfBuiltin(Builtins.Builtin builtin) implements Callable {
    @Override
    public String name() {
      return builtin.name();
    }
  }

  /** An imported model. */
  record OfImport(ImportedModel model) implements Callable {
    @Override
    public String name() {
      return model.name();
    }
  }

  /** What takes the name of an inner tensor of a called imported model and gives the tensor. */
  record OfOutput(ImportedModel.Use use) implements Callable {
    @Override
    public String name() {
      return "output";
    }
  }
}
