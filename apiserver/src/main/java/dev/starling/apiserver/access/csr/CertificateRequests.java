package dev.starling.apiserver.access.csr;

import dev.starling.apiserver.access.CertificateSigner;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.registry.ServedResource.Sub;
import dev.starling.kube.object.Kinds;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The kind CertificateSigningRequest. What is approved is signed in the same write. */
public final class CertificateRequests {
    private CertificateRequests() {
    }

    public static Kind kind(KindSchema schema, CertificateSigner signer, InstantSource clock) {
        var type = Kinds.CERTIFICATE_SIGNING_REQUESTS;
        var verbs = List.of("get", "patch", "update");
        var served = ServedResource.stored(type).withShortNames("csr").withSubresources(
                new Sub("approval", type.apiVersion(), type.kind(), verbs),
                new Sub("status", type.apiVersion(), type.kind(), verbs));
        return Kind.of(served, new RequestRules()).with(schema)
                .with(Map.of("approval", new ApprovalSubresource(signer, clock)));
    }
}
