package dev.starling.cli;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A server that keeps objects in memory and checks nothing but that they exist. */
final class MemoryServer implements Server, KubeApi {
    private final Map<ObjectKey, KubeObject> objects = new TreeMap<>(Comparator.comparing(ObjectKey::toString));
    private final List<String> sent = new ArrayList<>();
    private boolean broken;

    void put(ObjectKey key, KubeObject object) {
        objects.put(key, object);
    }

    /** From now on what is received ends early. */
    void breakOff() {
        broken = true;
    }

    /** What was sent: path, media type and file. */
    List<String> sent() {
        return sent;
    }

    @Override
    public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
        if (!key.namespace().isEmpty() && !objects.containsKey(Kinds.NAMESPACES.key(key.namespace()))) {
            throw ApiException.notFound("namespaces", key.namespace());
        }
        if (objects.putIfAbsent(key, object) != null) {
            throw ApiException.alreadyExists(key.type().qualifiedPlural(), key.name());
        }
        return object;
    }

    @Override
    public KubeObject get(ObjectKey key) {
        var object = objects.get(key);
        if (object == null) {
            throw ApiException.notFound(key.type().qualifiedPlural(), key.name());
        }
        return object;
    }

    @Override
    public ObjectList list(ListQuery query) {
        var found = objects.entrySet().stream().filter(entry -> entry.getKey().type().equals(query.type()))
                .filter(entry -> query.namespace().isEmpty() || query.namespace().equals(entry.getKey().namespace()))
                .map(Map.Entry::getValue).toList();
        return new ObjectList(found, "1", "", 0);
    }

    @Override
    public Watch watch(WatchQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
        get(key);
        objects.put(key, object);
        return object;
    }

    @Override
    public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KubeObject delete(ObjectKey key, DeleteOptions options) {
        var object = get(key);
        objects.remove(key);
        return object;
    }

    @Override
    public KubeApi api() {
        return this;
    }

    @Override
    public String address() {
        return "https://127.0.0.1:6443";
    }

    @Override
    public JsonObject read(String path) {
        return JsonObject.of("gitVersion", "v1.34.0+starling");
    }

    @Override
    public JsonObject send(String path, String mediaType, Path body) {
        sent.add(path + " " + mediaType + " " + body.getFileName());
        return JsonObject.of("references", JsonArray.of("docker.io/library/nginx:latest"));
    }

    @Override
    public void receive(String path, java.io.OutputStream to) throws java.io.IOException {
        byte[] content = "what is backed up".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        to.write(content);
        try {
            to.write(java.security.MessageDigest.getInstance("SHA-256").digest(content), 0, broken ? 20 : 32);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
