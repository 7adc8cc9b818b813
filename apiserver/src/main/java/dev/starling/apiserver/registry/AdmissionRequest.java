package dev.starling.apiserver.registry;

import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What an {@link Admission} decides about.
 *
 * @param key the object or subresource that is written
 * @param before the stored object; empty for a creation
 * @param object the object to store; for a deletion the stored one
 */
public record AdmissionRequest(Operation operation, ObjectKey key, Optional<KubeObject> before, KubeObject object,
        Circumstances circumstances) {

    /** What is asked for. CONNECT opens a stream: exec, attach, port-forward. */
    public enum Operation { CREATE, UPDATE, DELETE, CONNECT }

    /**
     * What is the same for all stations of one write.
     *
     * @param catalog what is served just now
     * @param passes how often the stations see the write
     * @param defaults an object that others made, with its unknown fields removed and its defaults filled in
     */
    public record Circumstances(Request request, WriteOptions options, ObjectReader reader, Undo undo,
            Catalog catalog, Passes passes, UnaryOperator<KubeObject> defaults) {

        /** Of a station by itself: nothing else is served, and what is changed keeps its form. */
        public Circumstances(Request request, WriteOptions options, ObjectReader reader, Undo undo) {
            this(request, options, reader, undo, new Catalog(List.of()), new Passes(), UnaryOperator.identity());
        }
    }

    public Caller caller() {
        return circumstances.request().caller();
    }

    public boolean dryRun() {
        return circumstances.options().dryRun();
    }

    public Warnings warnings() {
        return circumstances.request().warnings();
    }

    /** Tells the audit log something about the request; the first text of a key stays. */
    public void note(String key, String text) {
        circumstances.request().notes().add(key, text);
    }

    /** Tells it only where the audit log tells the body of the request. */
    public void noteDetail(String key, String text) {
        circumstances.request().notes().addDetail(key, text);
    }

    public ObjectReader reader() {
        return circumstances.reader();
    }

    public boolean creates(ResourceType type) {
        return operation == Operation.CREATE && key.type().equals(type) && key.subresource().isEmpty();
    }

    /** An object that a station or a webhook has changed, as if it had come like that. */
    public KubeObject redefaulted(KubeObject changed) {
        return circumstances.defaults().apply(changed);
    }

    public AdmissionRequest with(KubeObject changed) {
        return new AdmissionRequest(operation, key, before, changed, circumstances);
    }
}
