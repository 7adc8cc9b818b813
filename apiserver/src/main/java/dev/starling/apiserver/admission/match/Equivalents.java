package dev.starling.apiserver.admission.match;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.Catalog;
import dev.starling.apiserver.registry.Kind;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.Optional;
import java.util.stream.Stream;

/** The same write as it would look by the other versions of its kind. */
final class Equivalents {
    private Equivalents() {
    }

    /** The write in each other version that is served. */
    static Stream<AdmissionRequest> of(AdmissionRequest request) {
        var catalog = request.circumstances().catalog();
        var type = request.key().type();
        return kind(catalog, type).stream().flatMap(own -> catalog.served().stream()
                .filter(served -> !served.type().equals(type))
                .flatMap(served -> kind(catalog, served.type()).stream())
                .filter(other -> other.storage().type().equals(own.storage().type()))
                .map(other -> as(other, own, request)));
    }

    private static Optional<Kind> kind(Catalog catalog, ResourceType type) {
        return catalog.find(type).filter(Kind.class::isInstance).map(Kind.class::cast);
    }

    private static AdmissionRequest as(Kind other, Kind own, AdmissionRequest request) {
        var key = request.key();
        var there = new ObjectKey(other.type(), key.namespace(), key.name(), key.subresource());
        return new AdmissionRequest(request.operation(), there,
                request.before().map(before -> converted(own, other, before)),
                converted(own, other, request.object()), request.circumstances());
    }

    /** The body of a subresource has no other form. */
    private static KubeObject converted(Kind from, Kind to, KubeObject object) {
        return object.kind().equals(from.type().kind())
                ? to.storage().conversion().served(from.storage().conversion().stored(object)) : object;
    }

    /** What was changed in one version, in the version of the request itself. */
    static KubeObject back(AdmissionRequest request, AdmissionRequest seen, KubeObject changed) {
        if (seen.key().type().equals(request.key().type())) {
            return changed;
        }
        var catalog = request.circumstances().catalog();
        return kind(catalog, seen.key().type()).flatMap(from -> kind(catalog, request.key().type())
                .map(to -> converted(from, to, changed))).orElse(changed);
    }
}
