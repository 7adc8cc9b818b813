package dev.starling.apiserver.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects functions, each with its declaration and its body. Used by one thread. */
final class Functions {
    private final Map<String, List<CelOverloadDecl>> declarations = new LinkedHashMap<>();
    private final Map<String, List<CelFunctionBinding>> bindings = new LinkedHashMap<>();
    private final Map<String, Class<?>> classes = new LinkedHashMap<>();

    /** What a function does with its arguments, the target first. */
    @FunctionalInterface
    interface Body {
        Object of(Object[] arguments);
    }

    /** An overload: its own name, the type of its value, and the types of its arguments, the target first. */
    record Form(String id, CelType result, List<CelType> arguments) {
        Form(String id, CelType result, CelType... arguments) {
            this(id, result, List.of(arguments));
        }
    }

    /** Tells of which class the values of an opaque type are. */
    Functions values(CelType type, Class<?> shape) {
        classes.put(type.name(), shape);
        return this;
    }

    /** {@code target.name(arguments)}. */
    Functions member(String name, Form form, Body body) {
        return add(name, CelOverloadDecl.newMemberOverload(form.id(), form.result(), form.arguments()), form, body);
    }

    /** {@code name(arguments)}. */
    Functions global(String name, Form form, Body body) {
        return add(name, CelOverloadDecl.newGlobalOverload(form.id(), form.result(), form.arguments()), form, body);
    }

    private Functions add(String name, CelOverloadDecl declaration, Form form, Body body) {
        declarations.computeIfAbsent(name, n -> new ArrayList<>()).add(declaration);
        List<Class<?>> shapes = new ArrayList<>();
        form.arguments().forEach(type -> shapes.add(shape(type)));
        bindings.computeIfAbsent(name, n -> new ArrayList<>())
                .add(CelFunctionBinding.from(form.id(), shapes, arguments -> called(body, arguments)));
        return this;
    }

    private static Object called(Body body, Object[] arguments) throws CelEvaluationException {
        try {
            return body.of(arguments);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CelEvaluationException(String.valueOf(e.getMessage()), e);
        }
    }

    private Class<?> shape(CelType type) {
        return switch (type.kind()) {
            case BOOL -> Boolean.class;
            case INT -> Long.class;
            case DOUBLE -> Double.class;
            case STRING -> String.class;
            case LIST -> List.class;
            case MAP -> Map.class;
            case OPAQUE -> classes.getOrDefault(type.name(), Object.class);
            default -> Object.class;
        };
    }

    List<CelFunctionDecl> declared() {
        return declarations.entrySet().stream()
                .map(entry -> CelFunctionDecl.newFunctionDeclaration(entry.getKey(), entry.getValue())).toList();
    }

    List<CelFunctionBinding> bound() {
        return bindings.entrySet().stream().flatMap(entry ->
                CelFunctionBinding.fromOverloads(entry.getKey(), entry.getValue()).stream()).toList();
    }
}
