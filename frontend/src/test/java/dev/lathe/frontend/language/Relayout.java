package dev.lathe.frontend.language;

import dev.lathe.grammar.language.LatheLexer;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/** Lays a source out anew, by chance: other blanks, line ends and comments wherever they may be. */
final class Relayout {
  private static final Set<Integer> OPENING =
      Set.of(LatheLexer.LPAREN, LatheLexer.LBRACKET, LatheLexer.LBRACE);
  private static final Set<Integer> CLOSING =
      Set.of(LatheLexer.RPAREN, LatheLexer.RBRACKET, LatheLexer.RBRACE);

  private final Source source;
  private final Random random;
  private final boolean hasComments;
  private final double wildness;
  private final List<Token> tokens;
  private final StringBuilder out = new StringBuilder();
  private int comments;

  Relayout(Source source, long seed, boolean hasComments) {
    this.source = source;
    this.random = new Random(seed);
    this.hasComments = hasComments;
    this.wildness = random.nextDouble() * random.nextDouble() * 0.4;
    this.tokens = LayoutTokens.of(source, SyntaxReader.tokens(source), new Diagnostics());
  }

  /** The source without comments and without freedom. */
  String plain() {
    StringBuilder text = new StringBuilder();
    for (Token token : tokens) {
      text.append(text(token)).append(' ');
    }
    return text.toString();
  }

  private String text(Token token) {
    return token.getType() == LatheLexer.NEWLINE ? "\n" : LayoutTokens.span(source, token).text();
  }

  /** The source laid out by chance. */
  String mutated() {
    int depth = 0;
    for (int i = 0; i + 1 < tokens.size(); i++) {
      Token token = tokens.get(i);
      Token next = tokens.get(i + 1);
      int type = token.getType();
      boolean isBrace = type == LatheLexer.LBRACE || type == LatheLexer.RBRACE;
      if (!isBrace) {
        depth += OPENING.contains(type) ? 1 : CLOSING.contains(type) ? -1 : 0;
      }
      if (type == LatheLexer.NEWLINE) {
        lineEnds(true);
        continue;
      }
      out.append(text(token));
      boolean mayEnd =
          depth > 0
              || LayoutTokens.OPEN_AFTER.contains(type)
              || LayoutTokens.GOES_ON_BEFORE.contains(next.getType());
      if (mayEnd && random.nextDouble() < wildness) {
        lineEnds(false);
      } else {
        blanks(type, next.getType());
      }
    }
    return out.toString();
  }

  private void blanks(int type, int next) {
    boolean isBesideBracket = OPENING.contains(type) || CLOSING.contains(next);
    int count = isBesideBracket ? random.nextInt(3) : 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      out.append(random.nextInt(4) == 0 ? '\t' : ' ');
    }
  }

  private void lineEnds(boolean isStatement) {
    int count = 1 + (random.nextDouble() < 0.3 ? random.nextInt(3) : 0);
    for (int i = 0; i < count; i++) {
      if (hasComments && random.nextDouble() < (isStatement ? 0.1 : 0.5)) {
        out.append(random.nextBoolean() ? " // c" : " //c").append(comments++);
        out.append(" ".repeat(random.nextInt(2)));
      }
      out.append(random.nextInt(20) == 0 ? "\r\n" : "\n").repeat(' ', random.nextInt(4));
    }
  }
}
