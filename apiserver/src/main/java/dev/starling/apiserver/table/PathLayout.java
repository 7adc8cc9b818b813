package dev.starling.apiserver.table;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A layout whose cells are found by paths: the columns of custom kinds. */
public final class PathLayout {
    private PathLayout() {
    }

    /** A column and the path of its cells. */
    public record PathColumn(Column column, String path) {
    }

    /** The name, and then these columns. A cell for which there is no value, or one of another type, is null. */
    public static Layout of(List<PathColumn> columns) {
        var all = Stream.concat(Stream.of(Column.objectName()), columns.stream().map(PathColumn::column)).toList();
        var paths = columns.stream().map(column -> JsonPath.parse(column.path())).toList();
        return Layout.of(all, (object, now) -> {
            List<Object> cells = new ArrayList<>();
            cells.add(object.name());
            for (int i = 0; i < paths.size(); i++) {
                cells.add(cell(all.get(i + 1).type(), paths.get(i), object, now));
            }
            return cells;
        });
    }

    private static Json cell(String type, JsonPath path, KubeObject object, Instant now) {
        var found = path.find(object.tree());
        if (found.isEmpty() || found.getFirst().isNull()) {
            return JsonNull.NULL;
        }
        Json value = found.getFirst();
        return switch (type) {
            case "string" -> new JsonString(JsonPath.shown(value));
            case "integer" -> value instanceof JsonLong || value instanceof JsonDouble
                    ? new JsonLong(value.number(0)) : JsonNull.NULL;
            case "number" -> value instanceof JsonLong || value instanceof JsonDouble ? value : JsonNull.NULL;
            case "boolean" -> value instanceof JsonBoolean ? value : JsonNull.NULL;
            case "date" -> new JsonString(Times.parse(value.text())
                    .map(time -> Cell.since(java.util.Optional.of(time), now)).orElse("<invalid>"));
            default -> JsonNull.NULL;
        };
    }
}
