/** The graph IR: types, ops, graphs, and their textual form. */
module dev.lathe.ir {
  // Only the textual parser needs the grammar; a compiled model never parses.
  requires static dev.lathe.grammar;
  requires static transitive org.jspecify;

  exports dev.lathe.ir;
  exports dev.lathe.ir.analysis;
  exports dev.lathe.ir.file;
  exports dev.lathe.ir.op;
  exports dev.lathe.ir.serial;
  exports dev.lathe.ir.text;
}
