package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The rows of volumes, claims and the storage that they come from. */
final class VolumeLayouts {
    private static final Map<String, String> MODES = Map.of("ReadWriteOnce", "RWO", "ReadOnlyMany", "ROX",
            "ReadWriteMany", "RWX", "ReadWriteOncePod", "RWOP");
    private static final List<String> MODE_ORDER =
            List.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod");
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

    static final Layout VOLUME = Layout.of(List.of(Column.objectName(), Column.text("Capacity"),
            Column.text("Access Modes"), Column.text("Reclaim Policy"), Column.text("Status"), Column.text("Claim"),
            Column.text("StorageClass"), Column.text("VolumeAttributesClass"), Column.text("Reason"), Column.age(),
            Column.text("VolumeMode").wide()), (object, now) -> {
        var spec = object.spec();
        var claim = spec.object("claimRef");
        return List.of(object.name(), orZero(spec.text("capacity", "storage")), modes(spec.array("accessModes")),
                spec.text("persistentVolumeReclaimPolicy"), phase(object),
                claim.isEmpty() ? "" : claim.text("namespace") + "/" + claim.text("name"), storageClass(object),
                orUnset(spec.text("volumeAttributesClassName")), object.status().text("reason"), age(object, now),
                orUnset(spec.text("volumeMode")));
    });

    static final Layout CLAIM = Layout.of(List.of(Column.objectName(), Column.text("Status"), Column.text("Volume"),
            Column.text("Capacity"), Column.text("Access Modes"), Column.text("StorageClass"),
            Column.text("VolumeAttributesClass"), Column.age(), Column.text("VolumeMode").wide()), (object, now) -> {
        var spec = object.spec();
        boolean bound = !spec.text("volumeName").isEmpty();
        return List.of(object.name(), phase(object), spec.text("volumeName"),
                bound ? orZero(object.status().text("capacity", "storage")) : "",
                bound ? modes(object.status().array("accessModes")) : "", storageClass(object),
                orUnset(spec.text("volumeAttributesClassName")), age(object, now), orUnset(spec.text("volumeMode")));
    });

    static final Layout STORAGE_CLASS = Layout.of(List.of(Column.objectName(), Column.text("Provisioner"),
            Column.text("ReclaimPolicy"), Column.text("VolumeBindingMode"), Column.text("AllowVolumeExpansion"),
            Column.age()), (object, now) -> {
        var tree = object.tree();
        boolean isDefault = marked(object, "storageclass.kubernetes.io/is-default-class")
                || marked(object, "storageclass.beta.kubernetes.io/is-default-class");
        return List.of(named(object, isDefault), tree.text("provisioner"), or(tree.text("reclaimPolicy"), "Delete"),
                or(tree.text("volumeBindingMode"), "Immediate"), tree.flag("allowVolumeExpansion"), age(object, now));
    });

    static final Layout ATTRIBUTES_CLASS = Layout.of(List.of(Column.objectName(), Column.text("DriverName"),
            Column.age()), (object, now) -> List.of(
            named(object, marked(object, "storage.alpha.kubernetes.io/is-default-class")),
            object.tree().text("driverName"), age(object, now)));

    static final Layout DRIVER = Layout.of(List.of(Column.objectName(), Column.flag("AttachRequired"),
            Column.flag("PodInfoOnMount"), Column.flag("StorageCapacity"), Column.text("TokenRequests"),
            Column.flag("RequiresRepublish"), Column.text("Modes"), Column.age()), VolumeLayouts::driver);

    static final Layout DRIVERS_OF_NODE = Layout.of(List.of(Column.objectName(), Column.number("Drivers"),
            Column.age()), (object, now) -> List.of(object.name(), object.spec().array("drivers").size(),
            age(object, now)));

    static final Layout CAPACITY = Layout.of(List.of(Column.objectName(), Column.text("StorageClassName"),
            Column.text("Capacity")), (object, now) -> List.of(object.name(), object.tree().text("storageClassName"),
            orUnset(object.tree().text("capacity"))));

    static final Layout ATTACHMENT = Layout.of(List.of(Column.objectName(),
            new Column("Attacher", "string", "name", 0, "Attacher"), Column.text("PV"), Column.text("Node"),
            Column.flag("Attached"), Column.age()), (object, now) -> List.of(object.name(),
            object.spec().text("attacher"), object.spec().text("source", "persistentVolumeName"),
            object.spec().text("nodeName"), object.status().flag("attached"), age(object, now)));

    private VolumeLayouts() {
    }

    private static List<Object> driver(KubeObject object, Instant now) {
        var spec = object.spec();
        String audiences = spec.has("tokenRequests") ? spec.array("tokenRequests").objects().stream()
                .map(wish -> wish.text("audience")).collect(Collectors.joining(",")) : Cell.UNSET;
        boolean attach = spec.at("attachRequired").isNull() || spec.flag("attachRequired");
        return List.of(object.name(), attach, spec.flag("podInfoOnMount"), spec.flag("storageCapacity"), audiences,
                spec.flag("requiresRepublish"), Cell.joined(spec.array("volumeLifecycleModes").texts()),
                age(object, now));
    }

    private static String phase(KubeObject object) {
        return object.deleting() ? "Terminating" : object.status().text("phase");
    }

    private static String modes(JsonArray modes) {
        var given = modes.texts();
        return MODE_ORDER.stream().filter(given::contains).map(MODES::get).collect(Collectors.joining(","));
    }

    private static String storageClass(KubeObject object) {
        return object.annotations().getOrDefault(CLASS_ANNOTATION, object.spec().text("storageClassName"));
    }

    private static boolean marked(KubeObject object, String annotation) {
        return object.annotations().getOrDefault(annotation, "").equals("true");
    }

    private static String named(KubeObject object, boolean isDefault) {
        return isDefault ? object.name() + " (default)" : object.name();
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private static String orUnset(String text) {
        return or(text, Cell.UNSET);
    }

    private static String orZero(String quantity) {
        return or(quantity, "0");
    }
}
