package dev.starling.kube.yaml;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.json.JsonBoolean;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads and writes YAML 1.2 as the JSON tree. Aliases and sizes are bounded against hostile documents. */
public final class Yaml {
    private static final int MOST_NODES = 2_000_000;

    private Yaml() {
    }

    /** A text that is not YAML, with the line (from 1) where that shows. */
    public static final class YamlException extends RuntimeException {
        private final int line;

        YamlException(String message, int line) {
            super(message);
            this.line = line;
        }

        public int line() {
            return line;
        }
    }

    /** All documents of a text; empty documents are left out. */
    public static List<Json> documents(String text) {
        var settings = LoadSettings.builder().setAllowDuplicateKeys(false).setMaxAliasesForCollections(50)
                .setCodePointLimit(64 << 20).setLabel("yaml").build();
        var documents = new ArrayList<Json>();
        try {
            for (Object document : new Load(settings).loadAllFromString(text)) {
                var json = new Reading().json(document);
                if (!json.isNull()) {
                    documents.add(json);
                }
            }
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new YamlException("yaml: line " + line + ": " + e.getProblem(), line);
        } catch (YamlEngineException e) {
            throw new YamlException("yaml: " + e.getMessage(), 0);
        }
        return documents;
    }

    /** One value as a block of YAML, as kubectl prints it: two spaces a level. */
    public static String write(Json value) {
        var settings = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setIndent(2)
                .setIndicatorIndent(0).setSplitLines(false).build();
        return new Dump(settings).dumpToString(plain(value));
    }

    private static Object plain(Json value) {
        return switch (value) {
            case JsonObject object -> {
                var map = new LinkedHashMap<String, Object>();
                object.forEach((name, field) -> map.put(name, plain(field)));
                yield map;
            }
            case JsonArray array -> array.stream().map(Yaml::plain).toList();
            case JsonString(var text) -> text;
            case JsonLong(var number) -> number;
            case JsonDouble(var number) -> number;
            case JsonBoolean flag -> flag.flag();
            case JsonNull none -> java.util.Optional.empty();
        };
    }

    /** Turns what the library read into the tree, and counts, since aliases can make a small text a huge tree. */
    private static final class Reading {
        private int nodes;
        private final Map<Object, Boolean> open = new IdentityHashMap<>();

        Json json(Object value) {
            if (++nodes > MOST_NODES) {
                throw new YamlException("yaml: document is too large once its aliases are expanded", 0);
            }
            return switch (value) {
                case null -> JsonNull.NULL;
                case Map<?, ?> map -> nested(map, () -> object(map));
                case Iterable<?> list -> nested(list, () -> array(list));
                case BigInteger big -> new JsonDouble(big.doubleValue());
                case Integer number -> new JsonLong(number);
                case Long number -> new JsonLong(number);
                case Double number when !Double.isFinite(number) -> new JsonString(number.toString());
                case Double number -> new JsonDouble(number);
                case Boolean flag -> JsonBoolean.of(flag);
                default -> new JsonString(value.toString());
            };
        }

        private Json nested(Object collection, java.util.function.Supplier<Json> read) {
            if (open.put(collection, true) != null || open.size() > 500) {
                throw new YamlException("yaml: an alias contains itself, or nesting is too deep", 0);
            }
            var json = read.get();
            open.remove(collection);
            return json;
        }

        private Json object(Map<?, ?> map) {
            var builder = JsonObject.builder();
            map.forEach((key, value) -> builder.put(String.valueOf(key), json(value)));
            return builder.build();
        }

        private Json array(Iterable<?> list) {
            var values = new ArrayList<Json>();
            list.forEach(value -> values.add(json(value)));
            return JsonArray.of(values);
        }
    }
}
