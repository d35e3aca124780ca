/** Lowers a graph to a oneDNN program for the CPU. */
module dev.lathe.backend.onednn {
  requires dev.lathe.backend.reference;
  requires transitive dev.lathe.ir;
  requires transitive dev.lathe.runtime;
  requires static transitive org.jspecify;

  exports dev.lathe.backend.onednn;

  provides dev.lathe.runtime.spi.Backend with
      dev.lathe.backend.onednn.OneDnnBackend;
}
