package dev.starling.control.custom;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The custom kinds that are served just now, each with an image of its objects. Followers are told of each kind before
 * its image begins, and when it has gone. Thread-safe.
 */
public final class CustomTypes implements AutoCloseable {
    private final KubeApi api;
    private final Driver driver;
    private final List<Follower> followers = new ArrayList<>(); // complete before the definitions' informer starts
    private final Map<String, Image> images = new HashMap<>(); // guarded by this monitor

    public CustomTypes(KubeApi api, Driver driver) {
        this.api = api;
        this.driver = driver;
    }

    /** Hears of kinds that come and go; must return fast. */
    public interface Follower {
        /** A kind is served; its informer has not begun. */
        void come(Informer informer);

        void gone(Informer informer);
    }

    private record Image(Informer informer, AutoCloseable running) {
    }

    /** Adds a follower before the informer of the definitions starts. */
    public void follow(Follower follower) {
        followers.add(follower);
    }

    /** The informer that all of this hangs on; who makes it starts it. */
    public Informer definitions() {
        return new Informer(api, Kinds.CUSTOM_RESOURCE_DEFINITIONS).onChange((before, after) ->
                changed(after.or(() -> before).orElseThrow().name(), after.flatMap(CustomTypes::served)));
    }

    /** The type of a definition's objects, in the version in which they are stored if that is served. */
    static Optional<ResourceType> served(KubeObject definition) {
        boolean established = definition.status().array("conditions").objects().stream()
                .anyMatch(c -> c.text("type").equals("Established") && c.text("status").equals("True"));
        var versions = definition.spec().array("versions").objects().stream().filter(v -> v.flag("served")).toList();
        var version = versions.stream().filter(v -> v.flag("storage")).findFirst()
                .or(() -> versions.stream().findFirst()).map(v -> v.text("name"));
        JsonObject spec = definition.spec();
        return version.filter(name -> established).map(name -> new ResourceType(spec.text("group"), name,
                spec.text("names", "plural"), spec.text("names", "kind"), spec.text("scope").equals("Namespaced")));
    }

    private synchronized void changed(String definition, Optional<ResourceType> type) {
        var before = Optional.ofNullable(images.get(definition));
        if (before.map(image -> image.informer().type()).equals(type)) {
            return;
        }
        before.ifPresent(image -> {
            images.remove(definition);
            end(image);
            followers.forEach(follower -> follower.gone(image.informer()));
        });
        type.ifPresent(served -> {
            var informer = new Informer(api, served);
            followers.forEach(follower -> follower.come(informer));
            images.put(definition, new Image(informer, informer.start(driver)));
        });
    }

    /** What is served just now. */
    public synchronized List<ResourceType> types() {
        return images.values().stream().map(image -> image.informer().type()).toList();
    }

    private static void end(Image image) {
        try {
            image.running().close();
        } catch (Exception e) {
            throw new IllegalStateException("an image did not end: " + image.informer().type(), e);
        }
    }

    @Override
    public synchronized void close() {
        images.values().forEach(CustomTypes::end);
        images.clear();
    }
}
