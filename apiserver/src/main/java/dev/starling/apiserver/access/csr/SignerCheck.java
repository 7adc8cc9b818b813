package dev.starling.apiserver.access.csr;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.access.SigningRequest;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.Base64;
import java.util.Optional;

/**
 * Writes down who asks for a certificate, and lets only those judge and sign who may {@code approve} and {@code sign}
 * for the signer.
 */
public final class SignerCheck implements Admission {
    private static final String API_CLIENT = "kubernetes.io/kube-apiserver-client";

    private final Authorizer authorizer;

    public SignerCheck(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (!request.key().type().equals(Kinds.CERTIFICATE_SIGNING_REQUESTS)) {
            return request.object();
        }
        if (request.creates(Kinds.CERTIFICATE_SIGNING_REQUESTS)) {
            checkSubject(request);
            return asked(request);
        }
        if (request.operation() == Operation.UPDATE) {
            switch (request.key().subresource()) {
                case "approval" -> require(request, "approve");
                case "status" -> {
                    if (!request.before().map(KubeObject::status).equals(Optional.of(
                            request.object().status()))) {
                        require(request, "sign");
                    }
                }
                default -> { }
            }
        }
        return request.object();
    }

    private static KubeObject asked(AdmissionRequest request) {
        var caller = request.caller();
        var spec = request.object().spec().without("uid").without("groups").without("extra")
                .with("username", Json.of(caller.name()));
        spec = caller.uid().isEmpty() ? spec : spec.with("uid", Json.of(caller.uid()));
        spec = caller.groups().isEmpty() ? spec : spec.with("groups", Json.of(caller.groups()));
        return request.object().with(caller.extra().isEmpty() ? spec : spec.with("extra", Json.of(caller.extra())),
                "spec");
    }

    /** Nobody becomes an administrator by a signature. */
    private static void checkSubject(AdmissionRequest request) {
        var spec = request.object().spec();
        if (spec.text("signerName").equals(API_CLIENT) && forMasters(spec.text("request"))) {
            throw ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(), "use of "
                    + API_CLIENT + " signer with " + Callers.MASTERS + " group is not allowed");
        }
    }

    /** What cannot be read is refused where it is validated. */
    private static boolean forMasters(String text) {
        try {
            return SigningRequest.parse(Base64.getMimeDecoder().decode(text)).organizations()
                    .contains(Callers.MASTERS);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void require(AdmissionRequest request, String verb) {
        String signer = request.object().spec().text("signerName");
        String domain = signer.substring(0, signer.indexOf('/') + 1) + "*";
        if (!may(request, verb, signer) && !may(request, verb, domain)) {
            throw ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(),
                    "user not permitted to " + verb + " requests with signerName \"" + signer + "\"");
        }
    }

    private boolean may(AdmissionRequest request, String verb, String signer) {
        return authorizer.allows(request.caller(),
                new Attributes(verb, "certificates.k8s.io", "signers", "", "", signer, "", "*"));
    }
}
