package dev.starling.apiserver.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.runtime.CelEvaluationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The variables that expressions may name, and their types. A name with dots, such as {@code variables.limit}, is a
 * variable of its own. Making one costs some milliseconds, the first in a process more. Immutable and thread-safe.
 */
public final class Environment {
    /** The first words of what the parser says. */
    private static final Pattern SYNTAX = Pattern.compile("(ERROR: [^\\n]*?:\\d+:\\d+: )(token recognition error"
            + "|extraneous input|mismatched input|missing |no viable alternative)");

    private final Map<String, ValueType> variables;
    private final CelCompiler compiler;
    private final boolean builds;

    private Environment(Map<String, ValueType> variables, CelCompiler compiler, boolean builds) {
        this.variables = variables;
        this.compiler = compiler;
        this.builds = builds;
    }

    public static Environment of(Map<String, ValueType> variables) {
        var copy = Map.copyOf(variables);
        Map<String, StructType> structs = new LinkedHashMap<>();
        copy.values().stream().flatMap(type -> type.objects().stream())
                .forEach(object -> structs.putIfAbsent(object.name(), struct(object)));
        var builder = Library.compiler().toCompilerBuilder().setTypeProvider(new ObjectTypes(structs));
        copy.forEach((name, type) -> builder.addVar(name, CelTypes.of(type)));
        return new Environment(copy, builder.build(), false);
    }

    private static StructType struct(ValueType object) {
        return StructType.create(object.name(), ImmutableSet.copyOf(object.fields().keySet()), name ->
                Optional.ofNullable(object.fields().get(name)).map(field -> CelTypes.of(field.type())));
    }

    /** Finds the types of objects by their names. */
    private record ObjectTypes(Map<String, StructType> structs) implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.copyOf(structs.values());
        }

        @Override
        public Optional<CelType> findType(String name) {
            return Optional.ofNullable(structs.get(name));
        }
    }

    public Map<String, ValueType> variables() {
        return variables;
    }

    /** This environment with one more variable, or another type for it. */
    public Environment with(String name, ValueType type) {
        Map<String, ValueType> more = new LinkedHashMap<>(variables);
        more.put(name, type);
        var made = of(more);
        return builds ? made.building() : made;
    }

    /** This environment, in which expressions may also build {@code Object{…}} and {@code JSONPatch{…}}. */
    public Environment building() {
        return new Environment(variables, compiler, true);
    }

    /**
     * Compiles an expression.
     *
     * @param results of which form its value must be; none allows all
     * @throws CompilationException in the words of Kubernetes, if it is malformed, names what is not declared, mixes
     *     types, or gives another form
     */
    public Expression compile(String text, Set<ValueType.Form> results) {
        var ast = checked(text);
        var form = CelTypes.form(ast.getResultType());
        if (!results.isEmpty() && form != ValueType.Form.DYN && !results.contains(form)) {
            List<String> names = new ArrayList<>();
            results.stream().sorted().forEach(each -> names.add(each.name().toLowerCase(java.util.Locale.ROOT)));
            throw new CompilationException("must evaluate to " + String.join(" or ", names));
        }
        try {
            return new Expression(new Expression.Compiled(text, ast, Library.runtime().createProgram(ast)), variables);
        } catch (CelEvaluationException e) {
            throw new CompilationException("program instantiation failed: " + e.getMessage());
        }
    }

    private CelAbstractSyntaxTree checked(String text) {
        try {
            var parsed = compiler.parse(text).getAst();
            return compiler.check(builds ? Construction.rewritten(parsed) : parsed).getAst();
        } catch (CelValidationException e) {
            throw new CompilationException("compilation failed: " + told(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            throw new CompilationException("compilation failed: expression nests too deeply");
        }
    }

    /** What the parser finds is told apart from what the check of types finds, as clients know it. */
    private static String told(String errors) {
        return SYNTAX.matcher(errors).replaceAll("$1Syntax error: $2");
    }
}
