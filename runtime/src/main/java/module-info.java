/** What a compiled model needs at run time, and nothing more. */
// The module that internals are exported to is compiled after this one.
@SuppressWarnings("module")
module dev.lathe.runtime {
  requires transitive dev.lathe.ir;
  requires static transitive org.jspecify;

  exports dev.lathe.runtime;
  exports dev.lathe.runtime.artifact to
      dev.lathe.cli;
  exports dev.lathe.runtime.internal to
      dev.lathe.cli;
  exports dev.lathe.runtime.spi;

  uses dev.lathe.runtime.spi.Backend;
}
