/** Readers of model formats: each turns a file into a graph. */
module dev.lathe.frontend {
  requires com.fasterxml.jackson.core;
  requires com.google.protobuf;
  requires dev.lathe.grammar;
  requires io.jhdf;
  requires transitive dev.lathe.ir;
  requires static transitive org.jspecify;

  exports dev.lathe.frontend;
  exports dev.lathe.frontend.builder;
  exports dev.lathe.frontend.decompile;
  exports dev.lathe.frontend.emit;
  exports dev.lathe.frontend.language;
  exports dev.lathe.frontend.layers;
  exports dev.lathe.frontend.onnx;
  exports dev.lathe.frontend.onnx.export;
  exports dev.lathe.frontend.onnx.proto;
  exports dev.lathe.frontend.weights;
}
