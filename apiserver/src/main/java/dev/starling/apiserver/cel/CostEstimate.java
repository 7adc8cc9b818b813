package dev.starling.apiserver.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an expression costs at most, by the largest values that its variables may have. Numbers that would overflow
 * stay at the largest. Used once.
 */
final class CostEstimate {
    /** Nobody can bound the keys of a map, so that they count as short. */
    private static final ValueType KEY = sized(ValueType.STRING, 32);
    private static final long MOST = Long.MAX_VALUE / 4;

    private final CelAbstractSyntaxTree tree;
    private final Map<String, ValueType> variables;
    private final Map<Long, Long> sizes = new HashMap<>();

    CostEstimate(CelAbstractSyntaxTree tree, Map<String, ValueType> variables) {
        this.tree = tree;
        this.variables = new HashMap<>(variables);
    }

    /** What a node costs, and of which type its value is. */
    private record Part(long cost, ValueType type) {
    }

    long cost() {
        return part(tree.getExpr()).cost();
    }

    private static long plus(long a, long b) {
        return Math.min(MOST, a + b);
    }

    private static long times(long a, long b) {
        return a != 0 && b > MOST / a ? MOST : a * b;
    }

    private Part part(CelExpr node) {
        var part = switch (node.exprKind().getKind()) {
            case CONSTANT -> new Part(0, constant(node.constant()));
            case IDENT -> new Part(1, variables.getOrDefault(node.ident().name(), known(node)));
            case SELECT -> select(node);
            case CALL -> call(node);
            case LIST -> list(node);
            case MAP -> map(node);
            case STRUCT -> struct(node);
            case COMPREHENSION -> comprehension(node);
            case NOT_SET -> new Part(0, ValueType.DYN);
        };
        sizes.put(node.id(), size(part.type()));
        return part;
    }

    private static long size(ValueType type) {
        return switch (type.form()) {
            case BOOL, INT, DOUBLE, TIMESTAMP, DURATION, AUTHORIZER, RESOURCE_CHECK -> 1;
            case DYN, STRING, BYTES, LIST, MAP, OBJECT, OPTIONAL -> type.longest();
        };
    }

    private ValueType known(CelExpr node) {
        Optional<CelType> type = tree.getType(node.id());
        return type.map(CelTypes::value).orElse(ValueType.DYN);
    }

    private static ValueType constant(CelConstant constant) {
        long longest = constant.getKind() == CelConstant.Kind.STRING_VALUE ? constant.stringValue().length() : 1;
        return sized(ValueType.STRING, longest);
    }

    private static ValueType sized(ValueType type, long longest) {
        return new ValueType(type.form(), type.name(), type.fields(), type.element(), longest, type.least());
    }

    private Part select(CelExpr node) {
        var reference = tree.getReference(node.id());
        if (reference.isPresent() && variables.containsKey(reference.get().name())) {
            return new Part(1, variables.get(reference.get().name()));
        }
        var operand = part(node.select().operand());
        var field = operand.type().fields().get(node.select().field());
        var type = field != null ? field.type() : operand.type().element().orElseGet(() -> known(node));
        return new Part(plus(1, operand.cost()), node.select().testOnly() ? ValueType.BOOL : type);
    }

    private Part call(CelExpr node) {
        var call = node.call();
        long cost = 1;
        Optional<Part> target = call.target().map(this::part);
        cost = plus(cost, target.map(Part::cost).orElse(0L));
        ValueType first = ValueType.DYN;
        long sum = target.map(part -> size(part.type())).orElse(0L);
        for (int i = 0; i < call.args().size(); i++) {
            var part = part(call.args().get(i));
            cost = plus(cost, part.cost());
            first = i == 0 ? part.type() : first;
            sum = plus(sum, size(part.type()));
        }
        cost = plus(cost, Costs.ofCall(call, argument -> sizes.getOrDefault(argument.id(), 1L)));
        boolean indexes = call.function().equals("_[_]") || call.function().equals("_[?_]");
        var type = indexes ? first.element().orElseGet(() -> known(node)) : known(node);
        return new Part(cost, indexes ? type : sized(type, Math.min(sum, Math.max(1, size(type)))));
    }

    private Part list(CelExpr node) {
        long cost = 1 + Costs.NEW_LIST;
        for (CelExpr element : node.list().elements()) {
            cost = plus(cost, part(element).cost());
        }
        return new Part(cost, sized(known(node), node.list().elements().size()));
    }

    private Part map(CelExpr node) {
        long cost = 1 + Costs.NEW_MAP;
        for (var entry : node.map().entries()) {
            cost = plus(cost, plus(part(entry.key()).cost(), part(entry.value()).cost()));
        }
        return new Part(cost, sized(known(node), node.map().entries().size()));
    }

    private Part struct(CelExpr node) {
        long cost = 1 + Costs.NEW_MAP;
        for (var entry : node.struct().entries()) {
            cost = plus(cost, part(entry.value()).cost());
        }
        return new Part(cost, ValueType.DYN);
    }

    private Part comprehension(CelExpr node) {
        var loop = node.comprehension();
        var range = part(loop.iterRange());
        var start = part(loop.accuInit());
        long times = size(range.type());
        ValueType element = range.type().form() == ValueType.Form.LIST
                ? range.type().element().orElse(ValueType.DYN) : KEY;
        variables.put(loop.iterVar(), element);
        variables.put(loop.accuVar(), sized(start.type(), Math.max(1, times)));
        long step = plus(part(loop.loopCondition()).cost(), part(loop.loopStep()).cost());
        var result = part(loop.result());
        variables.remove(loop.iterVar());
        variables.remove(loop.accuVar());
        long cost = plus(plus(range.cost(), start.cost()), plus(times(times, step), result.cost()));
        return new Part(plus(cost, 1), sized(known(node), Math.max(1, times)));
    }
}
