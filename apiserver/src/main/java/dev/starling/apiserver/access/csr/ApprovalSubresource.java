package dev.starling.apiserver.access.csr;

import dev.starling.apiserver.access.CertificateSigner;
import dev.starling.apiserver.access.SigningRequest;
import dev.starling.apiserver.registry.Subresource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** {@code approval} of a request: takes conditions and metadata, and has approved requests signed. */
final class ApprovalSubresource implements Subresource {
    private final CertificateSigner signer;
    private final InstantSource clock;

    ApprovalSubresource(CertificateSigner signer, InstantSource clock) {
        this.signer = signer;
        this.clock = clock;
    }

    @Override
    public KubeObject view(KubeObject owner) {
        return owner;
    }

    @Override
    public KubeObject applied(KubeObject owner, KubeObject wanted) {
        var causes = faults(owner, wanted);
        if (!causes.isEmpty()) {
            throw ApiException.invalid(Kinds.CERTIFICATE_SIGNING_REQUESTS.group(), owner.kind(), owner.name(), causes);
        }
        var now = clock.instant();
        var judged = Conditions.with(owner.with(wanted.metadata(), "metadata"), Conditions.of(wanted).stream()
                .map(condition -> Conditions.timed(condition, now)).toList());
        return signed(judged);
    }

    private static List<Cause> faults(KubeObject owner, KubeObject wanted) {
        var causes = new ArrayList<Cause>();
        for (var condition : Conditions.of(owner)) {
            if (Conditions.lasts(condition) && !Conditions.has(wanted, condition.text("type"))) {
                causes.add(new Cause("FieldValueForbidden", "Forbidden: updates may not remove a condition of type \""
                        + condition.text("type") + "\"", "status.conditions"));
            }
        }
        for (var condition : Conditions.of(wanted)) {
            if (Conditions.lasts(condition) && !condition.text("status").equals("True")) {
                causes.add(new Cause("FieldValueNotSupported", "Unsupported value: \"" + condition.text("status")
                        + "\": supported values: \"True\"", "status.conditions.status"));
            }
        }
        if (Conditions.has(wanted, Conditions.APPROVED) && Conditions.has(wanted, Conditions.DENIED)) {
            causes.add(new Cause("FieldValueInvalid", "Invalid value: \"Denied\": Approved and Denied conditions are "
                    + "mutually exclusive", "status.conditions"));
        }
        return causes;
    }

    /** With the certificate, or with the reason why there is none; unchanged if others sign, or nobody yet. */
    private KubeObject signed(KubeObject request) {
        var ours = Signer.named(request.spec().text("signerName"));
        boolean waits = Conditions.has(request, Conditions.APPROVED) && !Conditions.has(request, Conditions.FAILED)
                && request.status().text("certificate").isEmpty();
        if (ours.isEmpty() || !waits) {
            return request;
        }
        var usages = request.spec().array("usages").texts();
        try {
            var asked = SigningRequest.parse(Base64.getMimeDecoder().decode(request.spec().text("request")));
            var fault = ours.get().fault(asked, usages);
            if (fault.isPresent()) {
                return failed(request, fault.get());
            }
            long seconds = request.spec().at("expirationSeconds").number(CertificateSigner.MOST.toSeconds());
            String certificate = signer.sign(asked, usages, Duration.ofSeconds(seconds));
            return request.with(Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.US_ASCII)),
                    "status", "certificate");
        } catch (IllegalArgumentException e) {
            return failed(request, String.valueOf(e.getMessage()));
        }
    }

    private KubeObject failed(KubeObject request, String why) {
        return Conditions.plus(request, Conditions.timed(JsonObject.of("type", Conditions.FAILED, "status", "True",
                "reason", "SignerValidationFailure", "message", why), clock.instant()));
    }
}
