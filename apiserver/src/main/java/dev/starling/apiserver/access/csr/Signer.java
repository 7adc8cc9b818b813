package dev.starling.apiserver.access.csr;

import dev.starling.apiserver.access.SigningRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The signers of this server, and what each signs. {@code kubernetes.io/legacy-unknown} is not among them. */
enum Signer {
    API_CLIENT("kubernetes.io/kube-apiserver-client", "client auth") {
        @Override
        Optional<String> namesFault(SigningRequest request) {
            return Optional.empty();
        }
    },
    NODE_CLIENT("kubernetes.io/kube-apiserver-client-kubelet", "client auth") {
        @Override
        Optional<String> namesFault(SigningRequest request) {
            return node(request).or(() -> request.dnsNames().isEmpty() ? Optional.empty()
                    : Optional.of("DNS subjectAltNames are not allowed"))
                    .or(() -> request.addresses().isEmpty() ? Optional.empty()
                            : Optional.of("IP subjectAltNames are not allowed"));
        }
    },
    NODE_SERVING("kubernetes.io/kubelet-serving", "server auth") {
        @Override
        Optional<String> namesFault(SigningRequest request) {
            return node(request).or(() -> request.dnsNames().isEmpty() && request.addresses().isEmpty()
                    ? Optional.of("at least one DNS or IP subjectAltName is required") : Optional.empty());
        }
    };

    private static final String NODE = "system:node:";

    private final String text;
    private final String purpose;

    Signer(String text, String purpose) {
        this.text = text;
        this.purpose = purpose;
    }

    /** Nothing for a signer that others run. */
    static Optional<Signer> named(String name) {
        for (var signer : values()) {
            if (signer.text.equals(name)) {
                return Optional.of(signer);
            }
        }
        return Optional.empty();
    }

    abstract Optional<String> namesFault(SigningRequest request);

    /** Why a request is not signed, in upstream's words. */
    Optional<String> fault(SigningRequest request, List<String> usages) {
        boolean fits = usages.contains(purpose)
                && Set.of("digital signature", "key encipherment", purpose).containsAll(usages);
        return fits ? namesFault(request) : Optional.of("usages did not match");
    }

    private static Optional<String> node(SigningRequest request) {
        if (!request.organizations().equals(List.of("system:nodes"))) {
            return Optional.of("subject organization is not system:nodes");
        }
        if (!request.commonName().startsWith(NODE)) {
            return Optional.of("subject common name does not begin with system:node: ");
        }
        if (!request.emails().isEmpty()) {
            return Optional.of("email subjectAltNames are not allowed");
        }
        return request.uris().isEmpty() ? Optional.empty() : Optional.of("URI subjectAltNames are not allowed");
    }
}
