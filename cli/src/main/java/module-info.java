/** The lathe command, and the API to compile models from Java. */
module dev.lathe.cli {
  requires com.fasterxml.jackson.jr.ob;
  requires dev.lathe.backend.onednn;
  requires dev.lathe.backend.reference;
  requires transitive dev.lathe.frontend;
  requires dev.lathe.grammar;
  requires transitive dev.lathe.ir;
  requires dev.lathe.passes;
  requires transitive dev.lathe.runtime;
  requires info.picocli;
  requires java.compiler;
  requires java.logging;
  requires static transitive org.jspecify;

  exports dev.lathe;

  uses dev.lathe.runtime.spi.Backend;

  opens dev.lathe.cli to
      info.picocli;
}
