package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One node of a structural schema. A node may refer to a definition: then the shape (type, fields, elements) is the
 * definition's, found when it is first asked for, and the facts of the place (default, merge key, list type) are
 * the node's own. Immutable and thread-safe; two threads may find the same definition at once.
 */
public final class Schema {
    private static final Map<String, Type> TYPES = Map.of("object", Type.OBJECT, "array", Type.ARRAY,
            "string", Type.STRING, "integer", Type.INTEGER, "number", Type.NUMBER, "boolean", Type.BOOLEAN);

    private static final List<String> JUNCTORS = List.of("allOf", "anyOf", "oneOf", "not");

    private final JsonObject json;
    private final Function<String, Schema> definitions;
    private volatile Optional<Shape> shape = Optional.empty();

    /** What a value may be. {@code ANY} allows all; the two mixed forms stand for upstream's own types. */
    public enum Type { OBJECT, ARRAY, STRING, INTEGER, NUMBER, BOOLEAN, INT_OR_STRING, QUANTITY, ANY }

    private record Shape(Type type, Map<String, Schema> properties, Optional<Schema> items,
            Optional<Schema> additional, List<String> required, Map<String, List<Schema>> alternatives) {}

    private Schema(JsonObject json, Function<String, Schema> definitions) {
        this.json = json;
        this.definitions = definitions;
    }

    /** A schema in OpenAPI form; {@code definitions} finds what a {@code $ref} names. */
    public static Schema of(JsonObject json, Function<String, Schema> definitions) {
        return new Schema(json, definitions);
    }

    /** The node as it was written. */
    public JsonObject json() {
        return json;
    }

    /** The name of the definition that gives this node its shape. */
    public Optional<String> reference() {
        return json.find("$ref").map(Json::text);
    }

    private Schema definition() {
        return reference().map(definitions).orElse(this);
    }

    private Shape shape() {
        return shape.orElseGet(() -> {
            Shape made = reference().isPresent() ? definition().shape() : parsed();
            shape = Optional.of(made);
            return made;
        });
    }

    private Shape parsed() {
        Map<String, Schema> properties = new LinkedHashMap<>();
        json.object("properties").forEach((name, node) -> properties.put(name, of(node.object(), definitions)));
        Optional<Schema> items = json.find("items").map(node -> of(node.object(), definitions));
        Optional<Schema> additional = json.find("additionalProperties")
                .filter(JsonObject.class::isInstance).map(node -> of(node.object(), definitions));
        return new Shape(typeOf(), Collections.unmodifiableMap(properties), items, additional,
                json.array("required").texts(), furtherSchemas());
    }

    /** What stands beside the structure: {@code allOf}, {@code anyOf}, {@code oneOf}, {@code not}. */
    private Map<String, List<Schema>> furtherSchemas() {
        Map<String, List<Schema>> alternatives = new LinkedHashMap<>();
        for (String name : JUNCTORS) {
            List<Json> nodes = name.equals("not") ? json.find(name).stream().toList() : json.array(name).values();
            if (!nodes.isEmpty()) {
                alternatives.put(name, nodes.stream().map(node -> of(node.object(), definitions)).toList());
            }
        }
        return Collections.unmodifiableMap(alternatives);
    }

    private Type typeOf() {
        String format = json.text("format");
        if (format.equals("int-or-string") || json.flag("x-kubernetes-int-or-string")) {
            return Type.INT_OR_STRING;
        }
        if (format.equals("quantity")) {
            return Type.QUANTITY;
        }
        return TYPES.getOrDefault(json.text("type"), Type.ANY);
    }

    public Type type() {
        return shape().type();
    }

    /** {@code int32}, {@code date-time}, {@code byte}, …, or empty. */
    public String format() {
        return definition().json.text("format");
    }

    /** The named fields, in order; empty for maps and free-form objects. */
    public Map<String, Schema> properties() {
        return shape().properties();
    }

    public Optional<Schema> property(String name) {
        return Optional.ofNullable(properties().get(name));
    }

    /** The schema of every value of a map. */
    public Optional<Schema> additional() {
        return shape().additional();
    }

    public Optional<Schema> items() {
        return shape().items();
    }

    public List<String> required() {
        return shape().required();
    }

    /** Whether fields that the schema does not name are kept and allowed. */
    public boolean preservesUnknown() {
        JsonObject shaped = definition().json;
        return json.flag("x-kubernetes-preserve-unknown-fields")
                || shaped.flag("x-kubernetes-preserve-unknown-fields") || shaped.flag("additionalProperties");
    }

    public boolean nullable() {
        return json.flag("nullable");
    }

    public Optional<Json> defaultValue() {
        return json.find("default");
    }

    /** Whether only some values are allowed. */
    boolean enumerates() {
        return json.has("enum");
    }

    public List<String> enumValues() {
        return json.array("enum").texts();
    }

    /** The only values that are allowed, of whatever type; empty where all are. */
    public List<Json> enumeration() {
        return json.array("enum").values();
    }

    /** The further schemas of {@code allOf}, {@code anyOf}, {@code oneOf}, {@code not} by these names. */
    public Map<String, List<Schema>> alternatives() {
        return shape().alternatives();
    }

    /** Whether a whole object of any kind stands here, with apiVersion, kind and metadata of its own. */
    public boolean embedsObject() {
        return json.flag("x-kubernetes-embedded-resource");
    }

    /** The rules in CEL of this node, as they were written. */
    public List<JsonObject> rules() {
        return json.array("x-kubernetes-validations").objects();
    }

    /** Whether zero and false stand for "absent" here, as upstream's type leaves them out. */
    public boolean omitsZero() {
        return json.flag("x-starling-omits-zero");
    }

    /** The name of the Go type of a scalar, where upstream's decoder shows one: {@code v1.RestartPolicy}. */
    public String typeName() {
        return json.text("x-starling-type");
    }

    public String pattern() {
        return json.text("pattern");
    }

    /** A limit that may be a fraction: {@code minimum}, {@code maximum}, {@code multipleOf}. */
    public Optional<Json> bound(String name) {
        return json.find(name);
    }

    /** A limit such as {@code minimum}, {@code maxLength} or {@code minItems}. */
    public OptionalLong limit(String name) {
        return json.has(name) ? OptionalLong.of(json.at(name).number(0)) : OptionalLong.empty();
    }

    /** {@code atomic}, {@code set}, {@code map}, or empty where nothing was said. */
    public String listType() {
        return json.text("x-kubernetes-list-type");
    }

    public List<String> listMapKeys() {
        return json.array("x-kubernetes-list-map-keys").texts();
    }

    /** {@code atomic} for maps and objects that a patch by apply replaces whole. */
    public String mapType() {
        String own = json.text("x-kubernetes-map-type");
        return own.isEmpty() ? definition().json.text("x-kubernetes-map-type") : own;
    }

    /** {@code merge} or {@code replace}; and {@code retainKeys} beside it where only one field of a set is kept. */
    public List<String> patchStrategies() {
        String strategies = json.text("x-kubernetes-patch-strategy");
        return strategies.isEmpty() ? List.of() : Arrays.asList(strategies.split(","));
    }

    /** The field by which a strategic merge patch finds the element of a list; empty for lists of scalars. */
    public String patchMergeKey() {
        return json.text("x-kubernetes-patch-merge-key");
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
