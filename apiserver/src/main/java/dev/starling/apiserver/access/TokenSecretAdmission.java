package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Fills Secrets of type {@code kubernetes.io/service-account-token}, which hold a token that has no end. */
final class TokenSecretAdmission implements Admission {
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String UID = "kubernetes.io/service-account.uid";

    private final Tokens tokens;
    private final String authority;

    /** @param authority the certificate of the server's authority, as PEM */
    TokenSecretAdmission(Tokens tokens, String authority) {
        this.tokens = tokens;
        this.authority = authority;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var secret = request.object();
        boolean writes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (!writes || !request.key().type().equals(Kinds.SECRETS) || !secret.tree().text("type").equals(TYPE)) {
            return secret;
        }
        String namespace = request.key().namespace();
        var account = request.reader().find(Kinds.SERVICE_ACCOUNTS.key(namespace,
                secret.annotations().getOrDefault(ACCOUNT, "")));
        boolean filled = !secret.tree().text("data", "token").isEmpty();
        if (account.isEmpty() || filled) {
            return secret;
        }
        return secret.with(account.get().uid(), "metadata", "annotations", UID)
                .with(base64(authority), "data", "ca.crt").with(base64(namespace), "data", "namespace")
                .with(base64(tokens.issueForSecret(account.get(), request.key().name())), "data", "token");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
