package dev.starling.apiserver.cel;

import dev.cel.common.ast.CelExpr;
import java.util.Set;
import java.util.function.ToLongFunction;

/** What the steps of an expression cost, estimated and counted in the same way. Pure functions. */
final class Costs {
    static final long NEW_LIST = 9;
    static final long NEW_MAP = 29;
    private static final Set<String> FREE = Set.of("_&&_", "_||_", "!_", "_?_:_", "_[_]", "size", "@not_strictly_false",
            "_?._", "dyn", "type", "duration", "timestamp", "int", "uint", "double", "bool");
    private static final double PER_CHARACTER = 0.1;
    private static final double PER_PATTERN = 0.25;

    private Costs() {
    }

    /** What a call costs beside the step itself, by the sizes of its arguments. */
    static long ofCall(CelExpr.CelCall call, ToLongFunction<CelExpr> sizes) {
        if (FREE.contains(call.function())) {
            return 0;
        }
        double target = call.target().map(sizes::applyAsLong).orElse(0L);
        double arguments = 0;
        double first = 0;
        for (int i = 0; i < call.args().size(); i++) {
            long size = sizes.applyAsLong(call.args().get(i));
            arguments += size;
            first = i == 0 ? size : first;
        }
        return (long) Math.ceil(switch (call.function()) {
            case "@in", "in" -> arguments;
            case "matches", "find", "findAll" -> (target * PER_CHARACTER + 1)
                    * Math.max(1, (call.target().isPresent() ? first : arguments) * PER_PATTERN);
            case "contains" -> (target * PER_CHARACTER + 1) * Math.max(1, first * PER_CHARACTER);
            case "sets.contains", "sets.intersects", "sets.equivalent" -> product(call, sizes);
            case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_" -> Math.min(first, arguments - first) * PER_CHARACTER;
            case "startsWith", "endsWith" -> first * PER_CHARACTER;
            default -> (target + arguments) * PER_CHARACTER;
        });
    }

    private static double product(CelExpr.CelCall call, ToLongFunction<CelExpr> sizes) {
        double product = 1;
        for (CelExpr argument : call.args()) {
            product *= Math.max(1, sizes.applyAsLong(argument));
        }
        return product;
    }
}
