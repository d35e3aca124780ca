package dev.lathe.artifact;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelHandle;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.MethodParameterInfo;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Emits the class by which a Java program uses one model.
 *
 * <p>For a model with an input {@code image} and an output {@code probs} it is as if this had been
 * compiled:
 *
 * <pre>{@code
 * public final class Mnist implements AutoCloseable {
 *   public static final String INPUT_IMAGE = "f32[N, 1, 28, 28]";
 *   public static final String OUTPUT_PROBS = "f32[N, 10]";
 *   private final ModelHandle handle;
 *   private Mnist(ModelHandle handle) { this.handle = handle; }
 *   public static Mnist load() { return load(ModelOptions.defaults()); }
 *   public static Mnist load(ModelOptions options) {
 *     return new Mnist(ModelHandle.load(Mnist.class, options));
 *   }
 *   public Mnist fork() { return new Mnist(handle.fork()); }
 *   public Outputs run(Tensor image) {
 *     Tensor[] outputs = handle.run(new Tensor[] {image});
 *     return new Outputs(outputs[0]);
 *   }
 *   public Session session() { return handle.session(); }
 *   public Model model() { return handle.model(); }
 *   public void close() { handle.close(); }
 *   public record Outputs(Tensor probs) {}
 * }
 * }</pre>
 *
 * <p>What is emitted refers to nothing but {@code dev.lathe.runtime} and {@code java.base}, and
 * only to what later releases keep. A model with more tensors than a method may have parameters
 * gets no {@code run}; its session has one.
 */
final class TypedClassEmitter {
  /** A method takes 255 slots, of which one is for {@code this}. */
  private static final int MOST_PARAMETERS = 254;

  /** Java 25's, whatever newer release runs the compiler. */
  private static final int CLASS_VERSION = ClassFile.JAVA_25_VERSION;

  private static final ClassDesc HANDLE = desc(ModelHandle.class);
  private static final ClassDesc OPTIONS = desc(ModelOptions.class);
  private static final ClassDesc TENSOR = desc(Tensor.class);
  private static final ClassDesc TENSORS = TENSOR.arrayType();
  private static final String FIELD = "handle";

  private final ClassDesc type;
  private final ClassDesc outputsType;
  private final String outputsName;
  private final Signature signature;
  private final List<String> inputs;
  private final List<String> outputs;

  private TypedClassEmitter(String className, Signature signature) {
    this.type = ClassDesc.of(className);
    String simple = type.displayName();
    this.outputsName = simple.equals("Outputs") ? "Results" : "Outputs";
    this.outputsType = type.nested(outputsName);
    this.signature = signature;
    this.inputs = JavaNames.variables(names(signature.inputs()));
    this.outputs = JavaNames.variables(names(signature.outputs()));
  }

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.of(type.getName());
  }

  private static List<String> names(List<TensorSpec> specs) {
    return specs.stream().map(TensorSpec::name).toList();
  }

  /**
   * The classes of a model.
   *
   * @param className the full name of the class
   * @return the bytes of each class file by its path in the jar
   */
  static Map<String, byte[]> emit(String className, Signature signature) {
    TypedClassEmitter emitter = new TypedClassEmitter(className, signature);
    Map<String, byte[]> classes = new LinkedHashMap<>();
    classes.put(path(emitter.type), emitter.main());
    if (emitter.isTyped()) {
      classes.put(path(emitter.outputsType), emitter.outputs());
    }
    return classes;
  }

  private static String path(ClassDesc type) {
    String descriptor = type.descriptorString();
    return descriptor.substring(1, descriptor.length() - 1) + ".class";
  }

  private boolean isTyped() {
    return inputs.size() <= MOST_PARAMETERS && outputs.size() <= MOST_PARAMETERS;
  }

  private byte[] main() {
    return ClassFile.of()
        .build(
            type,
            c -> {
              c.withVersion(CLASS_VERSION, 0);
              c.withFlags(AccessFlag.PUBLIC, AccessFlag.FINAL, AccessFlag.SUPER);
              c.withInterfaceSymbols(ClassDesc.of("java.lang.AutoCloseable"));
              constants(c);
              c.withField(FIELD, HANDLE, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
              constructor(c);
              loaders(c);
              delegate(c, "session", desc(Session.class));
              delegate(c, "model", desc(Model.class));
              delegate(c, "close", CD_void);
              if (isTyped()) {
                run(c);
                nest(c, NestMembersAttribute.ofSymbols(outputsType));
              }
            });
  }

  private void constants(ClassBuilder c) {
    List<TensorSpec> specs = new ArrayList<>(signature.inputs());
    specs.addAll(signature.outputs());
    List<String> names = new ArrayList<>();
    signature.inputs().forEach(input -> names.add("input_" + input.name()));
    signature.outputs().forEach(output -> names.add("output_" + output.name()));
    List<String> unique = JavaNames.constants(names);
    for (int i = 0; i < specs.size(); i++) {
      String text = specs.get(i).type().toString();
      c.withField(
          unique.get(i),
          CD_String,
          f -> {
            f.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC | ClassFile.ACC_FINAL);
            f.with(ConstantValueAttribute.of(text));
          });
    }
  }

  private void constructor(ClassBuilder c) {
    c.withMethodBody(
        INIT_NAME,
        MethodTypeDesc.of(CD_void, HANDLE),
        ClassFile.ACC_PRIVATE,
        code ->
            code.aload(0)
                .invokespecial(CD_Object, INIT_NAME, MTD_void)
                .aload(0)
                .aload(1)
                .putfield(type, FIELD, HANDLE)
                .return_());
  }

  private void loaders(ClassBuilder c) {
    int flags = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
    MethodTypeDesc withOptions = MethodTypeDesc.of(type, OPTIONS);
    c.withMethodBody(
        "load",
        MethodTypeDesc.of(type),
        flags,
        code ->
            code.invokestatic(OPTIONS, "defaults", MethodTypeDesc.of(OPTIONS))
                .invokestatic(type, "load", withOptions)
                .areturn());
    c.withMethod(
        "load",
        withOptions,
        flags,
        m -> {
          m.with(parameters(List.of("options")));
          m.withCode(
              code ->
                  wrap(
                      code,
                      inner ->
                          inner
                              .ldc(type)
                              .aload(0)
                              .invokestatic(
                                  HANDLE,
                                  "load",
                                  MethodTypeDesc.of(
                                      HANDLE, ClassDesc.of("java.lang.Class"), OPTIONS))));
        });
    c.withMethodBody(
        "fork",
        MethodTypeDesc.of(type),
        ClassFile.ACC_PUBLIC,
        code ->
            wrap(
                code,
                inner ->
                    inner
                        .aload(0)
                        .getfield(type, FIELD, HANDLE)
                        .invokevirtual(HANDLE, "fork", MethodTypeDesc.of(HANDLE))));
  }

  /** Returns a new instance of the class around the handle that {@code handle} pushes. */
  private void wrap(CodeBuilder code, Consumer<CodeBuilder> handle) {
    code.new_(type).dup();
    handle.accept(code);
    code.invokespecial(type, INIT_NAME, MethodTypeDesc.of(CD_void, HANDLE)).areturn();
  }

  private void delegate(ClassBuilder c, String name, ClassDesc result) {
    MethodTypeDesc descriptor = MethodTypeDesc.of(result);
    c.withMethodBody(
        name,
        descriptor,
        ClassFile.ACC_PUBLIC,
        code -> {
          code.aload(0).getfield(type, FIELD, HANDLE).invokevirtual(HANDLE, name, descriptor);
          if (result.equals(CD_void)) {
            code.return_();
          } else {
            code.areturn();
          }
        });
  }

  private void run(ClassBuilder c) {
    c.withMethod(
        "run",
        MethodTypeDesc.of(outputsType, Collections.nCopies(inputs.size(), TENSOR)),
        ClassFile.ACC_PUBLIC,
        m -> {
          m.with(parameters(inputs));
          m.withCode(this::runCode);
        });
  }

  private void runCode(CodeBuilder code) {
    int result = code.allocateLocal(TypeKind.REFERENCE);
    code.aload(0).getfield(type, FIELD, HANDLE);
    code.loadConstant(inputs.size()).anewarray(TENSOR);
    for (int i = 0; i < inputs.size(); i++) {
      code.dup().loadConstant(i).aload(i + 1).aastore();
    }
    code.invokevirtual(HANDLE, "run", MethodTypeDesc.of(TENSORS, TENSORS)).astore(result);
    code.new_(outputsType).dup();
    for (int i = 0; i < outputs.size(); i++) {
      code.aload(result).loadConstant(i).aaload();
    }
    code.invokespecial(outputsType, INIT_NAME, outputsConstructor()).areturn();
  }

  private MethodTypeDesc outputsConstructor() {
    return MethodTypeDesc.of(CD_void, Collections.nCopies(outputs.size(), TENSOR));
  }

  private static MethodParametersAttribute parameters(List<String> names) {
    return MethodParametersAttribute.of(
        names.stream().map(name -> MethodParameterInfo.ofParameter(Optional.of(name), 0)).toList());
  }

  private void nest(ClassBuilder c, ClassElement attribute) {
    c.with(attribute);
    c.with(
        InnerClassesAttribute.of(
            InnerClassInfo.of(
                outputsType,
                Optional.of(type),
                Optional.of(outputsName),
                AccessFlag.PUBLIC,
                AccessFlag.STATIC,
                AccessFlag.FINAL)));
  }

  private byte[] outputs() {
    return ClassFile.of()
        .build(
            outputsType,
            c -> {
              c.withVersion(CLASS_VERSION, 0);
              c.withFlags(AccessFlag.PUBLIC, AccessFlag.FINAL, AccessFlag.SUPER);
              c.withSuperclass(ClassDesc.of("java.lang.Record"));
              c.with(
                  RecordAttribute.of(
                      outputs.stream()
                          .map(name -> RecordComponentInfo.of(name, TENSOR, List.of()))
                          .toList()));
              nest(c, NestHostAttribute.of(type));
              for (String name : outputs) {
                component(c, name);
              }
              recordConstructor(c);
              recordMethod(c, "toString", MethodTypeDesc.of(CD_String));
              recordMethod(c, "hashCode", MethodTypeDesc.of(CD_int));
              recordMethod(c, "equals", MethodTypeDesc.of(CD_boolean, CD_Object));
            });
  }

  private void component(ClassBuilder c, String name) {
    c.withField(name, TENSOR, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
    c.withMethodBody(
        name,
        MethodTypeDesc.of(TENSOR),
        ClassFile.ACC_PUBLIC,
        code -> code.aload(0).getfield(outputsType, name, TENSOR).areturn());
  }

  private void recordConstructor(ClassBuilder c) {
    c.withMethod(
        INIT_NAME,
        outputsConstructor(),
        ClassFile.ACC_PUBLIC,
        m -> {
          m.with(parameters(outputs));
          m.withCode(
              code -> {
                code.aload(0).invokespecial(ClassDesc.of("java.lang.Record"), INIT_NAME, MTD_void);
                for (int i = 0; i < outputs.size(); i++) {
                  code.aload(0).aload(i + 1).putfield(outputsType, outputs.get(i), TENSOR);
                }
                code.return_();
              });
        });
  }

  /** One of the methods that every record has, by the bootstrap method that javac uses too. */
  private void recordMethod(ClassBuilder c, String name, MethodTypeDesc descriptor) {
    DirectMethodHandleDesc bootstrap =
        MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.STATIC,
            ClassDesc.of("java.lang.runtime.ObjectMethods"),
            "bootstrap",
            MethodTypeDesc.ofDescriptor(
                "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;"
                    + "Ljava/lang/invoke/TypeDescriptor;Ljava/lang/Class;Ljava/lang/String;"
                    + "[Ljava/lang/invoke/MethodHandle;)Ljava/lang/Object;"));
    List<ConstantDesc> arguments = new ArrayList<>();
    arguments.add(outputsType);
    arguments.add(String.join(";", outputs));
    for (String output : outputs) {
      arguments.add(
          MethodHandleDesc.ofField(
              DirectMethodHandleDesc.Kind.GETTER, outputsType, output, TENSOR));
    }
    DynamicCallSiteDesc site =
        DynamicCallSiteDesc.of(
            bootstrap,
            name,
            descriptor.insertParameterTypes(0, outputsType),
            arguments.toArray(ConstantDesc[]::new));
    boolean one = descriptor.parameterCount() == 1;
    c.withMethodBody(
        name,
        descriptor,
        ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL,
        code -> {
          code.aload(0);
          if (one) {
            code.aload(1);
          }
          code.invokedynamic(site);
          if (descriptor.returnType().isPrimitive()) {
            code.ireturn();
          } else {
            code.areturn();
          }
        });
  }
}
