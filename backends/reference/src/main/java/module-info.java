/** A readable interpreter of every op. */
module dev.lathe.backend.reference {
  requires transitive dev.lathe.ir;
  requires transitive dev.lathe.runtime;
  requires static transitive org.jspecify;

  exports dev.lathe.backend.reference;

  provides dev.lathe.runtime.spi.Backend with
      dev.lathe.backend.reference.ReferenceBackend;
}
