/** The pipeline of graph passes. */
module dev.lathe.passes {
  requires dev.lathe.backend.reference;
  requires transitive dev.lathe.ir;
  requires dev.lathe.runtime;
  requires static transitive org.jspecify;

  exports dev.lathe.passes;
  exports dev.lathe.passes.precision;
  exports dev.lathe.passes.rewrite;
}
