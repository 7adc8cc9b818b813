package dev.starling.apiserver.custom;

import dev.starling.apiserver.table.Column;
import dev.starling.apiserver.table.Layout;
import dev.starling.apiserver.table.PathLayout;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** The columns of a custom kind: those of its definition, else its age. */
final class CustomColumns {
    private static final List<JsonObject> AGE = List.of(JsonObject.of("name", "Age", "type", "date",
            "jsonPath", ".metadata.creationTimestamp"));

    private CustomColumns() {
    }

    static Layout layout(List<JsonObject> written) {
        return PathLayout.of((written.isEmpty() ? AGE : written).stream().map(CustomColumns::column).toList());
    }

    private static PathLayout.PathColumn column(JsonObject written) {
        String path = written.text("jsonPath");
        String description = written.text("description");
        return new PathLayout.PathColumn(new Column(written.text("name"), written.text("type"),
                written.text("format"), (int) written.at("priority").number(0), description.isEmpty()
                ? "Custom resource definition column (in JSONPath format): " + path : description), path);
    }
}
