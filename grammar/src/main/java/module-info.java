/** The lexers and parsers that ANTLR generates from Lathe's grammars. */
module dev.lathe.grammar {
  requires transitive org.antlr.antlr4.runtime;

  exports dev.lathe.grammar.ir;
  exports dev.lathe.grammar.language;
}
