import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.classfile.ClassFile.ACC_SUPER;
import static java.lang.classfile.ClassFile.ACC_SYNTHETIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_char;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantDynamicEntry;
import java.lang.classfile.constantpool.IntegerEntry;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Replaces {@code invokedynamic} in compiled classes by plain code.
 *
 * <p>The JVM links each lambda, pattern switch and method of a record when it is first used, by
 * spinning hidden classes; a process that runs a model once spends much of its time there. This
 * rewrites the class files of one folder in place:
 *
 * <ul>
 *   <li>a lambda or method reference becomes an instance of a class {@code Host$$LatheN}, a member
 *       of the host's nest, since what it calls is mostly private; one class each, as hidden
 *       classes would be, so that the JIT compiler's profiles stay apart;
 *   <li>a pattern switch and the {@code equals}, {@code hashCode} and {@code toString} of a record
 *       call private methods {@code lathe$N} of their class.
 * </ul>
 *
 * <p>What it does not fully understand, such as a serialisable lambda, it leaves alone and counts.
 * A second run finds nothing to do; generated classes whose host was compiled anew and does not
 * refer to them any more are deleted. No class of the project is loaded.
 */
final class Desugar {
  /** Stands between the name of a class and the number of a class generated for it. */
  private static final String MARK = "$$Lathe";

  private static final String HELPER = "lathe$";

  private static final Map<String, ClassDesc> WRAPPERS =
      Map.of(
          "Z", ClassDesc.of("java.lang.Boolean"),
          "B", ClassDesc.of("java.lang.Byte"),
          "C", ClassDesc.of("java.lang.Character"),
          "S", ClassDesc.of("java.lang.Short"),
          "I", ClassDesc.of("java.lang.Integer"),
          "J", ClassDesc.of("java.lang.Long"),
          "F", ClassDesc.of("java.lang.Float"),
          "D", ClassDesc.of("java.lang.Double"));

  /** Primitive types in the order in which each widens to those behind it; char is apart. */
  private static final String WIDENING = "BSIJFD";

  private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
  private static final ClassDesc NUMBER = ClassDesc.of("java.lang.Number");
  private static final ClassDesc BUILDER = ClassDesc.of("java.lang.StringBuilder");

  /** The folder's classes by internal name, as they are now. */
  private final Map<String, byte[]> classes = new TreeMap<>();

  private final Set<String> changed = new TreeSet<>();
  private final ClassFile writer;
  private int rewritten;
  private int left;

  private Desugar(ClassHierarchyResolver resolver) {
    // A new constant pool, or the bootstrap methods would stay in the file.
    this.writer =
        ClassFile.of(
            ClassFile.ConstantPoolSharingOption.NEW_POOL,
            ClassFile.ClassHierarchyResolverOption.of(resolver));
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: Desugar CLASSES CLASSPATH");
    }
    Path folder = Path.of(args[0]);
    if (!Files.isDirectory(folder)) {
      System.out.println("desugar: no classes in " + folder);
      return;
    }
    try (Library library = new Library(args[1])) {
      Desugar desugar =
          new Desugar(
              ClassHierarchyResolver.ofResourceParsing(library::open)
                  .orElse(ClassHierarchyResolver.defaultResolver())
                  .cached());
      desugar.read(folder);
      desugar.rewrite();
      int deleted = desugar.write(folder);
      System.out.println(
          "desugar: %d call sites rewritten, %d left, %d files written, %d deleted in %s"
              .formatted(desugar.rewritten, desugar.left, desugar.changed.size(), deleted, folder));
    }
  }

  private void read(Path folder) throws IOException {
    List<Path> files;
    try (var walk = Files.walk(folder)) {
      files = walk.filter(file -> file.toString().endsWith(".class")).toList();
    }
    for (Path file : files) {
      String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
      classes.put(name.substring(0, name.length() - ".class".length()), Files.readAllBytes(file));
    }
  }

  private void rewrite() {
    // Most class files need no look inside.
    List<String> hosts = new ArrayList<>();
    for (var entry : classes.entrySet()) {
      String text = new String(entry.getValue(), ISO_8859_1);
      if (!entry.getKey().contains(MARK)
          && (text.contains(MARK)
              || text.contains("java/lang/invoke/LambdaMetafactory")
              || text.contains("java/lang/runtime/"))) {
        hosts.add(entry.getKey());
      }
    }
    Map<String, Set<String>> nests = new TreeMap<>();
    Set<String> live = new HashSet<>();
    for (String name : hosts) {
      ClassModel model = ClassFile.of().parse(classes.get(name));
      Set<String> used = rewrite(name, model);
      live.addAll(used);
      nests.computeIfAbsent(nestHost(model), _ -> new TreeSet<>()).addAll(used);
    }
    classes.keySet().removeIf(name -> name.contains(MARK) && !live.contains(name));
    nests.forEach(this::setGeneratedMembers);
  }

  /** Rewrites one class; returns the names of its generated classes. */
  private Set<String> rewrite(String name, ClassModel model) {
    Set<String> used = new TreeSet<>();
    List<InvokeDynamicEntry> sites = new ArrayList<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof InvokeDynamicEntry site) {
        sites.add(site);
      } else if (entry instanceof ClassEntry type
          && type.asInternalName().startsWith(name + MARK)) {
        used.add(type.asInternalName());
      }
    }
    Host host = new Host(name, model, used);
    for (InvokeDynamicEntry site : sites) {
      try {
        host.replace(site);
      } catch (NotUnderstood e) {
        leave(name, 1, e);
      }
    }
    if (host.calls.isEmpty()) {
      return used;
    }
    try {
      classes.put(name, host.transformed(writer));
    } catch (IllegalArgumentException e) {
      // A type whose class is on no class path, where stack maps need it.
      leave(name, host.calls.size(), e);
      return used;
    }
    classes.putAll(host.generated);
    changed.add(name);
    changed.addAll(host.generated.keySet());
    rewritten += host.calls.size();
    used.addAll(host.generated.keySet());
    return used;
  }

  private void leave(String name, int sites, Exception why) {
    left += sites;
    System.out.println("desugar: %d left in %s: %s".formatted(sites, name, why.getMessage()));
  }

  private static String nestHost(ClassModel model) {
    return model
        .findAttribute(Attributes.nestHost())
        .map(attribute -> attribute.nestHost().asInternalName())
        .orElse(model.thisClass().asInternalName());
  }

  /** Lets a nest have these generated classes, and no others, besides what was compiled. */
  private void setGeneratedMembers(String nestHost, Set<String> generated) {
    ClassModel model = ClassFile.of().parse(classes.get(nestHost));
    Set<String> before = new TreeSet<>();
    List<ClassDesc> members = new ArrayList<>();
    model
        .findAttribute(Attributes.nestMembers())
        .ifPresent(
            attribute -> {
              for (ClassEntry member : attribute.nestMembers()) {
                if (member.asInternalName().contains(MARK)) {
                  before.add(member.asInternalName());
                } else {
                  members.add(member.asSymbol());
                }
              }
            });
    if (before.equals(generated)) {
      return;
    }
    generated.forEach(member -> members.add(ClassDesc.ofInternalName(member)));
    ClassTransform transform = ClassTransform.dropping(NestMembersAttribute.class::isInstance);
    if (!members.isEmpty()) {
      transform =
          transform.andThen(
              ClassTransform.endHandler(
                  builder -> builder.with(NestMembersAttribute.ofSymbols(members))));
    }
    // The same constant pool, so that code is copied as it is.
    classes.put(nestHost, ClassFile.of().transformClass(model, transform));
    changed.add(nestHost);
  }

  /** Writes what changed; returns the number of generated classes deleted. */
  private int write(Path folder) throws IOException {
    // Generated classes first: a host rewritten without them, in a build cut short, would stay so.
    List<String> order = new ArrayList<>(changed);
    order.sort(Comparator.comparing(name -> !name.contains(MARK)));
    for (String name : order) {
      Files.write(folder.resolve(name + ".class"), classes.get(name));
    }
    List<Path> stale;
    try (var walk = Files.walk(folder)) {
      stale =
          walk.filter(
                  file -> {
                    String name =
                        folder.relativize(file).toString().replace(File.separatorChar, '/');
                    return name.contains(MARK)
                        && name.endsWith(".class")
                        && !classes.containsKey(name.substring(0, name.length() - 6));
                  })
              .toList();
    }
    for (Path file : stale) {
      Files.delete(file);
    }
    return stale.size();
  }

  /** A class whose call sites are replaced. */
  private static final class Host {
    final Map<String, byte[]> generated = new TreeMap<>();

    /** What stands for a call site, by the index of its constant. */
    final Map<Integer, Consumer<CodeBuilder>> calls = new TreeMap<>();

    private final List<Consumer<ClassBuilder>> helpers = new ArrayList<>();
    private final String name;
    private final ClassModel model;
    private final ClassDesc type;
    private final Set<String> taken;

    /** The number of the last helper method. */
    private int lastHelper;

    Host(String name, ClassModel model, Set<String> taken) {
      this.name = name;
      this.model = model;
      this.type = model.thisClass().asSymbol();
      this.taken = taken;
    }

    byte[] transformed(ClassFile writer) {
      CodeTransform code =
          (builder, element) -> {
            Consumer<CodeBuilder> call =
                element instanceof InvokeDynamicInstruction instruction
                    ? calls.get(instruction.invokedynamic().index())
                    : null;
            if (call != null) {
              call.accept(builder);
            } else {
              builder.with(element);
            }
          };
      return writer.transformClass(
          model,
          ClassTransform.transformingMethodBodies(code)
              .andThen(
                  ClassTransform.endHandler(
                      builder -> helpers.forEach(method -> method.accept(builder)))));
    }

    void replace(InvokeDynamicEntry site) throws NotUnderstood {
      DirectMethodHandleDesc bootstrap = site.bootstrap().bootstrapMethod().asSymbol();
      List<LoadableConstantEntry> arguments = site.bootstrap().arguments();
      MethodTypeDesc descriptor = site.typeSymbol();
      switch (bootstrap.owner().displayName() + "." + bootstrap.methodName()) {
        case "LambdaMetafactory.metafactory" ->
            calls.put(site.index(), lambda(site.name().stringValue(), descriptor, arguments));
        case "SwitchBootstraps.typeSwitch" ->
            calls.put(
                site.index(), helper(descriptor, Switches.body(descriptor, arguments, false)));
        case "SwitchBootstraps.enumSwitch" ->
            calls.put(site.index(), helper(descriptor, Switches.body(descriptor, arguments, true)));
        case "ObjectMethods.bootstrap" ->
            calls.put(
                site.index(),
                helper(
                    descriptor, Records.body(site.name().stringValue(), simpleName(), arguments)));
        default ->
            throw new NotUnderstood(bootstrap.owner().displayName() + "." + bootstrap.methodName());
      }
    }

    /** Adds a method that takes what the call site takes. */
    private Consumer<CodeBuilder> helper(MethodTypeDesc descriptor, Consumer<CodeBuilder> body) {
      boolean isInterface = model.flags().has(AccessFlag.INTERFACE);
      do {
        lastHelper++;
      } while (hasMethod(HELPER + lastHelper));
      String method = HELPER + lastHelper;
      helpers.add(
          builder ->
              builder.withMethodBody(
                  method, descriptor, ACC_PRIVATE | ACC_STATIC | ACC_SYNTHETIC, body));
      return code -> code.invokestatic(type, method, descriptor, isInterface);
    }

    private boolean hasMethod(String method) {
      return model.methods().stream().anyMatch(m -> m.methodName().equalsString(method));
    }

    private String simpleName() {
      return model
          .findAttribute(Attributes.innerClasses())
          .map(InnerClassesAttribute::classes)
          .orElse(List.of())
          .stream()
          .filter(inner -> inner.innerClass().asSymbol().equals(type))
          .flatMap(inner -> inner.innerName().stream())
          .map(Object::toString)
          .findFirst()
          .orElse(type.displayName());
    }

    /** Generates the class of a lambda; returns the code that leaves an instance on the stack. */
    private Consumer<CodeBuilder> lambda(
        String method, MethodTypeDesc site, List<LoadableConstantEntry> arguments)
        throws NotUnderstood {
      if (arguments.size() != 3
          || !(arguments.get(0) instanceof MethodTypeEntry erased)
          || !(arguments.get(1) instanceof MethodHandleEntry target)
          || !(arguments.get(2) instanceof MethodTypeEntry instantiated)) {
        throw new NotUnderstood("the arguments of a lambda");
      }
      checkAccess(target.asSymbol());
      int number = 1;
      while (taken.contains(name + MARK + number) || generated.containsKey(name + MARK + number)) {
        number++;
      }
      ClassDesc lambda = ClassDesc.ofInternalName(name + MARK + number);
      Consumer<CodeBuilder> body =
          Lambdas.body(
              lambda,
              site.parameterList(),
              erased.asSymbol(),
              target.asSymbol(),
              instantiated.asSymbol());
      byte[] bytes =
          ClassFile.of()
              .build(
                  lambda,
                  builder -> {
                    builder.withVersion(model.majorVersion(), model.minorVersion());
                    builder.withFlags(ACC_FINAL | ACC_SUPER | ACC_SYNTHETIC);
                    builder.withInterfaceSymbols(site.returnType());
                    builder.with(NestHostAttribute.of(ClassDesc.ofInternalName(nestHost(model))));
                    Lambdas.state(builder, lambda, site);
                    builder.withMethodBody(method, erased.asSymbol(), ACC_PUBLIC, body);
                  });
      generated.put(name + MARK + number, bytes);
      return site.parameterCount() == 0
          ? code -> code.getstatic(lambda, Lambdas.INSTANCE, site.returnType())
          : code -> code.invokestatic(lambda, Lambdas.FACTORY, site);
    }

    /**
     * Lets through what a nestmate can call. The rest is protected methods of other packages and
     * such, where the compiler writes a method of its own and refers to that.
     */
    private void checkAccess(DirectMethodHandleDesc target) throws NotUnderstood {
      boolean special =
          target.kind() == DirectMethodHandleDesc.Kind.SPECIAL
              || target.kind() == DirectMethodHandleDesc.Kind.INTERFACE_SPECIAL;
      boolean own =
          target.owner().equals(type)
              && model.methods().stream()
                  .anyMatch(
                      m ->
                          m.methodName().equalsString(target.methodName())
                              && m.methodType().equalsString(target.lookupDescriptor())
                              && m.flags().has(AccessFlag.PRIVATE));
      if (target.owner().isArray() || (special && !own)) {
        throw new NotUnderstood("a call of " + target);
      }
    }
  }

  /** The code of classes that stand for lambdas. */
  private static final class Lambdas {
    static final String INSTANCE = "INSTANCE";
    static final String FACTORY = "of";

    private Lambdas() {}

    /** Adds captures, constructor, and the only instance or a factory of the site's descriptor. */
    static void state(ClassBuilder builder, ClassDesc lambda, MethodTypeDesc site) {
      List<ClassDesc> captures = site.parameterList();
      MethodTypeDesc constructor = site.changeReturnType(CD_void);
      for (int i = 0; i < captures.size(); i++) {
        builder.withField(field(i), captures.get(i), ACC_PRIVATE | ACC_FINAL);
      }
      builder.withMethodBody(
          INIT_NAME,
          constructor,
          ACC_PRIVATE,
          code -> {
            code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void);
            for (int i = 0; i < captures.size(); i++) {
              code.aload(0)
                  .loadLocal(TypeKind.from(captures.get(i)), code.parameterSlot(i))
                  .putfield(lambda, field(i), captures.get(i));
            }
            code.return_();
          });
      if (captures.isEmpty()) {
        builder.withField(INSTANCE, site.returnType(), ACC_STATIC | ACC_FINAL);
        builder.withMethodBody(
            CLASS_INIT_NAME,
            MTD_void,
            ACC_STATIC,
            code ->
                code.new_(lambda)
                    .dup()
                    .invokespecial(lambda, INIT_NAME, MTD_void)
                    .putstatic(lambda, INSTANCE, site.returnType())
                    .return_());
      } else {
        builder.withMethodBody(
            FACTORY,
            site,
            ACC_STATIC,
            code -> {
              code.new_(lambda).dup();
              for (int i = 0; i < captures.size(); i++) {
                code.loadLocal(TypeKind.from(captures.get(i)), code.parameterSlot(i));
              }
              code.invokespecial(lambda, INIT_NAME, constructor).areturn();
            });
      }
    }

    private static String field(int index) {
      return "capture" + index;
    }

    /** The functional interface's method: as {@link java.lang.invoke.LambdaMetafactory} says. */
    static Consumer<CodeBuilder> body(
        ClassDesc lambda,
        List<ClassDesc> captures,
        MethodTypeDesc erased,
        DirectMethodHandleDesc target,
        MethodTypeDesc instantiated)
        throws NotUnderstood {
      // With the receiver, and what a constructor makes.
      MethodTypeDesc called = target.invocationType();
      boolean creates = target.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR;
      if (called.parameterCount() != captures.size() + erased.parameterCount()) {
        throw new NotUnderstood("other parameters than " + called);
      }
      List<Consumer<CodeBuilder>> steps = new ArrayList<>();
      if (creates) {
        steps.add(code -> code.new_(target.owner()).dup());
      }
      for (int i = 0; i < captures.size(); i++) {
        int index = i;
        ClassDesc type = captures.get(i);
        steps.add(code -> code.aload(0).getfield(lambda, field(index), type));
        steps.add(conversion(type, called.parameterType(i), type));
      }
      for (int i = 0; i < erased.parameterCount(); i++) {
        int index = i;
        ClassDesc type = erased.parameterType(i);
        steps.add(code -> code.loadLocal(TypeKind.from(type), code.parameterSlot(index)));
        steps.add(
            conversion(
                type, called.parameterType(captures.size() + i), instantiated.parameterType(i)));
      }
      steps.add(call(target));
      ClassDesc result = erased.returnType();
      if (result.equals(CD_void)) {
        steps.add(discard(called.returnType()));
      } else {
        steps.add(conversion(called.returnType(), result, result));
      }
      return code -> {
        steps.forEach(step -> step.accept(code));
        code.return_(TypeKind.from(result));
      };
    }

    private static Consumer<CodeBuilder> call(DirectMethodHandleDesc target) throws NotUnderstood {
      ClassDesc owner = target.owner();
      String method = target.methodName();
      MethodTypeDesc type = MethodTypeDesc.ofDescriptor(target.lookupDescriptor());
      return switch (target.kind()) {
        case STATIC -> code -> code.invokestatic(owner, method, type);
        case INTERFACE_STATIC -> code -> code.invokestatic(owner, method, type, true);
        // What is special is private here, and a nestmate calls that like any other.
        case VIRTUAL, SPECIAL -> code -> code.invokevirtual(owner, method, type);
        case INTERFACE_VIRTUAL, INTERFACE_SPECIAL ->
            code -> code.invokeinterface(owner, method, type);
        case CONSTRUCTOR -> code -> code.invokespecial(owner, INIT_NAME, type);
        default -> throw new NotUnderstood("a method handle of kind " + target.kind());
      };
    }

    private static Consumer<CodeBuilder> discard(ClassDesc type) {
      return switch (TypeKind.from(type).slotSize()) {
        case 0 -> _ -> {};
        case 1 -> CodeBuilder::pop;
        default -> CodeBuilder::pop2;
      };
    }

    /**
     * Converts a value on the stack.
     *
     * @param known what a reference is known to be, where that is more than its declared type says
     */
    private static Consumer<CodeBuilder> conversion(ClassDesc from, ClassDesc to, ClassDesc known)
        throws NotUnderstood {
      if (from.equals(CD_void) || to.equals(CD_void)) {
        throw new NotUnderstood("void as a value");
      }
      if (from.isPrimitive() && to.isPrimitive()) {
        return widening(from, to);
      }
      if (from.isPrimitive()) {
        ClassDesc unboxed = unboxed(to);
        ClassDesc primitive = unboxed == null ? from : unboxed;
        ClassDesc wrapper = WRAPPERS.get(primitive.descriptorString());
        return widening(from, primitive)
            .andThen(
                code ->
                    code.invokestatic(wrapper, "valueOf", MethodTypeDesc.of(wrapper, primitive)))
            .andThen(cast(wrapper, unboxed == null ? to : wrapper));
      }
      ClassDesc source = known.isPrimitive() ? from : known;
      Consumer<CodeBuilder> cast = cast(from, source);
      if (!to.isPrimitive()) {
        return cast.andThen(cast(source, to));
      }
      ClassDesc primitive = unboxed(source);
      if (primitive == null) {
        throw new NotUnderstood("unboxing of " + source);
      }
      return cast.andThen(
              code ->
                  code.invokevirtual(
                      source, primitive.displayName() + "Value", MethodTypeDesc.of(primitive)))
          .andThen(widening(primitive, to));
    }

    private static Consumer<CodeBuilder> cast(ClassDesc from, ClassDesc to) {
      return from.equals(to) || to.equals(CD_Object) ? _ -> {} : code -> code.checkcast(to);
    }

    private static Consumer<CodeBuilder> widening(ClassDesc from, ClassDesc to)
        throws NotUnderstood {
      if (from.equals(to)) {
        return _ -> {};
      }
      int first = WIDENING.indexOf((from.equals(CD_char) ? CD_int : from).descriptorString());
      int last = WIDENING.indexOf(to.descriptorString());
      if (first < 0 || last < first) {
        throw new NotUnderstood("conversion of " + from + " to " + to);
      }
      return code -> code.conversion(TypeKind.from(from), TypeKind.from(to));
    }

    private static ClassDesc unboxed(ClassDesc wrapper) {
      for (var entry : WRAPPERS.entrySet()) {
        if (entry.getValue().equals(wrapper)) {
          return ClassDesc.ofDescriptor(entry.getKey());
        }
      }
      return null;
    }
  }

  /** The code of pattern switches: from a value and an index to the first label that matches. */
  private static final class Switches {
    private Switches() {}

    /**
     * The code of a switch.
     *
     * @param names whether strings among the labels name constants of the value's enum
     */
    static Consumer<CodeBuilder> body(
        MethodTypeDesc site, List<LoadableConstantEntry> labels, boolean names)
        throws NotUnderstood {
      List<Test> tests = new ArrayList<>();
      for (LoadableConstantEntry label : labels) {
        tests.add(test(site, label, names));
      }
      return code -> {
        Label notNull = code.newLabel();
        Label none = code.newLabel();
        List<Label> starts = tests.stream().map(_ -> code.newLabel()).toList();
        code.aload(0).ifnonnull(notNull).iconst_m1().ireturn().labelBinding(notNull);
        if (tests.size() > 1) {
          List<SwitchCase> cases = new ArrayList<>();
          for (int i = 0; i < starts.size(); i++) {
            cases.add(SwitchCase.of(i, starts.get(i)));
          }
          code.iload(1).tableswitch(none, cases);
        } else {
          code.iload(1).ifne(none);
        }
        for (int i = 0; i < tests.size(); i++) {
          Label next = i + 1 < tests.size() ? starts.get(i + 1) : none;
          code.labelBinding(starts.get(i));
          tests.get(i).write(code, next);
          code.loadConstant(i).ireturn();
        }
        code.labelBinding(none).loadConstant(tests.size()).ireturn();
      };
    }

    private static Test test(MethodTypeDesc site, LoadableConstantEntry label, boolean names)
        throws NotUnderstood {
      if (label instanceof ClassEntry type) {
        ClassDesc symbol = type.asSymbol();
        return (code, next) -> code.aload(0).instanceOf(symbol).ifeq(next);
      }
      if (label instanceof IntegerEntry number) {
        return (code, next) -> number(code, number.intValue(), next);
      }
      if (label instanceof StringEntry text && names) {
        return (code, next) -> constant(code, site.parameterType(0), text.stringValue(), next);
      }
      if (label instanceof StringEntry text) {
        return (code, next) ->
            code.loadConstant(text.stringValue())
                .aload(0)
                .invokevirtual(CD_String, "equals", MethodTypeDesc.of(CD_boolean, CD_Object))
                .ifeq(next);
      }
      // A constant of an enum as a label among types: EnumDesc.of(ClassDesc.of(TYPE), NAME).
      if (label instanceof ConstantDynamicEntry dynamic
          && dynamic.asSymbol().bootstrapArgsList() instanceof List<ConstantDesc> arguments
          && arguments.size() == 3
          && arguments.get(0) instanceof DirectMethodHandleDesc factory
          && factory.owner().displayName().equals("Enum$EnumDesc")
          && arguments.get(1) instanceof DynamicConstantDesc<?> type
          && type.bootstrapArgsList().size() == 2
          && type.bootstrapArgsList().get(1) instanceof String typeName
          && arguments.get(2) instanceof String name) {
        return (code, next) -> constant(code, ClassDesc.of(typeName), name, next);
      }
      throw new NotUnderstood("the label " + label);
    }

    private static void constant(CodeBuilder code, ClassDesc type, String name, Label next) {
      code.aload(0).instanceOf(type).ifeq(next);
      code.getstatic(type, name, type).aload(0).if_acmpne(next);
    }

    /** A number or a character that equals a constant. */
    private static void number(CodeBuilder code, int constant, Label next) {
      ClassDesc character = WRAPPERS.get("C");
      Label number = code.newLabel();
      Label compare = code.newLabel();
      code.aload(0).instanceOf(character).ifeq(number).aload(0).checkcast(character);
      code.invokevirtual(character, "charValue", MethodTypeDesc.of(CD_char)).goto_(compare);
      code.labelBinding(number).aload(0).instanceOf(NUMBER).ifeq(next).aload(0).checkcast(NUMBER);
      code.invokevirtual(NUMBER, "intValue", MethodTypeDesc.of(CD_int));
      code.labelBinding(compare).loadConstant(constant).if_icmpne(next);
    }

    /** Goes on where the value in local variable 0 matches, and jumps where it does not. */
    private interface Test {
      void write(CodeBuilder code, Label otherwise);
    }
  }

  /** The code of the methods that every record has. */
  private static final class Records {
    private Records() {}

    static Consumer<CodeBuilder> body(
        String method, String simpleName, List<LoadableConstantEntry> arguments)
        throws NotUnderstood {
      if (arguments.size() < 2
          || !(arguments.get(0) instanceof ClassEntry type)
          || !(arguments.get(1) instanceof StringEntry)) {
        throw new NotUnderstood("the arguments of a record");
      }
      List<DirectMethodHandleDesc> fields = new ArrayList<>();
      for (LoadableConstantEntry argument : arguments.subList(2, arguments.size())) {
        if (!(argument instanceof MethodHandleEntry handle)
            || handle.asSymbol().kind() != DirectMethodHandleDesc.Kind.GETTER) {
          throw new NotUnderstood("the field " + argument);
        }
        fields.add(handle.asSymbol());
      }
      ClassDesc owner = type.asSymbol();
      return switch (method) {
        case "equals" -> code -> equals(code, owner, fields);
        case "hashCode" -> code -> hashCode(code, owner, fields);
        case "toString" -> code -> toString(code, owner, simpleName, fields);
        default -> throw new NotUnderstood("the method " + method + " of a record");
      };
    }

    private static ClassDesc type(DirectMethodHandleDesc field) {
      return field.invocationType().returnType();
    }

    private static void equals(
        CodeBuilder code, ClassDesc owner, List<DirectMethodHandleDesc> fields) {
      Label another = code.newLabel();
      Label different = code.newLabel();
      code.aload(0).aload(1).if_acmpne(another).iconst_1().ireturn().labelBinding(another);
      code.aload(1).instanceOf(owner).ifeq(different);
      for (DirectMethodHandleDesc field : fields) {
        ClassDesc type = type(field);
        code.aload(0).getfield(owner, field.methodName(), type);
        code.aload(1).checkcast(owner).getfield(owner, field.methodName(), type);
        switch (TypeKind.from(type)) {
          case REFERENCE ->
              code.invokestatic(
                      OBJECTS, "equals", MethodTypeDesc.of(CD_boolean, CD_Object, CD_Object))
                  .ifeq(different);
          case LONG -> code.lcmp().ifne(different);
          // By bits, as a record wants it: NaN equals itself, and the zeros differ.
          case FLOAT, DOUBLE ->
              code.invokestatic(
                      WRAPPERS.get(type.descriptorString()),
                      "compare",
                      MethodTypeDesc.of(CD_int, type, type))
                  .ifne(different);
          default -> code.if_icmpne(different);
        }
      }
      code.iconst_1().ireturn().labelBinding(different).iconst_0().ireturn();
    }

    private static void hashCode(
        CodeBuilder code, ClassDesc owner, List<DirectMethodHandleDesc> fields) {
      code.iconst_0();
      for (DirectMethodHandleDesc field : fields) {
        ClassDesc type = type(field);
        code.loadConstant(31).imul();
        code.aload(0).getfield(owner, field.methodName(), type);
        ClassDesc hasher = type.isPrimitive() ? WRAPPERS.get(type.descriptorString()) : OBJECTS;
        ClassDesc argument = type.isPrimitive() ? type : CD_Object;
        code.invokestatic(hasher, "hashCode", MethodTypeDesc.of(CD_int, argument)).iadd();
      }
      code.ireturn();
    }

    private static void toString(
        CodeBuilder code, ClassDesc owner, String simpleName, List<DirectMethodHandleDesc> fields) {
      code.new_(BUILDER).dup().invokespecial(BUILDER, INIT_NAME, MTD_void);
      String before = simpleName + "[";
      for (DirectMethodHandleDesc field : fields) {
        ClassDesc type = type(field);
        ClassDesc appended =
            switch (TypeKind.from(type)) {
              case REFERENCE -> CD_Object;
              case BYTE, SHORT -> CD_int;
              default -> type;
            };
        append(code.loadConstant(before + field.methodName() + "="), CD_String);
        append(code.aload(0).getfield(owner, field.methodName(), type), appended);
        before = ", ";
      }
      append(code.loadConstant(fields.isEmpty() ? before + "]" : "]"), CD_String);
      code.invokevirtual(BUILDER, "toString", MethodTypeDesc.of(CD_String)).areturn();
    }

    private static void append(CodeBuilder code, ClassDesc type) {
      code.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, type));
    }
  }

  /** The class files that stack maps are computed with. */
  private static final class Library implements AutoCloseable {
    private final List<Path> folders = new ArrayList<>();
    private final List<ZipFile> jars = new ArrayList<>();

    Library(String classPath) throws IOException {
      for (String part : classPath.split(File.pathSeparator, -1)) {
        if (part.isEmpty()) {
          continue;
        }
        if (Files.isDirectory(Path.of(part))) {
          folders.add(Path.of(part));
        } else if (Files.isRegularFile(Path.of(part))) {
          jars.add(new ZipFile(part));
        }
      }
    }

    InputStream open(ClassDesc type) {
      String descriptor = type.descriptorString();
      String file = descriptor.substring(1, descriptor.length() - 1) + ".class";
      try {
        for (Path folder : folders) {
          if (Files.exists(folder.resolve(file))) {
            return new ByteArrayInputStream(Files.readAllBytes(folder.resolve(file)));
          }
        }
        for (ZipFile jar : jars) {
          ZipEntry entry = jar.getEntry(file);
          if (entry != null) {
            return jar.getInputStream(entry);
          }
        }
        return null;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }

    @Override
    public void close() throws IOException {
      for (ZipFile jar : jars) {
        jar.close();
      }
    }
  }

  /** Says why a call site stays as it is. */
  private static final class NotUnderstood extends Exception {
    private static final long serialVersionUID = 1L;

    NotUnderstood(String what) {
      super(what);
    }
  }
}
