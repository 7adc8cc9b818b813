package dev.starling.apiserver.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableMap;
import dev.cel.common.ast.CelMutableExpr.CelMutableStruct;
import dev.cel.common.navigation.CelNavigableMutableExpr;
import dev.cel.common.navigation.TraversalOrder;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How expressions build parts of objects, {@code Object.spec{replicas: 3}}, and {@code JSONPatch{op: "remove", …}}.
 * These types have no declared fields, so that the library need not know them: before the check each becomes a call
 * with the type's name and a map of the fields. Pure functions.
 */
final class Construction {
    private static final String ROOT = "Object";
    private static final String OPERATION = "JSONPatch";
    private static final String FUNCTION = "@built";
    private static final Set<String> OPERATION_FIELDS = Set.of("op", "path", "from", "value");

    private Construction() {
    }

    /** A part of an object, which knows for which place it was built. */
    private static final class Built extends AbstractMap<String, Object> {
        private final String type;
        private final Map<String, Object> fields;

        Built(String type, Map<?, ?> fields) {
            this.type = type;
            this.fields = new LinkedHashMap<>();
            fields.forEach((name, value) -> this.fields.put(FieldNames.plain(String.valueOf(name)), value));
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return fields.entrySet();
        }
    }

    static void addTo(Functions functions) {
        functions.global(FUNCTION, new Functions.Form("starling_built", SimpleType.DYN, SimpleType.STRING,
                        MapType.create(SimpleType.STRING, SimpleType.DYN)),
                arguments -> new Built((String) arguments[0], (Map<?, ?>) arguments[1]))
                .global("jsonpatch.escapeKey", new Functions.Form("jsonpatch_escape_key", SimpleType.STRING,
                        SimpleType.STRING), arguments -> ((String) arguments[0]).replace("~", "~0")
                        .replace("/", "~1"));
    }

    /** @throws CompilationException if an operation of a patch has a field that there is none of */
    static CelAbstractSyntaxTree rewritten(CelAbstractSyntaxTree parsed) {
        var tree = CelMutableAst.fromCelAst(parsed);
        var nodes = CelNavigableMutableExpr.fromExpr(tree.expr()).allNodes(TraversalOrder.POST_ORDER).toList();
        var ids = new AtomicLong(nodes.stream().mapToLong(CelNavigableMutableExpr::maxId).max().orElse(0));
        nodes.stream().map(CelNavigableMutableExpr::expr).filter(node -> node.getKind() == Kind.STRUCT
                && isKnown(node.struct().messageName())).forEach(node -> rewrite(node, ids));
        return tree.toParsedAst(true);
    }

    private static boolean isKnown(String type) {
        return type.equals(ROOT) || type.startsWith(ROOT + ".") || type.equals(OPERATION);
    }

    private static void rewrite(CelMutableExpr node, AtomicLong ids) {
        CelMutableStruct struct = node.struct();
        List<CelMutableMap.Entry> entries = new ArrayList<>();
        for (var entry : struct.entries()) {
            if (struct.messageName().equals(OPERATION) && !OPERATION_FIELDS.contains(entry.fieldKey())) {
                throw new CompilationException("compilation failed: undefined field '" + entry.fieldKey() + "'");
            }
            entries.add(CelMutableMap.Entry.create(entry.id(), text(entry.fieldKey(), ids), entry.value(),
                    entry.optionalEntry()));
        }
        var fields = CelMutableExpr.ofMap(ids.incrementAndGet(), CelMutableMap.create(entries));
        node.setCall(CelMutableCall.create(FUNCTION, text(struct.messageName(), ids), fields));
    }

    private static CelMutableExpr text(String text, AtomicLong ids) {
        return CelMutableExpr.ofConstant(ids.incrementAndGet(), CelConstant.ofValue(text));
    }

    /** @throws EvaluationException if it is no whole object whose parts stand where their types belong */
    static JsonObject object(Object value) {
        if (!(value instanceof Built built) || !built.type.equals(ROOT)) {
            throw new EvaluationException("expected an Object, but got " + Values.json(value), false);
        }
        check(built, ROOT);
        return Values.json(built).object();
    }

    /** @throws EvaluationException if it is no list of operations */
    static JsonArray operations(Object value) {
        if (!(value instanceof List<?> list)) {
            throw new EvaluationException("type mismatch: expression should evaluate to array of JSONPatch", false);
        }
        List<Json> operations = new ArrayList<>();
        for (Object each : list) {
            if (!(each instanceof Built built) || !built.type.equals(OPERATION)) {
                throw new EvaluationException("type mismatch: expression should evaluate to array of JSONPatch, got "
                        + "element " + Values.json(each), false);
            }
            if (built.fields.get("value") instanceof Built part) {
                check(part, part.type);
            }
            operations.add(Values.json(built));
        }
        return JsonArray.of(operations);
    }

    private static void check(Object value, String place) {
        switch (value) {
            case Built built when !built.type.equals(place) -> throw new EvaluationException("type mismatch: "
                    + "unexpected type name \"" + built.type + "\", expected \"" + place + "\", which matches field "
                    + "name path from root Object type", false);
            case Built built -> built.fields.forEach((name, field) -> check(field, place + "." + name));
            case List<?> list -> list.forEach(element -> check(element, place));
            case Map<?, ?> map -> map.values().forEach(element -> check(element, place));
            default -> { }
        }
    }
}
