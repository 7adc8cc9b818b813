package dev.starling.apiserver.registry;

import dev.starling.apiserver.table.Layout;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * In what one kind differs from the others. All methods are pure, except {@link #committed}. The defaults are those of
 * a kind without status, generation and grace period.
 */
public interface KindRules {
    KindRules PLAIN = new KindRules() {
    };

    /** Whether {@code status} is a part of its own, which only the subresource {@code status} writes. */
    default boolean hasStatus() {
        return false;
    }

    /** Whether the status given at creation is kept, as for nodes, which come into being with one. */
    default boolean createsWithStatus() {
        return false;
    }

    /** Whether {@code metadata.generation} counts the changes of what is asked for. */
    default boolean hasGeneration() {
        return false;
    }

    /** Whether an update changes what is asked for, so that the generation rises. */
    default boolean asksForMore(KubeObject before, KubeObject after) {
        return !before.tree().without("metadata").without("status")
                .equals(after.tree().without("metadata").without("status"));
    }

    /** Whether a status write also changes labels, annotations, owners and finalizers, as it does of most kinds. */
    default boolean statusWritesMetadata() {
        return true;
    }

    /** Whether labels are among that; whoever applies a status owns none of them otherwise. */
    default boolean statusWritesLabels() {
        return true;
    }

    /** The subresource that changes some fields of the whole object; nothing if there is none of this name. */
    default Optional<Part> part(String subresource) {
        return Optional.empty();
    }

    /** Whether an update of a missing object creates it. */
    default boolean createsOnUpdate() {
        return false;
    }

    /** Whether an update without a resourceVersion overwrites whatever is there. */
    default boolean updatesUnconditionally() {
        return true;
    }

    /** Whether writes but deletions may wait a little for others to share the way to the disk. */
    default boolean rides() {
        return false;
    }

    default NameRule nameRule() {
        return NameRule.SUBDOMAIN;
    }

    /** The object as it is first stored; the registry has filled its metadata and dropped its status. */
    default KubeObject prepareForCreate(KubeObject object) {
        return object;
    }

    /** The object as an update of the main resource stores it; metadata and status are already in order. */
    default KubeObject prepareForUpdate(KubeObject before, KubeObject after) {
        return after;
    }

    /** The object as a write of {@code status} stores it. */
    default KubeObject prepareForStatus(KubeObject before, KubeObject after) {
        return after;
    }

    /** What is wrong with an object as it would be stored, beside what its schema refuses. */
    default List<Cause> validate(KubeObject object) {
        return List.of();
    }

    /** What field selectors may name beside {@code metadata.name} and {@code metadata.namespace}. */
    default Map<String, Function<KubeObject, String>> selectable() {
        return Map.of();
    }

    /** How objects become rows of a table; empty for kinds whose rows are known by their type. */
    default Optional<Layout> layout() {
        return Optional.empty();
    }

    /** The kind of a list of these objects; empty where it is the kind's name and {@code List}. */
    default String listKind() {
        return "";
    }

    /** What users of this version should be told with every answer; empty for nothing. */
    default String deprecation() {
        return "";
    }

    /** How long a deletion waits; nothing for kinds without graceful deletion. */
    default OptionalLong gracePeriodSeconds(KubeObject object, DeleteOptions options) {
        return OptionalLong.empty();
    }

    /** Refuses a deletion that must not be; called before anything changes. */
    default void checkDeletion(KubeObject object) {
    }

    /** Whether what an object owns stays where neither the request nor a finalizer says what becomes of it. */
    default boolean orphansByDefault() {
        return false;
    }

    /** What to tell whoever leaves that open; empty for nothing. */
    default String orphaningWarning() {
        return "";
    }

    /** The object on its way out: as it is marked when its deletion must wait. */
    default KubeObject prepareForDeletion(KubeObject object) {
        return object;
    }

    /** Whether something beside finalizers and the grace period keeps a deleted object. */
    default boolean held(KubeObject object) {
        return false;
    }

    /** Whether objects go by themselves. */
    default boolean expire() {
        return false;
    }

    /** When the object goes by itself; only asked where {@link #expire} says so. */
    default Optional<Instant> expires(KubeObject object) {
        return Optional.empty();
    }

    /** Told after each durable write, with the state before and after; must return quickly. */
    default void committed(Optional<KubeObject> before, Optional<KubeObject> after) {
    }
}
