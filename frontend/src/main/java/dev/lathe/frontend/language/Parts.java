package dev.lathe.frontend.language;

import dev.lathe.frontend.language.Syntax.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The expressions that an expression directly consists of. */
final class Parts {
  private Parts() {}

  static List<Expression> of(Expression expression) {
    return switch (expression) {
      case Syntax.Literal _, Syntax.None _, Syntax.Reference _, Syntax.BadExpression _ -> List.of();
      case Syntax.ListOf list -> list.elements();
      case Syntax.Comprehension each -> some(each.iterable(), each.element(), each.condition());
      case Syntax.Call call -> {
        List<Expression> parts = new ArrayList<>(List.of(call.callee()));
        call.arguments().forEach(argument -> parts.add(argument.value()));
        yield parts;
      }
      case Syntax.Index index -> {
        List<Expression> parts = new ArrayList<>(List.of(index.target()));
        for (Syntax.IndexItem item : index.items()) {
          parts.addAll(
              switch (item) {
                case Syntax.Slice slice -> some(slice.start(), slice.stop(), slice.step());
                case Syntax.At at -> List.of(at.value());
                case Syntax.Ellipsis _ -> List.of();
              });
        }
        yield parts;
      }
      case Syntax.Member member -> List.of(member.target());
      case Syntax.Unary unary -> List.of(unary.operand());
      case Syntax.Binary binary -> List.of(binary.left(), binary.right());
      case Syntax.Conditional c -> List.of(c.condition(), c.then(), c.otherwise());
      case Syntax.Pipe pipe -> List.of(pipe.value(), pipe.into());
      case Syntax.Group group -> List.of(group.inner());
    };
  }

  private static List<Expression> some(@Nullable Expression... expressions) {
    List<Expression> result = new ArrayList<>();
    for (Expression each : expressions) {
      if (each != null) {
        result.add(each);
      }
    }
    return result;
  }
}
