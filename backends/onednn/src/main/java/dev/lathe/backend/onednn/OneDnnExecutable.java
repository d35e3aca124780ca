package dev.lathe.backend.onednn;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.lower.LoweredFunction;
import dev.lathe.backend.onednn.lower.Lowering;
import dev.lathe.backend.onednn.lower.Target;
import dev.lathe.backend.onednn.lower.Threads;
import dev.lathe.backend.onednn.lower.WideGraph;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.store.ProgramStore;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.LoadOptions;
import dev.lathe.runtime.spi.ModelSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model on oneDNN: its programs for the shapes met last, and the weights they share. */
final class OneDnnExecutable implements Executable {
  /** Programs kept beyond those in use. */
  private static final int KEPT_PROGRAMS = 16;

  /** Inputs larger than this do not decide shapes. */
  private static final long DECISIVE_ELEMENTS = 64;

  private final @Nullable ModelSource model;
  private final Signature signature;
  private final LoadOptions options;

  /** The programs kept for later processes; null where the model is not stored itself. */
  private final @Nullable ProgramStore store;

  private final boolean[] decisive;
  private final Map<ProgramKey, Shared> programs = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Thread> keepers = new ArrayList<>();
  private @Nullable Graph graph;

  /** A lock of its own: one thread may ask for the engine while another makes a program. */
  private final Object targeting = new Object();

  private @Nullable Target target;
  private @Nullable Executable reference;
  private boolean closed;

  OneDnnExecutable(Graph graph, LoadOptions options) {
    this(null, null, Signature.of(graph.forward()), options);
    this.graph = WideGraph.of(graph);
  }

  /**
   * A stored model.
   *
   * @param cache the folder for what is kept between processes; null where nothing is to be
   */
  OneDnnExecutable(ModelSource model, @Nullable Path cache, LoadOptions options) {
    this(
        model,
        cache == null ? null : new ProgramStore(cache, model.identity()),
        model.signature(),
        options);
  }

  private OneDnnExecutable(
      @Nullable ModelSource model,
      @Nullable ProgramStore store,
      Signature signature,
      LoadOptions options) {
    this.model = model;
    this.store = store;
    this.signature = signature;
    this.options = options;
    this.decisive = new boolean[signature.inputs().size()];
  }

  private Graph graph() {
    Graph known = graph;
    if (known == null) {
      known = WideGraph.of(Objects.requireNonNull(model).graph());
      graph = known;
    }
    return known;
  }

  /** A program and how many executions have it prepared. */
  static final class Shared {
    private final @Nullable LoweredFunction function;
    private @Nullable ProgramKey unkept;
    private int users;

    private Shared(@Nullable LoweredFunction function) {
      this.function = function;
    }

    /** The program; null where the reference interpreter has to run the model. */
    @Nullable LoweredFunction function() {
      return function;
    }
  }

  /** What programs are made for; made when first asked for. */
  private Target target() {
    synchronized (targeting) {
      Target made = target;
      if (made == null) {
        made = new Target(Engine.cpu(), options.threads(), new ConstantPool());
        target = made;
      }
      return made;
    }
  }

  /** The threads that compute one run. */
  int threads() {
    return options.threads();
  }

  Engine engine() {
    return target().engine();
  }

  /** For every input, whether its elements decide shapes. */
  boolean[] decisive() {
    return decisive;
  }

  /** Lowers the graph now if it has the same shapes in every run. */
  void loadIfFixed() {
    // Loops: the first streams of a process take it longer than reading the program.
    List<TensorType> types = new ArrayList<>();
    boolean fixed = true;
    for (TensorSpec input : signature.inputs()) {
      types.add(input.type());
      fixed &= input.type().shape().isFixed() && input.type().byteSize() >= 0;
    }
    if (fixed) {
      long[][] shapes = new long[types.size()][];
      for (int i = 0; i < shapes.length; i++) {
        shapes[i] = types.get(i).shape().sizes();
      }
      ProgramKey key = new ProgramKey(shapes, new byte[shapes.length][0]);
      synchronized (programs) {
        Shared shared = kept(key);
        if (shared == null) {
          if (isKnownToBeDecided(types, shapes)) {
            return;
          }
          Graph specialized = specialize(types, Map.of());
          if (!isFixed(specialized.forward().body())) {
            return;
          }
          shared = fresh(lower(specialized), key);
        }
        programs.put(key, shared);
      }
    }
  }

  /** Whether an earlier process found that elements of inputs decide shapes. */
  private boolean isKnownToBeDecided(List<TensorType> types, long[][] shapes) {
    boolean possible = false;
    for (int i = 0; i < shapes.length; i++) {
      possible |= canDecide(types.get(i).elementType(), shapes[i]);
    }
    return possible && store != null && store.hasDecided(shapes, options.threads());
  }

  /** The program that an earlier process kept, or null. */
  private @Nullable Shared kept(ProgramKey key) {
    if (store == null || model == null) {
      return null;
    }
    LoweredFunction function =
        store.load(key.shapes(), key.data(), options.threads(), model.weights(), this::engine);
    return function == null ? null : new Shared(function);
  }

  /**
   * The program that an earlier process kept for inputs, or null. That process may have found out
   * that elements of inputs decide shapes: where there is a program that says so, they are marked.
   */
  private @Nullable Shared kept(Tensor[] inputs) {
    Shared shared = kept(ProgramKey.of(inputs, decisive));
    if (shared != null) {
      return shared;
    }
    boolean[] candidates = candidates(inputs);
    if (Arrays.equals(candidates, decisive)) {
      return null;
    }
    shared = kept(ProgramKey.of(inputs, candidates));
    if (shared != null) {
      decide(candidates);
    }
    return shared;
  }

  /** A program that is to be kept once it has run. */
  private Shared fresh(@Nullable LoweredFunction function, ProgramKey key) {
    Shared shared = new Shared(function);
    if (function != null && store != null) {
      shared.unkept = key;
    }
    return shared;
  }

  /** Keeps a program that has run for later processes, in the background. */
  void keep(Shared shared) {
    synchronized (programs) {
      ProgramKey key = shared.unkept;
      LoweredFunction function = shared.function();
      ProgramStore to = store;
      if (key == null || function == null || to == null || model == null || closed) {
        return;
      }
      shared.unkept = null;
      shared.users++;
      MemorySegment weights = model.weights();
      Thread keeper =
          Thread.ofPlatform()
              .name("lathe-keep")
              .daemon(false)
              .unstarted(
                  () -> {
                    try {
                      to.save(
                          key.shapes(), key.data(), options.threads(), function.program(), weights);
                    } finally {
                      release(shared);
                    }
                  });
      keepers.removeIf(thread -> !thread.isAlive());
      keepers.add(keeper);
      keeper.start();
    }
  }

  /** The program for inputs, made if it has to be; the caller gives it back. */
  Shared acquire(Tensor[] inputs) {
    synchronized (programs) {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      ProgramKey key = ProgramKey.of(inputs, decisive);
      Shared shared = programs.get(key);
      if (shared == null) {
        shared = kept(inputs);
        if (shared == null) {
          // Lowering may find out that elements of inputs decide shapes.
          LoweredFunction function = lower(inputs);
          shared = fresh(function, ProgramKey.of(inputs, decisive));
        }
        programs.put(ProgramKey.of(inputs, decisive), shared);
      }
      shared.users++;
      evict();
      return shared;
    }
  }

  /** Gives a program back. */
  void release(Shared shared) {
    synchronized (programs) {
      shared.users--;
      if (closed || !programs.containsValue(shared)) {
        closeUnused(shared);
      } else {
        evict();
      }
    }
  }

  private void evict() {
    Iterator<Shared> oldest = programs.values().iterator();
    while (programs.size() > KEPT_PROGRAMS && oldest.hasNext()) {
      Shared shared = oldest.next();
      if (shared.users == 0) {
        oldest.remove();
        closeUnused(shared);
      }
    }
  }

  private static void closeUnused(Shared shared) {
    if (shared.users == 0 && shared.function() != null) {
      shared.function().close();
    }
  }

  private @Nullable LoweredFunction lower(Tensor[] inputs) {
    List<TensorType> types = Arrays.stream(inputs).map(Tensor::type).toList();
    Graph fixed = specialize(types, data(inputs));
    if (!isFixed(fixed.forward().body()) && decide(candidates(inputs))) {
      fixed = specialize(types, data(inputs));
    }
    if (!isFixed(fixed.forward().body())) {
      // Not a static logger: the first one of a process takes longer than many a model's load.
      System.getLogger(OneDnnExecutable.class.getName())
          .log(
              System.Logger.Level.INFO,
              "model {0} has shapes that depend on data; the reference interpreter runs it",
              graph().name());
      return null;
    }
    return lower(fixed);
  }

  private LoweredFunction lower(Graph fixed) {
    return Lowering.lower(target(), fixed);
  }

  private Graph specialize(List<TensorType> types, Map<String, ConstantData> data) {
    return Specializer.specialize(graph(), Specializer.bind(graph().forward(), types), data);
  }

  /** Copies of the inputs whose elements decide shapes, by name. */
  private Map<String, ConstantData> data(Tensor[] inputs) {
    Map<String, ConstantData> data = new HashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      if (decisive[i]) {
        MemorySegment original = inputs[i].segment();
        MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, original.byteSize()), 64);
        MemorySegment exact = copy.asSlice(0, original.byteSize());
        exact.copyFrom(original);
        data.put(signature.inputs().get(i).name(), new ConstantData(inputs[i].type(), exact));
      }
    }
    return data;
  }

  /** The inputs that are decisive, and those that could be: the small ones of numbers. */
  private boolean[] candidates(Tensor[] inputs) {
    boolean[] candidates = decisive.clone();
    for (int i = 0; i < inputs.length; i++) {
      candidates[i] |= canDecide(inputs[i].elementType(), inputs[i].shape());
    }
    return candidates;
  }

  /** Marks inputs as decisive; false if all of them were. */
  private boolean decide(boolean[] inputs) {
    boolean found = false;
    for (int i = 0; i < inputs.length; i++) {
      found |= inputs[i] && !decisive[i];
      decisive[i] |= inputs[i];
    }
    return found;
  }

  private static boolean canDecide(ElementType type, long[] shape) {
    boolean number =
        type == ElementType.I64
            || type == ElementType.I32
            || type == ElementType.F32
            || type == ElementType.BOOL;
    return number && (shape.length == 0 || (shape.length == 1 && shape[0] <= DECISIVE_ELEMENTS));
  }

  private static boolean isFixed(Block block) {
    for (Node node : block.nodes()) {
      if (node.op() instanceof ControlFlowOp.Loop || node.op() instanceof CreationOp.Dims) {
        return false;
      }
      for (Value result : node.results()) {
        if (!result.type().shape().isFixed()) {
          return false;
        }
      }
      for (Block nested : node.op().blocks()) {
        if (!isFixed(nested)) {
          return false;
        }
      }
    }
    return true;
  }

  /** An execution by the reference interpreter. */
  Execution newReferenceExecution() {
    synchronized (programs) {
      if (reference == null) {
        reference = new ReferenceBackend().load(graph(), options);
      }
      return reference.newExecution();
    }
  }

  @Override
  public Execution newExecution() {
    return new OneDnnExecution(this);
  }

  @Override
  public void close() {
    List<Shared> unused = new ArrayList<>();
    List<Thread> running;
    synchronized (programs) {
      if (closed) {
        return;
      }
      closed = true;
      running = List.copyOf(keepers);
    }
    running.forEach(Threads::join);
    synchronized (programs) {
      unused.addAll(programs.values());
      programs.clear();
    }
    unused.forEach(OneDnnExecutable::closeUnused);
    if (reference != null) {
      reference.close();
    }
    if (target != null) {
      target.engine().close();
    }
  }
}
