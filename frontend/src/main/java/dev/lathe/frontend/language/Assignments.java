package dev.lathe.frontend.language;

import dev.lathe.frontend.language.Syntax.Body;
import dev.lathe.frontend.language.Syntax.Statement;
import org.jspecify.annotations.Nullable;

/** Where a body gives names their values. */
final class Assignments {
  private Assignments() {}

  /** Where a name gets its value last, in inner bodies too; null if nowhere. */
  static @Nullable Span find(Body body, String name) {
    Span found = null;
    for (Statement statement : body.statements()) {
      Span here =
          switch (statement) {
            case Syntax.Assign assign ->
                assign.targets().stream()
                    .filter(target -> target.name().text().equals(name))
                    .findFirst()
                    .map(_ -> assign.span())
                    .orElse(null);
            case Syntax.Param param -> param.name().text().equals(name) ? param.span() : null;
            case Syntax.Shared shared -> shared.name().text().equals(name) ? shared.span() : null;
            case Syntax.If branch -> {
              Span otherwise = branch.otherwise() == null ? null : find(branch.otherwise(), name);
              yield otherwise != null ? otherwise : find(branch.then(), name);
            }
            case Syntax.For loop -> find(loop.body(), name);
            case Syntax.Return _, Syntax.Discarded _, Syntax.BadStatement _ -> null;
          };
      found = here != null ? here : found;
    }
    return found;
  }

  /** The name that a body gives a value last; {@code x} if there is none. */
  static String last(Body body) {
    for (Statement statement : body.statements().reversed()) {
      if (statement instanceof Syntax.Assign assign) {
        return assign.targets().get(0).name().text();
      }
    }
    return "x";
  }
}
