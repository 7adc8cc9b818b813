package dev.starling.control.workload;

import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Finds what an owner controls or may adopt, and tells owners of changes. */
public final class Owned {
    private static final String INDEX = "controller";

    private Owned() {
    }

    /** Adds the index that {@link #candidates} reads; call it before the informer starts. */
    public static Informer index(Informer dependents) {
        return dependents.index(INDEX, object -> List.of(
                object.controller().map(c -> c.uid()).orElse("orphans/" + object.namespace())));
    }

    /** What an owner controls, and the orphans in its namespace. */
    public static List<KubeObject> candidates(Informer dependents, KubeObject owner) {
        return Stream.concat(by(dependents, owner).stream(),
                dependents.by(INDEX, "orphans/" + owner.namespace()).stream()).toList();
    }

    /** What an owner controls. */
    public static List<KubeObject> by(Informer dependents, KubeObject owner) {
        return dependents.by(INDEX, owner.uid());
    }

    /** Has a controller look at every object of an informer that changes. */
    public static void enqueueChanged(Informer informer, Controller controller) {
        informer.onChange((before, after) ->
                controller.enqueue(after.or(() -> before).orElseThrow().key(informer.type())));
    }

    /** Has a controller look at the owner whenever something that it controls changes. */
    public static void enqueueOwner(Informer dependents, ResourceType ownerType, Controller controller) {
        dependents.onChange((before, after) -> Stream.of(before, after).flatMap(Optional::stream)
                .flatMap(object -> owner(object, ownerType).stream()).distinct().forEach(controller::enqueue));
    }

    /** Has a controller look at every owner whose selector matches an orphan that appears or changes. */
    public static void enqueueAdopters(Informer dependents, Informer owners, Controller controller) {
        dependents.onChange((before, after) -> after.filter(object -> object.controller().isEmpty())
                .ifPresent(orphan -> adopters(orphan, owners, controller::enqueue)));
    }

    private static void adopters(KubeObject orphan, Informer owners, Consumer<ObjectKey> found) {
        owners.in(orphan.namespace()).stream().filter(owner -> selector(owner).matches(orphan.labels()))
                .forEach(owner -> found.accept(owner.key(owners.type())));
    }

    /** The selector in an owner's spec; a ReplicationController has one of labels alone. */
    public static LabelSelector selector(KubeObject owner) {
        var selector = owner.spec().object("selector");
        return owner.kind().equals(Kinds.REPLICATION_CONTROLLERS.kind()) ? LabelSelector.of(selector.texts())
                : LabelSelector.from(selector);
    }

    private static Optional<ObjectKey> owner(KubeObject object, ResourceType type) {
        return object.controller()
                .filter(c -> c.kind().equals(type.kind()) && group(c.apiVersion()).equals(type.group()))
                .map(c -> type.key(object.namespace(), c.name()));
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }
}
