package dev.lathe.cli;

import dev.lathe.compiler.Compilation;
import dev.lathe.compiler.RandomInputs;
import dev.lathe.frontend.ImportException;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Graph;
import dev.lathe.ir.analysis.GraphStatistics;
import dev.lathe.ir.text.IrPrinter;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lathe inspect}. */
@Command(
    name = "inspect",
    description = {
      "Tells what a model takes, gives, holds and costs.",
      "",
      "FLOPs count a multiplication and an addition as two; open sizes stay symbols in them.",
      "",
      "Where sizes are fixed, by the model or by --shape (an open batch is taken for 1), the model"
          + " is also compiled for this machine, to tell what its activations take: the memory that"
          + " is planned for them, and the most that is alive in it at one instruction."
    },
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "The model: .onnx, .ir or a compiled .jar.")
  private Path model = Path.of("");

  @Option(names = "--ir", description = "Also print the IR before and after the passes.")
  private boolean ir;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private BackendOption backend = new BackendOption();
  @Mixin private SourceOptions source = new SourceOptions();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Commands.require(spec);
    PrintWriter out = command.commandLine().getOut();
    StringBuilder text = new StringBuilder();
    Consumer<Graph> imported =
        graph -> {
          if (ir) {
            text.append("\n// before the passes\n").append(IrPrinter.summary(graph));
          }
        };
    try (Progress progress = Progress.of(command);
        Compilation compilation =
            Compilation.of(
                model, backend.applyTo(source.toOptions()), Map.of(), progress, imported)) {
      if (json) {
        Map<String, Object> figures = json(compilation);
        compiled(compilation, session -> figures.put("compiled", compiled(session)));
        progress.clear();
        out.print(Commands.json(figures));
      } else {
        progress.clear();
        print(out, compilation);
        if (ir) {
          text.append("\n// after the passes\n").append(IrPrinter.summary(compilation.graph()));
        }
        compiled(
            compilation,
            session -> {
              progress.clear();
              out.println(
                  "compiled    for "
                      + session.model().backend()
                      + ": activations "
                      + Commands.activations(session));
            });
        out.print(text);
      }
      return 0;
    } catch (ImportException e) {
      if (!e.isUnsupported()) {
        throw e;
      }
      if (json) {
        out.print(Commands.json(Map.of("unsupported", ErrorHandler.message(e))));
      } else {
        out.println("unsupported: " + ErrorHandler.message(e));
      }
      return ErrorHandler.FAILED;
    }
  }

  private static void print(PrintWriter out, Compilation compilation) {
    Graph graph = compilation.graph();
    Signature signature = Signature.of(graph.forward());
    GraphStatistics before = compilation.before();
    GraphStatistics after = GraphStatistics.of(graph);
    out.println("model       " + graph.name());
    graph.metadata().forEach((key, value) -> out.println("            " + key + " = " + value));
    for (TensorSpec input : signature.inputs()) {
      out.println("input       " + input);
    }
    for (TensorSpec output : signature.outputs()) {
      out.println("output      " + output);
    }
    out.println(
        "parameters  "
            + Commands.scaled(before.parameters())
            + " in "
            + Commands.bytes(before.parameterBytes()));
    out.println("FLOPs       " + flops(before.flops()) + ", optimised " + flops(after.flops()));
    out.println("memory      " + memory(after));
    out.println("ops         " + ops(before));
    out.println("optimised   " + ops(after));
  }

  /**
   * Compiles the graph for this machine and calls {@code action} with a session that is prepared
   * for inputs of its shapes. Does nothing where shapes are open.
   */
  private static void compiled(Compilation compilation, Consumer<Session> action) {
    Signature signature = Signature.of(compilation.graph().forward());
    if (!RandomInputs.areKnown(signature)) {
      return;
    }
    Tensor[] inputs = RandomInputs.of(signature, Map.of());
    try (Model model = compilation.toModel();
        Session session = model.newSession()) {
      session.prepare(inputs);
      if (session.activationBytes() == 0) {
        // Nothing is planned before a run where the reference interpreter runs it.
        session.run(inputs);
      }
      action.accept(session);
    } finally {
      Arrays.stream(inputs).forEach(Tensor::close);
    }
  }

  private static Map<String, Object> compiled(Session session) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("backend", session.model().backend());
    figures.put("activation_bytes", session.activationBytes());
    figures.put("live_activation_bytes", session.liveActivationBytes());
    return figures;
  }

  private static String flops(Dim flops) {
    return flops.isFixed() ? Commands.scaled(flops.value()) : flops.toString();
  }

  private static String memory(GraphStatistics statistics) {
    String weights =
        Commands.bytes(statistics.parameterBytes() + statistics.constantBytes()) + " of weights";
    return statistics.activationBytes().isPresent()
        ? weights
            + ", "
            + Commands.bytes(statistics.activationBytes().getAsLong())
            + " of activations if nothing were fused"
        : weights + "; activations depend on open sizes, which --shape fixes";
  }

  private static String ops(GraphStatistics statistics) {
    return statistics.ops().entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Object> json(Compilation compilation) {
    Signature signature = Signature.of(compilation.graph().forward());
    Map<String, Object> json = compilation.report();
    json.put("inputs", types(signature.inputs()));
    json.put("outputs", types(signature.outputs()));
    return json;
  }

  private static Map<String, String> types(List<TensorSpec> specs) {
    Map<String, String> types = new LinkedHashMap<>();
    specs.forEach(spec -> types.put(spec.name(), spec.type().toString()));
    return types;
  }
}
