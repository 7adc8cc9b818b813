package dev.starling.apiserver.admission.volumes;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;

/** A claim that names no class gets the one marked as default; of several the newest. */
public final class DefaultStorageClass implements Admission {

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var claim = request.object();
        boolean open = request.creates(Kinds.PERSISTENT_VOLUME_CLAIMS) && !claim.spec().has("storageClassName")
                && !claim.annotations().containsKey("volume.beta.kubernetes.io/storage-class");
        return open ? request.reader().all(Kinds.STORAGE_CLASSES, "").stream().filter(DefaultStorageClass::isDefault)
                .min(Comparator.comparing((KubeObject each) -> each.created().orElse(Instant.EPOCH)).reversed()
                        .thenComparing(KubeObject::name))
                .map(each -> claim.with(each.name(), "spec", "storageClassName")).orElse(claim) : claim;
    }

    private static boolean isDefault(KubeObject storageClass) {
        return Stream.of("storageclass.kubernetes.io/is-default-class",
                        "storageclass.beta.kubernetes.io/is-default-class")
                .anyMatch(key -> storageClass.annotations().getOrDefault(key, "").equals("true"));
    }
}
