package dev.starling.kube.object;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One Kubernetes object: an immutable tree in which unknown fields survive. Its encoded bytes are made once, on first
 * use, and shared by the store, HTTP and every watcher; an object that came as bytes is read as far as somebody looks.
 *
 * <p>Thread-safe: both forms are immutable; two threads that race to make one of them make equal ones.
 */
public final class KubeObject {
    private volatile Object tree;
    private volatile Object bytes;

    private KubeObject(Object tree, Object bytes) {
        this.tree = tree;
        this.bytes = bytes;
    }

    private enum Absent { ABSENT }

    public static KubeObject of(JsonObject tree) {
        return new KubeObject(tree, Absent.ABSENT);
    }

    /** An object of a type with a name (and a namespace, empty for cluster-scoped types) and nothing else. */
    public static KubeObject named(ResourceType type, String namespace, String name) {
        var metadata = JsonObject.builder().putText("name", name).putText("namespace", namespace).build();
        return of(JsonObject.of("apiVersion", type.apiVersion(), "kind", type.kind(), "metadata", metadata));
    }

    /** An object known by its encoded form, as {@link #bytes} gives it. The bytes belong to the object from now on. */
    public static KubeObject encoded(byte[] bytes) {
        return new KubeObject(Absent.ABSENT, bytes);
    }

    public JsonObject tree() {
        if (tree instanceof JsonObject parsed) {
            return parsed;
        }
        var parsed = JsonReader.unread((byte[]) bytes);
        tree = parsed;
        return parsed;
    }

    /** The compact JSON text in UTF-8. Callers never change it. */
    public byte[] bytes() {
        if (bytes instanceof byte[] made) {
            return made;
        }
        byte[] made = JsonWriter.bytes((JsonObject) tree);
        bytes = made;
        return made;
    }

    public String apiVersion() {
        return tree().text("apiVersion");
    }

    public String kind() {
        return tree().text("kind");
    }

    public JsonObject metadata() {
        return tree().object("metadata");
    }

    public JsonObject spec() {
        return tree().object("spec");
    }

    public JsonObject status() {
        return tree().object("status");
    }

    public String name() {
        return metadata().text("name");
    }

    /** Empty for cluster-scoped objects. */
    public String namespace() {
        return metadata().text("namespace");
    }

    public String uid() {
        return metadata().text("uid");
    }

    /** Opaque to clients; empty for an object that was never stored. */
    public String resourceVersion() {
        return metadata().text("resourceVersion");
    }

    /** 0 for kinds without a generation. */
    public long generation() {
        return metadata().at("generation").number(0);
    }

    public Map<String, String> labels() {
        return metadata().object("labels").texts();
    }

    public Map<String, String> annotations() {
        return metadata().object("annotations").texts();
    }

    public List<String> finalizers() {
        return metadata().array("finalizers").texts();
    }

    public List<OwnerReference> owners() {
        var references = metadata().array("ownerReferences");
        return references.isEmpty() ? List.of() : references.objects().stream().map(OwnerReference::from).toList();
    }

    /** The owner that manages this object, if one does. */
    public Optional<OwnerReference> controller() {
        for (var owner : metadata().array("ownerReferences").objects()) {
            var reference = OwnerReference.from(owner);
            if (reference.controller()) {
                return Optional.of(reference);
            }
        }
        return Optional.empty();
    }

    public Optional<Instant> created() {
        return time("metadata", "creationTimestamp");
    }

    /** Set once deletion was asked for; the object goes when its grace period and finalizers are over. */
    public Optional<Instant> deletionTimestamp() {
        return time("metadata", "deletionTimestamp");
    }

    public boolean deleting() {
        return !metadata().at("deletionTimestamp").isNull();
    }

    /** The RFC 3339 time at a path. */
    public Optional<Instant> time(String... path) {
        return Times.parse(tree().text(path));
    }

    /** {@code namespace/name}, or the name alone. */
    public String namespacedName() {
        return namespace().isEmpty() ? name() : namespace() + "/" + name();
    }

    /** The key under which this object is stored. */
    public ObjectKey key(ResourceType type) {
        return type.key(type.namespaced() ? namespace() : "", name());
    }

    public KubeObject with(Json value, String... path) {
        return of(tree().withAt(value, path));
    }

    public KubeObject with(String value, String... path) {
        return with(new JsonString(value), path);
    }

    public KubeObject without(String... path) {
        return of(tree().withoutAt(path));
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof KubeObject that && tree().equals(that.tree());
    }

    @Override
    public int hashCode() {
        return tree().hashCode();
    }

    @Override
    public String toString() {
        return kind() + " " + namespacedName() + "@" + resourceVersion();
    }
}
