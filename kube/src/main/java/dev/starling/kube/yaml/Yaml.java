package dev.starling.kube.yaml;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.json.JsonBoolean;
import java.util.LinkedHashMap;
import java.util.List;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads and writes YAML 1.2 as the JSON tree. Aliases and sizes are bounded against hostile documents. */
public final class Yaml {
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
        try {
            return new YamlReading(text).documents();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new YamlException("yaml: line " + line + ": " + e.getProblem(), line);
        } catch (YamlEngineException e) {
            throw new YamlException("yaml: " + e.getMessage(), 0);
        }
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
}
