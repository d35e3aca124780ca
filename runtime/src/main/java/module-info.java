/** What a compiled model needs at run time, and nothing more. */
module dev.lathe.runtime {
  requires transitive dev.lathe.ir;
  requires static transitive org.jspecify;

  exports dev.lathe.runtime;
  exports dev.lathe.runtime.spi;
}
