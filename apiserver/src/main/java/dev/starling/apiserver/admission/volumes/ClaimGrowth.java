package dev.starling.apiserver.admission.volumes;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;

/** A claim grows only once it is bound, and where its class says that volumes can (wording: Kubernetes). */
public final class ClaimGrowth implements Admission {

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (request.key().type().equals(Kinds.PERSISTENT_VOLUME_CLAIMS) && request.key().subresource().isEmpty()
                && request.operation() == Operation.UPDATE) {
            request.before().filter(before -> size(request.object()).compareTo(size(before)) > 0)
                    .ifPresent(before -> check(request, before));
        }
        return request.object();
    }

    private static Quantity size(KubeObject claim) {
        return Quantity.tryParse(claim.spec().text("resources", "requests", "storage")).orElse(Quantity.ZERO);
    }

    private static void check(AdmissionRequest request, KubeObject before) {
        if (!before.status().text("phase").equals("Bound")) {
            throw refused(request, "Only bound persistent volume claims can be expanded");
        }
        String name = before.spec().text("storageClassName");
        boolean grows = !name.isEmpty() && name.equals(request.object().spec().text("storageClassName"))
                && request.reader().find(Kinds.STORAGE_CLASSES.key(name))
                        .filter(each -> each.tree().flag("allowVolumeExpansion")).isPresent();
        if (!grows) {
            throw refused(request, "only dynamically provisioned pvc can be resized and the storageclass that "
                    + "provisions the pvc must support resize");
        }
    }

    private static ApiException refused(AdmissionRequest request, String why) {
        return ApiException.forbidden(Kinds.PERSISTENT_VOLUME_CLAIMS.qualifiedPlural(), request.key().name(), why);
    }
}
