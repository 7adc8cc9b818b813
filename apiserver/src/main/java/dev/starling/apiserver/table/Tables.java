package dev.starling.apiserver.table;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes {@code meta.k8s.io} tables of objects. */
public final class Tables {
    private static final Layout OTHERS = Layout.of(List.of(Column.objectName(),
                    new Column("Created At", "date", "", 0,
                            "CreationTimestamp is the time at which the object was created.")),
            (object, now) -> List.of(object.name(), object.metadata().text("creationTimestamp")));

    private Tables() {
    }

    /** What a row holds beside its cells. */
    public enum Include {
        NONE, METADATA, OBJECT
    }

    /**
     * The table of some objects.
     *
     * @param version of {@code meta.k8s.io} in which the client wants it
     * @param metadata of the list that this table stands for
     * @param headed whether it names its columns; later tables of one watch do not
     */
    public record Wish(String version, JsonObject metadata, Include include, boolean headed, Instant now) {
    }

    /** How the objects of a type become rows. */
    public static Layout layout(ResourceType type) {
        var layout = Layouts.BY_TYPE.get(type);
        return layout != null ? layout : Layouts.BY_TYPE.getOrDefault(new ResourceType(type.group(), "v1",
                type.plural(), type.kind(), type.namespaced()), OTHERS);
    }

    /** How what a subresource holds becomes a row. */
    public static Layout layoutOfPart(String kind) {
        return kind.equals("Scale") ? ControllerLayouts.SCALE : OTHERS;
    }

    public static JsonObject table(ResourceType type, List<KubeObject> objects, Wish wish) {
        return table(layout(type), objects, wish);
    }

    public static JsonObject table(Layout layout, List<KubeObject> objects, Wish wish) {
        var rows = new ArrayList<Json>(objects.size());
        for (var object : objects) {
            rows.add(row(layout, object, wish));
        }
        var columns = wish.headed() ? layout.columns().stream().map(Column::json).toList() : List.<Json>of();
        return JsonObject.of("kind", "Table", "apiVersion", "meta.k8s.io/" + wish.version(),
                "metadata", wish.metadata(), "columnDefinitions", JsonArray.of(columns), "rows", JsonArray.of(rows));
    }

    private static JsonObject row(Layout layout, KubeObject object, Wish wish) {
        var row = JsonObject.builder().put("cells", layout.cells(object, wish.now()));
        var conditions = layout.conditions(object);
        if (!conditions.isEmpty()) {
            row.put("conditions", conditions);
        }
        switch (wish.include()) {
            case NONE -> {
            }
            case METADATA -> row.put("object", metadataOnly(object, wish.version()));
            case OBJECT -> row.put("object", object.tree());
        }
        return row.build();
    }

    /** The object as {@code PartialObjectMetadata}. */
    public static JsonObject metadataOnly(KubeObject object, String version) {
        return JsonObject.of("kind", "PartialObjectMetadata", "apiVersion", "meta.k8s.io/" + version,
                "metadata", object.metadata());
    }
}
