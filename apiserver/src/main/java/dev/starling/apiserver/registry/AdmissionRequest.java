package dev.starling.apiserver.registry;

import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.Optional;

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

    /** What is the same for all stations of one write. */
    public record Circumstances(Request request, WriteOptions options, ObjectReader reader, Undo undo) {
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

    public ObjectReader reader() {
        return circumstances.reader();
    }

    public boolean creates(ResourceType type) {
        return operation == Operation.CREATE && key.type().equals(type) && key.subresource().isEmpty();
    }

    AdmissionRequest with(KubeObject changed) {
        return new AdmissionRequest(operation, key, before, changed, circumstances);
    }
}
